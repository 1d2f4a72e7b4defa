"""Which communities prevention reached: by the record's division, by its place, and what names no community."""

import io
import re

import pytest
from openpyxl import load_workbook

from patrol.core.clock import china_date
from patrol.infra.db import unscoped
from patrol.prevention.coverage import lowest, unit_holding
from patrol.prevention.models import TextMessage
from tests.factories import patrols as make
from tests.factories.desk import send
from tests.factories.ledgers import NOW
from tests.factories.venues import EAST, create_division, create_person

DAY = china_date(NOW).isoformat()
YEAR = f"since={DAY[:4]}-01-01&until={DAY}"


def half(box, right):
    west, south, east, north = box
    middle = (west + east) / 2
    return (middle, south, east, north) if right else (west, south, middle, north)


@pytest.fixture
def desk(app, session):
    """The manager of a city with one district of two townships, left and right, and a third without a shape."""
    with unscoped(session, "a test builds its city"):
        session.info["readonly"] = False
        city = create_division(
            session, "4201", "武汉市", "city", create_division(session, "42", "湖北省", "province")
        )
        district = create_division(session, "420102", "江岸区", "district", city, EAST)
        create_division(session, "420102001", "左街道", "township", district, half(EAST, right=False))
        create_division(session, "420102002", "右街道", "township", district, half(EAST, right=True))
        create_division(session, "420102003", "新街道", "township", district)
        manager = create_person(session, city, "city_manager", username="coverage")
        session.commit()
    make.free(session)
    return make.sign_in(app, manager)


def event(desk, division, **more):
    send(desk, "/events/new", title="进社区宣传", division=division, kind="community", held_on=DAY, **more)


def shown(desk, division=""):
    """Return the share, the names not reached and the names reached."""
    page = desk.get(f"/prevention/coverage?{YEAR}&division={division}&lang=zh").get_data(as_text=True)
    missed, _sep, reached = page.partition('<th scope="row">')
    share = re.search(r'class="stat-value">(\d+)', page)[1]
    names = ("左街道", "右街道", "新街道")
    told = [n for n in names if f'item-title">{n}' in missed]
    return int(share), told, [n for n in names if n in _sep + reached]


def test_a_community_is_reached_by_its_own_record_and_by_a_place_within_it(desk):
    assert shown(desk) == (0, ["左街道", "右街道", "新街道"], [])
    event(desk, "420102001", leaflets="40", posters="2")
    assert shown(desk) == (33, ["右街道", "新街道"], ["左街道"])
    west, south, east, north = half(EAST, right=True)
    event(desk, "420102", lon=f"{(west + east) / 2:.6f}", lat=f"{(south + north) / 2:.6f}")
    assert shown(desk) == (67, ["新街道"], ["左街道", "右街道"])
    assert shown(desk, "420102") == (67, ["新街道"], ["左街道", "右街道"])
    assert shown(desk, "420102003") == (0, ["新街道"], [])


def test_what_names_a_larger_area_is_told_apart_and_covers_nothing(desk):
    event(desk, "420102")
    send(
        desk,
        "/letters/new",
        title="致居民",
        division="4201",
        addressee="residents",
        sent_on=DAY,
        copies="500",
    )
    assert shown(desk)[0] == 0
    for language, said in (("zh", "有2条记录只写了上级区域"), ("en", "2 records name a larger area")):
        assert said in desk.get(f"/prevention/coverage?{YEAR}&lang={language}").get_data(as_text=True)
    send(
        desk,
        "/letters/new",
        title="致居民",
        division="420102003",
        addressee="residents",
        sent_on=DAY,
        copies="50",
    )
    assert shown(desk)[0] == 33


def test_a_text_counts_once_it_was_delivered_and_a_withdrawn_event_no_more(session, desk):
    send(desk, "/texts/new", title="提醒", division="420102003", written_on=DAY, text="请拨打12315。")
    assert shown(desk)[0] == 0
    with unscoped(session, "a test lets a text arrive"):
        session.info["readonly"] = False
        session.query(TextMessage).update({"delivered": 3})
        session.commit()
    make.free(session)
    assert shown(desk)[0] == 33
    event(desk, "420102001")
    assert shown(desk)[0] == 67
    address = re.search(r'href="(/events/[0-9a-f-]{36})"', desk.get("/events/").get_data(as_text=True))[1]
    send(desk, address, f"{address}/withdraw", reason="重复登记")
    assert shown(desk)[0] == 33


def test_the_indicator_counts_the_same_and_opens_to_the_communities_and_their_records(desk):
    event(desk, "420102001")
    west, south, east, north = half(EAST, right=True)
    event(desk, "4201", lon=f"{(west + east) / 2:.6f}", lat=f"{(south + north) / 2:.6f}")
    for division in ("4201", "420102"):
        page = desk.get(f"/reports/indicators/communities_covered?{YEAR}&division={division}").get_data(
            as_text=True
        )
        assert re.search(r'class="stat-value">\s*(\d+)', page)[1] == "2"
    links = re.findall(r'href="(/prevention/coverage/[0-9a-f-]{36}[^"]*)"', page)
    assert len(links) == 2
    for link in links:
        assert "进社区宣传" in desk.get(link.replace("&amp;", "&")).get_data(as_text=True)


def test_the_map_and_the_workbook_say_the_same(desk):
    event(desk, "420102001", leaflets="40", posters="2")
    looks = {
        f["properties"]["name"].split(":")[0]: f["properties"]["look"]
        for f in desk.get(f"/prevention/coverage/shapes.json?{YEAR}").get_json()["features"]
    }
    assert looks == {"左街道": "cold-2", "右街道": "hot-2"}
    book = load_workbook(io.BytesIO(desk.get(f"/prevention/coverage/export.xlsx?{YEAR}").data))
    rows = list(book.active.iter_rows(min_row=3, values_only=True))
    assert [(r[1], r[3], r[4], r[5]) for r in rows] == [
        ("左街道", 1, 1, 42),
        ("右街道", 0, 0, 0),
        ("新街道", 0, 0, 0),
    ]


@pytest.mark.parametrize(
    ("query", "zh", "en"),
    [
        ("since=2026-02-30&until=2026-03-01", "不是有效的起止日期", "is not a pair of dates"),
        ("since=2026-03-02&until=2026-03-01", "结束日期早于开始日期", "lies before the first"),
    ],
)
def test_days_that_cannot_be_are_said_in_both_languages(desk, query, zh, en):
    for language, said in (("zh", zh), ("en", en)):
        answer = desk.get(f"/prevention/coverage?{query}&lang={language}")
        assert answer.status_code == 200
        assert said in answer.get_data(as_text=True)


def test_the_lowest_divisions_and_who_holds_a_path():
    class Division:
        def __init__(self, path):
            self.scope_path = path

    tree = [Division(path) for path in ("1/", "1/2/", "1/2/3/", "1/2/30/", "1/4/")]
    assert [each.scope_path for each in lowest(tree)] == ["1/2/3/", "1/2/30/", "1/4/"]
    units = {each.scope_path: each.scope_path for each in lowest(tree)}
    assert unit_holding("1/2/3/9/", units) == "1/2/3/"
    assert unit_holding("1/2/30/", units) == "1/2/30/"
    assert unit_holding("1/2/", units) is None
