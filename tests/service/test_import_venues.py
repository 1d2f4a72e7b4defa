"""A venue list on its way in: every bad row named, duplicates decided by a person, all stored or nothing."""

import io

import pytest
from sqlalchemy import select

from patrol.core.datum import Datum, convert
from patrol.core.errors import PatrolError
from patrol.infra.db import bind_principal, db
from patrol.infra.jobs import CANCELLED, Job, enqueue
from patrol.venues import ImportRow, Venue, VenueImport, load_placer
from patrol.venues.importing import services, storing
from patrol.venues.importing.table import read_table
from patrol.venues.storage import keep_upload, upload_path
from tests.factories.venues import CLOCK, City

HEAD = "编号,场所名称,类别,地址,经度,纬度,床位\n"


@pytest.fixture
def city(session):
    return City(session)


def upload(city, text, *, purpose="venues", datum="wgs84", kind="", division=None, encoding="utf-8"):
    sha256 = keep_upload(io.BytesIO(text.encode(encoding)))
    table = read_table(upload_path(sha256))
    division = division or city.city
    row = services.start_import(
        city.session, city.actor, purpose=purpose, filename="场所.csv", sha256=sha256, table=table,
        division_uid=division.uid, clock=CLOCK,
    )  # fmt: skip
    services.choose_columns(
        city.session,
        row,
        services.mapping_of(row),
        datum=Datum(datum),
        default_kind=kind,
        division_uid=division.uid,
    )
    return row


def run(city, row, kind):
    uid = row.uid
    (services.begin_check(row) if kind.endswith("check_import") else services.begin_apply(city.session, row))
    job = enqueue(kind, {"import_uid": uid}, city.actor)
    bind_principal(db.session, city.actor)
    return job


def checked(city, text, **choices):
    row = upload(city, text, **choices)
    job = run(city, row, f"{row.purpose}.check_import")
    assert (job.state, job.error_en) == ("done", "")
    return row


def rows_of(city, row, state):
    return list(city.session.scalars(
        select(ImportRow).where(ImportRow.import_id == row.id, ImportRow.state == state).order_by(ImportRow.number)
    ))  # fmt: skip


def codes(row):
    return [note["code"] for note in row.warnings]


def test_every_bad_row_is_named_with_its_column_and_reason_in_both_languages(city):
    row = checked(city, HEAD + (
        "1,江城宾馆,宾馆,中山大道1号,114.31,30.60,50\n"
        "2,,宾馆,甲,114.31,30.61,many\n"
        "3,没有类别,外星,乙,114.31,30.62,1\n"
        "4,没有位置,宾馆,丙,,30.62,1\n"
        "5,颠倒,宾馆,丁,30.6,114.3,1\n"
        "6,在外,宾馆,戊,116.40,39.90,1\n"
        "7,公式,宾馆,=1+1,114.32,30.60,1\n"
        "8,哪里,宾馆,己,约114度,30.6,1\n"
    ))  # fmt: skip
    bad = {each.number: each.reasons for each in rows_of(city, row, "bad")}
    assert {number: [reason["code"] for reason in reasons] for number, reasons in bad.items()} == {
        3: ["venues.name_empty", "venues.not_a_number"], 4: ["venues.kind_unknown"],
        5: ["venues.position_missing"], 6: ["venues.position_swapped"], 7: ["venues.position_outside"],
        8: ["venues.row_formula"], 9: ["venues.position_unreadable"],
    }  # fmt: skip
    assert [reason["where"] for reason in bad[3]] == ["场所名称", "床位"]
    assert bad[7][0]["where"] == "经度"
    assert bad[7][0]["zh"] == "该位置不在武汉市范围内。"
    assert bad[7][0]["en"] == "This position lies outside 武汉市."
    assert {k: row.counts[k] for k in ("ok", "bad", "twin", "repeat", "total")} == {
        "ok": 1, "bad": 7, "twin": 0, "repeat": 0, "total": 8,
    }  # fmt: skip


def test_good_rows_are_stored_in_their_grid_and_keep_what_else_was_said(city):
    row = upload(
        city,
        "场所名称,类别,经度,纬度,颜色\n江城宾馆,宾馆,114.31,30.60,红\n外面,出租屋,114.26,30.60,\n",
        encoding="gbk",
    )
    services.choose_columns(
        city.session, row, {**services.mapping_of(row), 4: "feature"}, datum=Datum.WGS84, default_kind="",
        division_uid=city.city.uid,
    )  # fmt: skip
    assert run(city, row, "venues.check_import").state == "done"
    assert run(city, row, "venues.apply_import").state == "done"
    one, other = city.session.scalars(select(Venue).order_by(Venue.id))
    assert (one.name, one.kind, one.grid_id, one.scope_path, one.features) == (
        "江城宾馆", "hotel", city.grid.id, city.east.scope_path, {"颜色": "红"},
    )  # fmt: skip
    assert (other.grid_id, other.division_id, other.code) == (None, city.west.id, "420103-000001")
    assert (row.state, row.counts["stored"], one.import_id) == ("done", 2, row.id)


def test_the_wrong_datum_is_noticed_and_the_better_one_named(city):
    lines = []
    for at in range(40):
        edge = 114.2403 if at % 2 else 114.3597
        lon, lat = convert(edge, 30.582 + at * 0.0014, Datum.WGS84, Datum.GCJ02)
        lines.append(f"{at},场所{at},宾馆,路{at}号,{lon:.6f},{lat:.6f},1\n")
    row = upload(city, HEAD + "".join(lines))
    placer = load_placer(city.session, city.city.uid)
    table = read_table(upload_path(row.sha256))
    assert services.guess_datum(table, services.mapping_of(row), placer) is Datum.GCJ02
    run(city, row, "venues.check_import")
    (note,) = row.warnings
    assert note["zh"] == (
        "按WGS-84读取，有20个点位不在武汉市范围内；按GCJ-02读取仅0个。坐标系很可能是GCJ-02。"
    )
    assert note["en"].startswith("Read as WGS-84, 20 points lie outside 武汉市; read as GCJ-02, only 0.")
    services.choose_columns(
        city.session,
        row,
        services.mapping_of(row),
        datum=Datum.GCJ02,
        default_kind="",
        division_uid=city.city.uid,
    )
    run(city, row, "venues.check_import")
    assert (row.warnings, row.counts["ok"]) == ([], 40)


def test_points_mostly_outside_and_swapped_columns_are_warned_of(city):
    outside = "".join(f"{n},甲{n},宾馆,x{n},116.4{n},39.9,1\n" for n in range(5))
    assert codes(checked(city, HEAD + outside)) == ["venues.note_most_outside"]
    swapped = "".join(f"{n},乙{n},宾馆,y{n},30.6,114.3{n},1\n" for n in range(1, 5))
    row = checked(city, HEAD + swapped)
    assert "venues.note_swapped" in codes(row)
    assert {each.reasons[0]["code"] for each in rows_of(city, row, "bad")} == {"venues.position_swapped"}


def test_likely_duplicates_wait_for_a_person_and_the_register_keeps_its_word(city):
    known = city.venue("江城宾馆", lon=114.31, lat=30.60, address="中山大道1号")
    text = HEAD + (
        "A1,江城 宾馆,宾馆,,114.3105,30.60,1\n"
        "A2,江城大酒楼,宾馆,别处,114.35,30.63,1\n"
        "A3,江城大酒楼,宾馆,别处,114.3501,30.63,1\n"
        "A3,江城大酒楼,宾馆,别处,114.3501,30.63,1\n"
    )
    row = checked(city, text)
    twins = rows_of(city, row, "twin")
    assert [(t.number, t.duplicate_of_id, t.data["why"]) for t in twins] == [
        (2, known.id, "name_near"), (4, None, "name_near"),
    ]  # fmt: skip
    assert twins[1].data["of_row"] == 3
    assert [(r.number, r.reasons[0]["code"]) for r in rows_of(city, row, "repeat")] == [
        (5, "venues.row_repeated")
    ]
    with pytest.raises(PatrolError) as caught:
        services.begin_apply(city.session, row)
    assert caught.value.sentence("zh") == "还有2条疑似重复记录尚未决定。"
    services.decide(city.session, row, [2], "same")
    assert services.decide(city.session, row, None, "skip") == 1
    city.session.commit()
    assert run(city, row, "venues.apply_import").state == "done"
    city.session.expire_all()
    assert sorted(venue.name for venue in city.session.scalars(select(Venue))) == ["江城大酒楼", "江城宾馆"]
    assert (known.name, known.external_id) == ("江城宾馆", "A1")


def test_a_known_number_is_a_duplicate_wherever_it_lies(city):
    city.venue("老名字", external_id="A1")
    (twin,) = rows_of(city, checked(city, HEAD + "A1,新名字,宾馆,,114.25,30.63,1\n"), "twin")
    assert (twin.data["why"], twin.data["distance_m"] > 5000) == ("code", True)


def test_a_cancelled_store_leaves_nothing_and_can_be_taken_up_again(city, monkeypatch):
    row = checked(
        city, HEAD + "".join(f"{n},店{n},宾馆,路{n}号,{114.31 + n * 0.003:.4f},30.60,1\n" for n in range(5))
    )

    def cancel_late(session, statement_row):
        raise PatrolError(CANCELLED)

    with monkeypatch.context() as patch:
        patch.setattr(storing, "fill_known", cancel_late)
        job = run(city, row, "venues.apply_import")
    assert (job.state, job.error_zh) == ("cancelled", "已取消，未作任何更改。")
    assert city.session.scalars(select(Venue)).all() == []
    assert services.settled_state(row, job_active=False) == "checked"
    services.settle(row, job_active=False)
    assert run(city, row, "venues.apply_import").state == "done"
    assert len(city.session.scalars(select(Venue)).all()) == 5


def test_the_same_file_twice_is_warned_of_and_a_stale_check_is_not_stored(city):
    text = HEAD + "1,江城宾馆,宾馆,中山大道1号,114.31,30.60,50\n"
    first, second = checked(city, text), checked(city, text)
    assert run(city, first, "venues.apply_import").state == "done"
    job = run(city, second, "venues.apply_import")
    assert (job.state, job.error_en) == (
        "failed", "Another file was stored since this one was checked. Check it again before storing it.",
    )  # fmt: skip
    assert len(city.session.scalars(select(Venue)).all()) == 1
    again = upload(city, text)
    assert codes(again) == ["venues.note_already"]


def test_storing_twice_stores_once(city):
    row = checked(city, HEAD + "1,江城宾馆,宾馆,中山大道1号,114.31,30.60,50\n")
    run(city, row, "venues.apply_import")
    job = enqueue("venues.apply_import", {"import_uid": row.uid}, city.actor)
    assert (job.state, job.error_zh) == ("failed", "该导入任务的状态已变化，请刷新页面查看。")
    assert len(city.session.scalars(select(Venue)).all()) == 1


def test_a_branch_imports_into_its_own_district_only(city):
    city.work_for(city.branch)
    with pytest.raises(PatrolError) as caught:
        upload(city, HEAD + "1,甲,宾馆,x,114.31,30.6,1\n", division=city.west)
    assert caught.value.status == 404
    row = checked(city, HEAD + "1,甲,宾馆,x,114.25,30.6,1\n2,乙,宾馆,y,114.31,30.6,1\n", division=city.east)
    assert [r.number for r in rows_of(city, row, "bad")] == [2]
    run(city, row, "venues.apply_import")
    assert [venue.name for venue in city.session.scalars(select(Venue))] == ["乙"]
    city.work_for(city.other)
    assert city.session.scalars(select(VenueImport)).all() == []


def test_a_file_that_is_gone_says_so(city):
    row = upload(city, HEAD + "1,甲,宾馆,x,114.31,30.6,1\n")
    upload_path(row.sha256).unlink()
    job = run(city, row, "venues.check_import")
    assert (job.state, job.error_zh) == ("failed", "上传的文件已不在服务器上，请重新上传。")
    assert city.session.scalars(select(Job)).all()
