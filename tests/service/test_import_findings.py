"""Past inspections from a file become ordinary visits and findings, once; and a whole real city comes of one."""

import datetime as dt
import gzip
import io

import pytest
from sqlalchemy import select

from patrol.core.clock import FixedClock
from patrol.core.datum import Datum
from patrol.core.errors import PatrolError
from patrol.findings import Finding
from patrol.findings.chicago import NOT_THIS_FILE, PEOPLE, import_city
from patrol.infra.audit import first_broken_link
from patrol.infra.db import bind_principal, db
from patrol.infra.jobs import enqueue
from patrol.patrols import Visit
from patrol.venues import (
    ImportRow,
    Venue,
    begin_apply,
    begin_check,
    choose_columns,
    keep_upload,
    mapping_of,
    read_table,
    start_import,
    upload_path,
)
from tests.factories.venues import CLOCK, City

HEAD = "场所编号,场所名称,检查日期,检查结果,情况记录,检查人员\n"


@pytest.fixture
def city(session):
    return City(session)


def upload(city, text):
    sha256 = keep_upload(io.BytesIO(text.encode("gbk")))
    table = read_table(upload_path(sha256))
    row = start_import(
        city.session, city.actor, purpose="findings", filename="检查.csv", sha256=sha256, table=table,
        division_uid=city.city.uid, clock=CLOCK,
    )  # fmt: skip
    choose_columns(
        city.session, row, mapping_of(row), datum=Datum.WGS84, default_kind="", division_uid=city.city.uid
    )
    begin_check(row)
    enqueue("findings.check_import", {"import_uid": row.uid}, city.actor)
    bind_principal(db.session, city.actor)
    return row


def store(city, row):
    begin_apply(city.session, row)
    job = enqueue("findings.apply_import", {"import_uid": row.uid}, city.actor)
    bind_principal(db.session, city.actor)
    return job


TEXT = HEAD + (
    "A1,江城宾馆,2025-03-01,未发现异常,一切正常,一组\n"
    "A1,江城宾馆,2025-06-01 09:30,发现可疑,地铺十张,二组\n"
    "A1,江城宾馆,2025-06-01 09:30,发现可疑,地铺十张,二组\n"
    "A2,没有这家,2025-06-02,是,x,\n"
    "A1,江城宾馆,昨天,晴,x,\n"
)


def test_rows_become_visits_and_findings_and_the_venue_remembers(city):
    venue = city.venue(external_id="A1")
    row = upload(city, TEXT)
    assert {key: row.counts[key] for key in ("ok", "bad", "repeat")} == {"ok": 2, "bad": 2, "repeat": 1}
    bad = city.session.scalars(
        select(ImportRow).where(ImportRow.state == "bad").order_by(ImportRow.number)
    ).all()
    assert [(each.number, [reason["where"] for reason in each.reasons]) for each in bad] == [
        (5, ["场所名称"]), (6, ["检查日期", "检查结果"]),
    ]  # fmt: skip
    assert store(city, row).state == "done"
    first, second = city.session.scalars(select(Visit).order_by(Visit.arrived_at))
    assert (first.outcome, first.note, first.source, first.presence["group"]) == (
        "nothing_found", "一切正常", "import", "一组",
    )  # fmt: skip
    assert second.arrived_at == dt.datetime(2025, 6, 1, 1, 30, tzinfo=dt.UTC)
    (finding,) = city.session.scalars(select(Finding))
    assert (finding.kind, finding.text, finding.visit_id, finding.grid_id) == (
        "suspicious", "地铺十张", second.id, venue.grid_id,
    )  # fmt: skip
    city.session.refresh(venue)
    assert (venue.visit_count, venue.finding_count, venue.last_outcome) == (2, 1, "suspicious")
    assert venue.last_visited_at == second.arrived_at
    assert first_broken_link(city.session) is None


def test_the_same_file_again_stores_nothing_twice(city):
    venue = city.venue(external_id="A1")
    store(city, upload(city, TEXT))
    again = upload(city, TEXT)
    assert {key: again.counts[key] for key in ("ok", "bad", "repeat")} == {"ok": 0, "bad": 2, "repeat": 3}
    assert [note["code"] for note in again.warnings] == ["venues.note_already", "venues.note_gbk"]
    job = store(city, again)
    assert (job.state, job.error_zh) == ("failed", "没有可以入库的行。")
    city.session.refresh(venue)
    assert venue.visit_count == 2


def test_an_older_visit_never_hides_a_newer_one(city):
    venue = city.venue(external_id="A1")
    store(city, upload(city, HEAD + "A1,江城宾馆,2025-06-01,发现违法,x,\n"))
    store(city, upload(city, HEAD + "A1,江城宾馆,2024-06-01,无人应答,y,\n"))
    city.session.refresh(venue)
    assert (venue.visit_count, venue.last_outcome) == (2, "violation")


INSPECTIONS = (
    "inspection_id,venue_id,venue_name,address,lat,lon,venue_type,official_risk_class,inspected_on,"
    "critical_violation_found,critical_count,inspector_group\n"
    "1,10,KEVIN'S,554 W PERSHING RD,41.8236,-87.6408,Restaurant,Risk 1 (High),2011-09-02,0,0,orange\n"
    "2,10,KEVIN'S,554 W PERSHING RD,41.8236,-87.6408,Restaurant,Risk 1 (High),2012-09-02,1,2,blue\n"
    "3,11,Kevins Inc,554 W PERSHING RD,41.8236,-87.6408,Restaurant,Risk 1 (High),2013-09-02,0,0,blue\n"
    "4,12,SUBWAY,1 N STATE ST,41.8820,-87.6280,Other,Risk 2,2013-01-02,0,0,green\n"
    "5,12,CORNER BAKERY,900 W BELMONT,41.9400,-87.6520,Grocery_Store,Risk 3,2013-01-03,1,1,green\n"
    "6,14,LAKESIDE,5400 N CLARK,41.9800,-87.6680,Restaurant,Risk 2,2013-02-03,0,0,green\n"
)


@pytest.fixture
def inspections(tmp_path):
    path = tmp_path / "inspections.csv.gz"
    path.write_bytes(gzip.compress(INSPECTIONS.encode()))
    return path


def test_a_real_city_is_made_once_and_stays_apart_from_wuhan(city, inspections):
    clock, said = FixedClock(dt.datetime(2026, 3, 2, tzinfo=dt.UTC)), []
    made = import_city(inspections, said.append, clock=clock)
    assert (made.venues, made.visits, made.findings, made.was_there) == (4, 6, 2, False)
    assert made.grids > 3
    kevins = db.session.scalars(select(Venue).where(Venue.external_id == "10")).one()
    assert kevins.features == {"official_risk_class": "Risk 1 (High)", "other_numbers": ["11"]}
    assert (kevins.visit_count, kevins.last_outcome, kevins.kind) == (3, "nothing_found", "other")
    assert all(venue.grid_id for venue in db.session.scalars(select(Venue)))
    again = import_city(inspections, said.append, clock=clock)
    assert (again.venues, again.visits, again.findings, again.was_there) == (4, 6, 2, True)
    bind_principal(db.session, city.actor)
    assert db.session.scalars(select(Venue)).all() == []
    assert db.session.scalars(select(Visit)).all() == []
    assert PEOPLE[0][0] == "chicago"


def test_a_file_that_holds_no_inspections_is_refused_and_makes_no_city(session, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("name,colour\na,b\n")
    with pytest.raises(PatrolError) as caught:
        import_city(path, print, clock=CLOCK)
    assert caught.value.code == NOT_THIS_FILE.code
