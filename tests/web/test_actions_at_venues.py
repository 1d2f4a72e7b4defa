"""An action at several venues: entered, imported, read wherever an action's venue is read, and what goes wrong."""

import contextlib
import io
import re
import threading
from html import unescape

import pytest
from openpyxl import load_workbook

from patrol.enforcement.models import Action, ActionVenue
from patrol.hotspots import queries as hotspots
from patrol.infra.audit import AuditEntry
from patrol.infra.db import db, unscoped
from patrol.ledgers import queries
from tests.factories import patrols as make
from tests.factories.desk import Desk, load, send, token
from tests.factories.ledgers import NOW, china_date, make_record
from tests.factories.venues import create_person

TODAY = china_date(NOW)


@pytest.fixture
def desk(app, session):
    return Desk(app, session, "zh")


def said(desk, **more):
    return {
        "title": "联合清查",
        "division": "420102",
        "begun_on": TODAY.isoformat(),
        "officers_count": "6",
        **more,
    }


def recorded(desk, **more):
    return send(desk.client, "/actions/new", **said(desk, **more))


def venues_of(session, path):
    """Return the codes of an action's venues in their order."""
    make.free(session)
    uid = path.rpartition("/")[2]
    with unscoped(session, "a test looks"):
        session.expire_all()
        action = session.query(Action).filter_by(uid=uid).one()
        found = [venue.code for venue in queries.venues_of(session, action.venue_ids).values()]
    make.free(session)
    return found


def test_several_venues_by_code_by_name_and_as_the_page_writes_them(session, desk):
    path = recorded(desk, venues="V0002\r\n晨光宾馆0\r\n晨光宾馆1 (V0001)")
    assert venues_of(session, path) == ["V0002", "V0000", "V0001"]
    page = desk.read(path)
    for number, venue in enumerate(desk.city.venues):
        assert f'<a href="/venues/{venue.uid}">晨光宾馆{number} (V000{number})</a>' in page
    assert "晨光宾馆2及另外2处" in desk.read("/actions/")
    assert "晨光宾馆2 (V0002)\n晨光宾馆0 (V0000)\n晨光宾馆1 (V0001)</textarea>" in desk.read(f"{path}/edit")
    desk.language = "en"
    assert "晨光宾馆2 and 2 more" in desk.read("/actions/")


def test_a_street_has_none_and_one_stays_one(session, desk):
    assert venues_of(session, recorded(desk, venues=" ")) == []
    assert venues_of(session, recorded(desk, venues="V0001")) == ["V0001"]
    assert "晨光宾馆1</td>" in desk.read("/actions/")


@pytest.mark.parametrize(
    ("venues", "zh", "en"),
    [
        ("V0001、不存在、查无此处", ("“不存在”", "“查无此处”"), ("“不存在”", "“查无此处”")),
        ("V0001、晨光宾馆1", ("“晨光宾馆1”所指的场所重复填写",), ("“晨光宾馆1” is a venue that stands here twice",)),
        ("V0009", ("没有编号或唯一名称为“V0009”",), ("“V0009”",)),
        ("、".join(["V0001"] * 101), ("填了101个", "最多100个"), ("101 are more", "(100)")),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_and_stays_in_the_form(desk, venues, zh, en):
    """V0009 is a venue of the neighbouring district."""
    for language, words in (("zh", zh), ("en", en)):
        desk.language = language
        status, page = desk.post("/actions/new", **said(desk, venues=venues))
        assert status == 422
        assert all(word in page for word in words), words
        assert f"{venues}</textarea>" in page


def test_a_name_that_holds_a_separator_is_one_venue(session, desk):
    def rename():
        session.merge(desk.city.venues[0]).name = "红旗宾馆、旅社"

    desk.made(rename)
    assert venues_of(session, recorded(desk, venues="红旗宾馆、旅社\nV0001、V0002")) == [
        "V0000",
        "V0001",
        "V0002",
    ]


def test_a_venue_that_was_closed_can_still_be_named(session, desk):
    def close():
        session.merge(desk.city.venues[0]).state = "closed"

    desk.made(close)
    assert venues_of(session, recorded(desk, venues="V0000、V0001")) == ["V0000", "V0001"]
    rows = desk.client.get("/venues/named.json?q=晨光").json
    assert [(row["code"], row["open"]) for row in rows] == [
        ("V0001", True),
        ("V0002", True),
        ("V0000", False),
    ]
    assert desk.client.get("/venues/named.json?q=V0009").json == []
    assert desk.client.get("/venues/named.json?q=").json == []


def test_a_file_names_several_in_one_cell_and_a_bad_row_names_itself(session, desk):
    head, day = "事由,行政区划,日期,出动人次,场所", TODAY.isoformat()
    load(
        desk.client,
        "actions",
        f'{head}\n清查,420102,{day},6,"V0002、晨光宾馆0；V0001"\n街面,420102,{day},6,\n',
    )
    with unscoped(session, "a test looks"):
        found = [action.venue_ids for action in session.query(Action).order_by(Action.id)]
    make.free(session)
    at = [venue.id for venue in desk.city.venues]
    assert found == [[at[2], at[0], at[1]], []]
    text = f'{head}\n清查,420102,{day},6,V0001\n清查,420102,{day},6,"V0001、无名旅社、V0001"\n'
    for language, words in (
        ("zh", ("没有编号或唯一名称为“无名旅社”", "“V0001”所指的场所重复填写")),
        ("en", ("name “无名旅社”", "“V0001” is a venue that stands here twice")),
    ):
        data = {
            "csrf_token": token(desk.client, "/actions/import"),
            "file": (io.BytesIO(text.encode()), "表.csv"),
        }
        answer = desk.client.post("/actions/import", data=data, content_type="multipart/form-data")
        desk.language = language
        page = desk.read(answer.location)
        for word in words:
            assert re.search(
                rf'<td[^>]*class="num">3</td>\s*<td[^>]*>[^<]*</td>\s*<td[^>]*>[^<]*{word}', page
            ), word


def test_what_goes_out_comes_in_again(session, desk):
    recorded(desk, venues="V0002、V0000")
    sheet = load_workbook(io.BytesIO(desk.client.get("/actions/export.xlsx").data)).active
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    cell = row[head.index("场所")]
    assert cell == "晨光宾馆2 (V0002)、晨光宾馆0 (V0000)"
    assert venues_of(session, recorded(desk, venues=cell)) == ["V0002", "V0000"]


def test_a_change_is_told_in_names_also_one_of_the_time_of_single_venues(session, desk):
    path = recorded(desk, venues="V0000、V0001")
    send(desk.client, f"{path}/edit", **said(desk, venues="V0001\nV0002", version="1"))
    assert venues_of(session, path) == ["V0001", "V0002"]
    change = "场所：晨光宾馆0 (V0000)、晨光宾馆1 (V0001) → 晨光宾馆1 (V0001)、晨光宾馆2 (V0002)"
    assert change in desk.read(path)
    old = {"venue_id": [None, desk.city.venues[0].id], "note": ["", "旧"]}
    with unscoped(session, "a test reads an entry of old"):
        from patrol.enforcement import ACTIONS
        from patrol.ledgers.showing import changes_in_words

        told = changes_in_words(session, ACTIONS, old)
    assert told == [("Venues", "", "晨光宾馆0 (V0000)"), ("Note", "", "旧")] or told == [
        ("场所", "", "晨光宾馆0 (V0000)"), ("备注", "", "旧"),
    ]  # fmt: skip


def test_the_first_venue_gives_a_place_to_lists_and_hotspots_unless_there_is_a_position(session, desk):
    first = recorded(desk, venues="V0002、V0000")
    placed = recorded(desk, venues="V0001", lon="114.4", lat="30.7")
    recorded(desk)
    points = {
        each["url"]: (each["lon"], each["lat"]) for each in desk.client.get("/actions/points.json").json
    }
    assert points == {first: (pytest.approx(114.312), 30.6), placed: (114.4, 30.7)}
    shown = desk.client.get(f"{placed}/place.json").json
    assert [(each["lon"], each["url"]) for each in shown] == [
        (114.4, ""), (pytest.approx(114.311), f"/venues/{desk.city.venues[1].uid}"),
    ]  # fmt: skip
    assert len(desk.client.get(f"{first}/place.json").json) == 2
    with unscoped(session, "a test looks"):
        rows = hotspots.actions(session, TODAY, TODAY)
        assert [(row.lon, row.grid_id) for row in rows] == [
            (pytest.approx(114.312), desk.city.grid.id), (114.4, desk.city.grid.id),
        ]  # fmt: skip


def test_a_venue_tells_which_actions_were_there(session, desk):
    path = recorded(desk, venues="V0002、V0000", title="夜间清查")
    gone = recorded(desk, venues="V0002", title="误记")
    send(desk.client, gone, f"{gone}/withdraw", reason="重复登记")
    for venue in (desk.city.venues[2], desk.city.venues[0]):
        part = f"/enforcement/venue/{venue.uid}.html"
        assert f'data-load="{part}"' in desk.read(f"/venues/{venue.uid}")
        page = desk.read(part)
        assert path in page
        assert "误记" not in page
    assert "没有执法行动" in desk.read(f"/enforcement/venue/{desk.city.venues[1].uid}.html")
    assert desk.client.get(f"/enforcement/venue/{desk.city.far.uid}.html").status_code == 404


def test_a_den_of_an_action_at_one_venue_is_there(desk):
    link = re.search(r'href="(/dens/new[^"]+)"', desk.client.get(recorded(desk, venues="V0001")).text)[1]
    assert "venue=V0001" in unescape(link)
    link = re.search(r'href="(/dens/new[^"]+)"', desk.client.get(recorded(desk, venues="V0001、V0002")).text)[
        1
    ]
    assert "venue=" not in unescape(link)


def test_venues_beyond_the_editors_area_are_counted_and_kept(app, session, desk):
    """The city records an action in two districts; a district's manager then changes what it sees of it."""

    def at_both():
        action = make_record(session, "actions", "420102", title="跨区清查", venues="V0009、V0000、V0001")
        return f"/actions/{action.uid}"

    path = desk.made(at_both)
    page = desk.read(path)
    assert "另有1处不在您的辖区内" in page
    assert "晨光宾馆9" not in page
    send(desk.client, f"{path}/edit", **said(desk, venues="V0000\nV0001", version="1", note="补记"))
    assert venues_of(session, path) == ["V0009", "V0000", "V0001"]
    send(desk.client, f"{path}/edit", **said(desk, venues="V0001\nV0002", version="2"))
    assert venues_of(session, path) == ["V0001", "V0002", "V0009"]
    city = desk.made(
        lambda: create_person(session, session.merge(desk.city.east).parent, "city_manager", username="c")
    )
    assert "晨光宾馆9 (V0009)" in make.sign_in(app, city).get(path).text


def test_two_editors_at_once_one_is_told_and_nothing_is_half_done(app, session, desk, monkeypatch):
    path = recorded(desk, venues="V0000")
    clients = [desk.client, make.sign_in(app, desk.city.manager)]
    keys = [token(client, f"{path}/edit") for client in clients]
    gate, real, answers = threading.Barrier(2), queries.locked, [0, 0]

    def together(*asked):
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(timeout=1)
        return real(*asked)

    monkeypatch.setattr("patrol.ledgers.queries.locked", together)

    def change(at):
        data = {"csrf_token": keys[at], **said(desk, venues=f"V000{at + 1}\nV0000", version="1")}
        with app.app_context():
            answers[at] = clients[at].post(f"{path}/edit", data=data).status_code

    threads = [threading.Thread(target=change, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [302, 409]
    assert venues_of(session, path) == [f"V000{answers.index(302) + 1}", "V0000"]
    with unscoped(session, "a test counts"):
        assert db.session.query(ActionVenue).count() == 2
        assert db.session.query(AuditEntry).filter_by(verb="actions.change").count() == 1
