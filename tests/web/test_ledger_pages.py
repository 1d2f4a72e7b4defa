"""Every ledger's pages as a person uses them: empty, a form with faults, a record, its change, its withdrawal, files."""

import datetime as dt
import io
import re

import pytest
from openpyxl import load_workbook

from patrol.enforcement.models import Action, Den
from patrol.findings.models import Finding
from patrol.infra import spatial
from patrol.infra.db import unscoped
from patrol.ledgers import LEDGERS
from patrol.prevention.models import Community
from tests.factories import patrols as make
from tests.factories.ledgers import given_for, make_record

CODES = sorted(LEDGERS)


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def desk(app, city):
    return make.sign_in(app, city.manager)


def token(client, path):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))[1]


def post(client, page, path=None, **data):
    return client.post(path or page, data={"csrf_token": token(client, page), **data})


def filled(session, code, division="420102"):
    session.info["readonly"] = False
    with unscoped(session, "a test fills in a form"):
        given = given_for(session, LEDGERS[code], division)
        session.commit()
    make.free(session)
    return given


@pytest.mark.parametrize("code", CODES)
def test_a_record_is_entered_found_changed_and_withdrawn(session, desk, city, code):
    ledger = LEDGERS[code]
    for language in ("zh", "en"):
        page = desk.get(f"/{code}/?lang={language}").get_data(as_text=True)
        assert ledger.name.within(language) in page
    given = filled(session, code)
    answer = post(desk, f"/{code}/new", **given)
    assert answer.status_code == 302, re.findall(r"<li>.*?</li>", answer.get_data(as_text=True))
    shown = desk.get(answer.location).get_data(as_text=True)
    assert "Traceback" not in shown
    number = re.search(rf"{ledger.prefix}-420102-\d{{4}}-0001", shown)[0]
    assert number in desk.get(f"/{code}/?q={number}&division=420102").get_data(as_text=True)
    changed = post(desk, f"{answer.location}/edit", **given, version="1", note="改")
    assert changed.status_code == 302, changed.get_data(as_text=True)
    stale = post(desk, f"{answer.location}/edit", **given, version="1")
    assert stale.status_code == 409
    refused = post(desk, answer.location, f"{answer.location}/withdraw", reason=" ")
    assert refused.status_code == 302
    assert post(desk, answer.location, f"{answer.location}/withdraw", reason="重复登记").status_code == 302
    assert number not in desk.get(f"/{code}/").get_data(as_text=True)
    assert number in desk.get(f"/{code}/?withdrawn=1").get_data(as_text=True)
    assert "重复登记" in desk.get(answer.location).get_data(as_text=True)


@pytest.mark.parametrize("code", CODES)
def test_an_empty_form_names_everything_that_is_missing_in_both_languages(desk, code):
    for language, word in (("zh", "请填写"), ("en", "is missing")):
        page = post(desk, f"/{code}/new?lang={language}")
        assert page.status_code == 422
        needed = [f for f in LEDGERS[code].fields if f.required and f.default is None]
        assert page.get_data(as_text=True).count(word) >= len(needed)


@pytest.mark.parametrize("code", CODES)
def test_a_workbook_goes_out_and_a_file_comes_in(session, desk, city, code):
    ledger = LEDGERS[code]
    assert desk.get(f"/records/columns/{code}.xlsx").data[:2] == b"PK"
    assert desk.get(f"/{code}/export.xlsx").data[:2] == b"PK"
    given = filled(session, code)
    heads = [f for f in ledger.fields if f.name in given]
    head = ",".join(f.label.zh for f in heads)
    good = ",".join(f'"{given[f.name]}"' for f in heads)
    bad = ",".join('"?"' if f.kind == "division" else f'"{given[f.name]}"' for f in heads)
    refused = upload(desk, code, f"{head}\n{good}\n{bad}\n")
    page = desk.get(refused.location).get_data(as_text=True)
    assert "您的辖区内没有“?”" in page
    assert ">3</td>" in page
    assert f"{ledger.prefix}-420102" not in desk.get(f"/{code}/").get_data(as_text=True)
    stored = upload(desk, code, f"{head}\n{good}\n{bad}\n", partial="1")
    assert desk.get(stored.location).status_code == 200
    assert f"{ledger.prefix}-420102" in desk.get(f"/{code}/").get_data(as_text=True)
    out = load_workbook(io.BytesIO(desk.get(f"/{code}/export.xlsx").data)).active
    columns, row = ([cell.value for cell in line] for line in out.iter_rows())
    assert columns[1:] == [f.label.zh for f in ledger.fields if f.kind != "place"]
    for f in heads:
        if f.kind in {"venue", "record"}:
            assert given[f.name] in row[columns.index(f.label.zh)]


@pytest.mark.parametrize("code", ["dens", "outlets"])
def test_the_venue_of_a_record_goes_out_with_it(session, desk, city, code):
    session.info["readonly"] = False
    with unscoped(session, "a test records"):
        make_record(session, code, "420102", venue="V0001")
        make_record(session, code, "420102")
        session.commit()
    make.free(session)
    out = load_workbook(io.BytesIO(desk.get(f"/{code}/export.xlsx").data)).active
    columns, *rows = ([cell.value for cell in line] for line in out.iter_rows())
    assert {row[columns.index("场所")] for row in rows} == {"晨光宾馆1 (V0001)", None}


def upload(client, code, text, **more):
    data = {
        "csrf_token": token(client, f"/{code}/import"),
        "file": (io.BytesIO(text.encode()), "表.csv"),
        **more,
    }
    return client.post(f"/{code}/import", data=data, content_type="multipart/form-data")


def test_a_file_without_a_needed_column_says_which(desk, city):
    page = desk.get(upload(desk, "actions", "事由,出动车次\n甲,2\n").location).get_data(as_text=True)
    for label in ("行政区划", "日期", "出动人次"):
        assert f"文件中缺少“{label}" in page


def action(**more):
    return {
        "title": "清查行动", "division": "420102", "kind": "planned", "begun_on": "2026-03-01",
        "officers_count": "6", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "zh", "en"),
    [
        ({"officers_count": "1"}, "第十五条", "article 15"),
        ({"officers_count": "-4"}, "不是不小于0的整数", "not a whole number"),
        ({"begun_on": "2026-02-30"}, "不是有效日期", "is not a date"),
        ({"begun_on": "2099-01-01"}, "两年之后", "two years ahead"),
        ({"ended_on": "2026-02-01"}, "早于“日期”（2026-03-01）", "lies before “Date” (2026-03-01)"),
        ({"measures": "seal_place", "sealed_on": "2026-03-01"}, "书面批准", "written approval"),
        (
            {"measures": "seal_place", "approval": "prior", "approval_number": "1", "approved_on": "2026-03-05",
             "sealed_on": "2026-03-01"},
            "晚于采取措施", "after the measure",
        ),
        (
            {"measures": "seal_place", "approval": "prior", "approval_number": "1", "approved_on": "2026-03-01",
             "sealed_on": "2026-03-01", "seal_lifted_on": "2026-04-02"},
            "法定期限2026-03-31", "2026-03-31",
        ),
        ({"officers": "甲、乙、丙、丁、戊、己、庚"}, "列出了7名", "7 officers are named"),
        ({"campaign": "不存在"}, "没有编号为", "no record with the number"),
    ],
)  # fmt: skip
def test_what_the_law_forbids_is_refused_in_both_languages(desk, city, more, zh, en):
    for language, said in (("zh", zh), ("en", en)):
        page = post(desk, f"/actions/new?lang={language}", **action(**more))
        assert page.status_code == 422
        assert said in page.get_data(as_text=True)


def test_fifteen_more_days_are_lawful_once_they_are_approved(desk, city):
    more = {
        "measures": "seal_place", "approval": "prior", "approval_number": "1", "approved_on": "2026-03-01",
        "sealed_on": "2026-03-01", "seal_lifted_on": "2026-04-15", "seal_extended": "1",
    }  # fmt: skip
    assert post(desk, "/actions/new", **action(**more)).status_code == 302


def test_an_action_before_its_campaign_is_refused(session, desk, city):
    campaign = {"title": "百日行动", "division": "420102", "begun_on": "2026-05-01", "ended_on": "2026-07-31"}
    number = re.search(
        r"ZX-\S+?-0001", desk.get(post(desk, "/campaigns/new", **campaign).location).get_data(as_text=True)
    )
    page = post(desk, "/actions/new", **action(campaign=number[0]))
    assert page.status_code == 422
    assert "2026-05-01至2026-07-31" in page.get_data(as_text=True)


def test_a_den_lives_step_by_step_and_never_jumps(session, desk, city):
    with unscoped(session, "a test makes a den"):
        uid = make_record(session, "dens", "420102").uid
        session.commit()
    make.free(session)
    step = f"/enforcement/dens/{uid}/step"
    assert "不能改为" in follow(desk, post(desk, f"/dens/{uid}", step, state="closed"))
    for state in ("confirmed", "closed", "watched"):
        post(desk, f"/dens/{uid}", step, state=state, reason="现场核实")
    long_ago(session, uid)
    for state in ("quiet", "returned", "closed"):
        post(desk, f"/dens/{uid}", step, state=state, reason="现场核实")
    with unscoped(session, "a test looks"):
        den = session.query(Den).filter_by(uid=uid).one()
        assert (den.state, den.closed_on is not None) == ("closed", True)
    make.free(session)
    assert "回访监控剩余90天" in desk.get(f"/dens/{uid}").get_data(as_text=True)
    assert den.name in desk.get("/enforcement/terms").get_data(as_text=True)


def long_ago(session, uid):
    """Let a den have been closed so long ago that its watch is over."""
    with unscoped(session, "a test turns the calendar"):
        session.info["readonly"] = False
        den = session.query(Den).filter_by(uid=uid).one()
        den.closed_on -= dt.timedelta(days=91)
        session.commit()
    make.free(session)


def follow(client, answer):
    return client.get(answer.location).get_data(as_text=True)


def test_a_community_is_inspected_by_a_published_draw_before_it_is_awarded(session, desk, city):
    with unscoped(session, "a test makes a community"):
        uid = make_record(session, "communities", "420102").uid
        session.commit()
    make.free(session)
    page, step = f"/communities/{uid}", f"/prevention/communities/{uid}/step"
    post(desk, page, step, state="creating")
    assert "不能改为" in post(desk, page, step, state="awarded").get_data(as_text=True)
    post(desk, page, f"/prevention/communities/{uid}/evidence", done_1="1", note_1="班子文件")
    shown = follow(desk, post(desk, page, f"/prevention/communities/{uid}/draw", seed="上证指数3021.55"))
    result = re.search(r'action="([^"]+/inspections/[^"]+)"', shown)[1]
    assert "不能是" in post(desk, page, result, asked="20", knew="21", passed="1").get_data(as_text=True)
    post(desk, page, result, asked="20", knew="18", passed="1", inspectors="王磊、李娜")
    assert "已命名" in follow(desk, post(desk, page, step, state="awarded"))
    assert desk.get(f"/prevention/communities/{uid}/certificate.pdf").data[:5] == b"%PDF-"
    assert "请填写原因" in post(desk, page, step, state="revoked").get_data(as_text=True)
    post(desk, page, step, state="revoked", reason="发现窝点一处")
    with unscoped(session, "a test looks"):
        community = session.query(Community).filter_by(uid=uid).one()
        assert (community.state, community.evidence["1"]["note"]) == ("revoked", "班子文件")
    assert desk.get(f"/prevention/communities/{uid}/certificate.pdf").status_code == 404


@pytest.mark.parametrize(
    ("den", "warned"),
    [
        ({"state": "confirmed", "confirmed_on": "2026-03-02"}, True),
        ({"state": "suspected"}, False),
        ({"state": "quiet"}, False),
        ({"state": "confirmed", "found_on": "2026-01-05", "confirmed_on": "2026-01-05"}, False),
    ],
)
def test_a_den_found_since_the_award_asks_whether_to_revoke_it(session, desk, city, den, warned):
    with unscoped(session, "a test makes a community"):
        community = make_record(session, "communities", "420102")
        community.state, community.awarded_on = "awarded", dt.date(2026, 2, 1)
        made = make_record(session, "dens", "420102")
        for name, value in {"found_on": "2026-03-02", **den}.items():
            setattr(made, name, value if name == "state" else dt.date.fromisoformat(value))
        uid = community.uid
        session.commit()
    make.free(session)
    for language, words in (("zh", "请考虑撤销命名"), ("en", "Consider revoking it")):
        page = desk.get(f"/communities/{uid}?lang={language}").get_data(as_text=True)
        assert (words in page) is warned


def test_pages_beside_the_ledgers_open_in_both_languages(desk, city):
    paths = ("/prevention/stock", "/prevention/communities", "/prevention/checklist", "/enforcement/terms",
             f"/prevention/filings/at/{city.venues[0].uid}")  # fmt: skip
    for path in paths:
        for language in ("zh", "en"):
            assert desk.get(f"{path}?lang={language}").status_code == 200


def test_filed_meetings_collide_and_are_found_at_their_venue(session, desk, city):
    venue = city.venues[0]
    given = {
        "title": "产品说明会", "division": "420102", "filed_on": "2026-03-01", "held_on": "2026-03-05",
        "begins": "09:00", "ends": "11:00", "venue": venue.code,
    }  # fmt: skip
    assert post(desk, "/filings/new", **given).status_code == 302
    second = {"title": "招商会", "begins": "10:30", "ends": "12:00", "anyway": "1"}
    other = post(desk, "/filings/new", **{**given, **second})
    assert "冲突" in follow(desk, other)
    assert f'href="/prevention/filings/at/{venue.uid}"' in desk.get(f"/venues/{venue.uid}").get_data(
        as_text=True
    )
    page = desk.get(f"/prevention/filings/at/{venue.uid}?day=2026-03-05").get_data(as_text=True)
    assert "产品说明会" in page
    assert "招商会" in page
    assert "没有会议备案" in desk.get(f"/prevention/filings/at/{venue.uid}?day=2026-03-06").get_data(
        as_text=True
    )


def test_a_document_is_kept_and_sent_only_as_a_download(session, desk, city, app):
    with unscoped(session, "a test makes an action"):
        uid = make_record(session, "actions", "420102").uid
        session.commit()
    make.free(session)

    def attach(name, content):
        data = {
            "csrf_token": token(desk, f"/actions/{uid}"),
            "files": (io.BytesIO(content), name),
            "caption": "审批表",
        }
        return follow(
            desk, desk.post(f"/actions/{uid}/attach", data=data, content_type="multipart/form-data")
        )

    assert "不是PDF" in attach("x.html", b"<script>alert(1)</script>")
    shown = attach("审批.pdf", b"%PDF-1.7 abc")
    path = re.search(r"/records/attachments/[0-9a-f-]{36}", shown)[0]
    answer = desk.get(path)
    assert answer.data == b"%PDF-1.7 abc"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert make.sign_in(app, city.stranger).get(path).status_code == 404


def test_another_district_sees_none_of_it(session, app, city):
    with unscoped(session, "a test makes an action"):
        uid = make_record(session, "actions", "420102", title="江岸行动").uid
        session.commit()
    make.free(session)
    other = make.sign_in(app, city.stranger)
    assert other.get(f"/actions/{uid}").status_code == 404
    assert "江岸行动" not in other.get("/actions/").get_data(as_text=True)
    page = post(other, "/actions/new", **action())
    assert "您的辖区内没有“420102”" in page.get_data(as_text=True)
    with unscoped(session, "a test counts"):
        assert session.query(Action).count() == 1


def test_a_finding_leads_to_what_was_filed_for_its_place_and_day(session, desk, city):
    session.info["readonly"] = False
    with unscoped(session, "a test makes a finding"):
        venue = city.venues[0]
        found_at = dt.datetime(2026, 3, 4, 17, 30, tzinfo=dt.UTC)
        finding = Finding(venue_id=venue.id, person_id=city.inspector.id, found_at=found_at, text="集会",
                          geom=spatial.point(114.31, 30.6), scope_path=city.east.scope_path)  # fmt: skip
        session.add(finding)
        session.commit()
        finding_page, wanted = (
            f"/findings/{finding.uid}",
            f"/prevention/filings/at/{venue.uid}?day=2026-03-05",
        )
    make.free(session)
    assert wanted in desk.get(finding_page).get_data(as_text=True)
    assert "2026-03-05" in desk.get(wanted).get_data(as_text=True)
