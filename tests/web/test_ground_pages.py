"""Redrawing the ground as a manager does it: import, generate, split, merge, reassign, with preview and history."""

import io
import json
import re

import pytest
import shapely
from shapely.geometry import mapping
from sqlalchemy import select

from patrol.accounts import GridDuty
from patrol.clues.models import Sighting
from patrol.findings.models import Finding
from patrol.ground import GroundDraft
from patrol.infra import spatial
from patrol.infra.audit import AuditEntry
from patrol.patrols.models import Visit
from patrol.territory import Division, Grid, grids_in_scope
from patrol.venues import Venue
from tests.factories.patrols import sign_in
from tests.factories.venues import NOW, City, create_grid, create_person

#: the grid of City is the western half of the eastern district
WEST_HALF, EAST_HALF = (114.30, 30.58, 114.33, 30.64), (114.33, 30.58, 114.36, 30.64)


@pytest.fixture
def city(session):
    city = City(session)
    city.second = create_grid(session, city.east, "420102002", EAST_HALF)
    city.walker = create_person(session, city.east, "inspector")
    session.add(GridDuty(grid_id=city.grid.id, person_id=city.walker.id, duty="inspector"))
    city.left = city.venue("左边宾馆", lon=114.305, lat=30.60, address="一路1号")
    city.right = city.venue("右边宾馆", lon=114.325, lat=30.60, address="二路2号")
    return city


@pytest.fixture
def desk(app, city):
    return sign_in(app, city.manager)


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:600]
    return answer.get_data(as_text=True)


def post(client, path, status=302, *, data=None, **more):
    token = re.search(r'name="csrf_token" value="([^"]+)"', page(client, "/divisions/"))[1]
    answer = client.post(path, data={"csrf_token": token, **(data or {}), **more})
    assert status in (None, answer.status_code), answer.get_data(as_text=True)[:900]
    return answer


def feature(code, name, bounds, **more):
    shape = bounds if hasattr(bounds, "geom_type") else shapely.box(*bounds)
    return {"type": "Feature", "geometry": mapping(shape), "properties": {"code": code, "name": name, **more}}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def send(client, content, status=302, *, language="zh", division=None, **more):
    if division is None:
        division = re.findall(r'<option value="([0-9a-f-]{36})"', page(client, "/grids/import"))[-2]
    data = {"file": (io.BytesIO(content), "grids.geojson"), "division": division, "datum": "wgs84", **more}
    return post(client, f"/grids/import?lang={language}", status, data=data)


def living(session):
    session.expire_all()
    return {grid.code: grid for grid in grids_in_scope(session)}


def grid_of(session, venue):
    session.expire_all()
    return session.scalars(select(Grid.code).where(Grid.id == Venue.grid_id, Venue.id == venue.id)).one()


def decide(client, draft, verb="apply"):
    return post(client, f"{draft.location}/{verb}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_grids_show_people_venues_and_ways_to_change_them(desk, city, language):
    text = page(desk, f"/grids/?lang={language}")
    assert "420102001" in text
    assert city.walker.name in text
    assert ("合并所选网格" if language == "zh" else "Merge the ticked grids") in text
    assert ("行政区划" if language == "zh" else "Divisions") in page(desk, f"/divisions/?lang={language}")
    assert ("沿街道划分" if language == "zh" else "Along the streets") in page(
        desk, f"/grids/new?lang={language}"
    )


def test_an_inspector_looks_but_does_not_touch(app, city):
    phone = sign_in(app, city.walker)
    text = page(phone, "/grids/")
    assert "420102001" in text
    assert "划分新网格" not in text
    assert "拆分该网格" not in page(phone, f"/grids/{city.grid.uid}")
    assert phone.get("/grids/new").status_code == 403


def test_a_line_splits_a_grid_and_everything_on_it_follows(desk, city, session):
    session.add_all([
        Visit(venue_id=city.left.id, grid_id=city.grid.id, outcome="nothing_found", arrived_at=NOW,
              scope_path=city.east.scope_path),
        Finding(venue_id=city.right.id, grid_id=city.grid.id, found_at=NOW, geom=spatial.point(114.325, 30.6),
                scope_path=city.east.scope_path),
        Sighting(channel="public", kind="lecture", geom=spatial.point(114.326, 30.62), grid_id=city.grid.id,
                 division_id=city.east.id, scope_path=city.east.scope_path),
    ])  # fmt: skip
    session.commit()
    line = "114.315, 30.57\n114.315，30.65\n"
    draft = post(desk, f"/grids/{city.grid.uid}/split", way="line", line=line)
    text = page(desk, draft.location)
    assert "承接自" in text
    shapes = desk.get(f"{draft.location}.json").get_json()["features"]
    assert sorted(f["properties"]["venues"] for f in shapes) == [1, 1]
    assert set(living(session)) == {"420102001", "420102002"}, "a proposal changes nothing"
    decide(desk, draft)
    now = living(session)
    assert "420102001" not in now
    assert len(now) == 3
    left, right = grid_of(session, city.left), grid_of(session, city.right)
    assert left != right
    assert {left, right} <= set(now)
    assert session.scalars(select(Visit.grid_id)).one() == now[left].id
    assert session.scalars(select(Finding.grid_id)).one() == now[right].id
    assert session.scalars(select(Sighting.grid_id)).one() == now[right].id
    whole = shapely.union_all([spatial.to_shapely(now[code].geom) for code in (left, right)])
    assert whole.symmetric_difference(shapely.box(*WEST_HALF)).area < 1e-9
    duties = session.scalars(
        select(GridDuty).where(GridDuty.grid_id.in_([now[left].id, now[right].id]))
    ).all()
    assert [duty.person_id for duty in duties] == [city.walker.id] * 2
    assert "420102001" in page(desk, f"/grids/{now[left].uid}"), "the history names where it came from"
    assert "停用" in page(desk, f"/grids/{city.grid.uid}")


def test_even_parts_and_a_merge_back(desk, city, session):
    draft = post(desk, f"/grids/{city.grid.uid}/split", way="parts", parts="2")
    decide(desk, draft)
    parts = [grid for code, grid in living(session).items() if code != "420102002"]
    assert len(parts) == 2
    merged = post(desk, "/grids/merge", grid=[grid.uid for grid in parts])
    decide(desk, merged)
    assert len(living(session)) == 2
    assert grid_of(session, city.left) == grid_of(session, city.right)
    codes = session.scalars(select(Grid.code)).all()
    assert len(codes) == len(set(codes)) == 5, "a code never comes back"


@pytest.mark.parametrize(("wish", "zh", "en"), [
    ({"way": "line", "line": "114.40, 30.60\n114.41, 30.60"}, "没有把网格", "does not cut grid"),
    ({"way": "line", "line": "abc"}, "不是“经度，纬度”", "is not a longitude and a latitude"),
    ({"way": "line", "line": "114.3, 95\n1, 2"}, "不是“经度，纬度”", "is not a longitude and a latitude"),
    ({"way": "line", "line": ""}, "至少需要两个", "at least two different points"),
    ({"way": "parts", "parts": "1"}, "请填写2到50", "choose 2 to 50"),
    ({"way": "parts", "parts": "x"}, "“x”不是整数", "“x” is not a whole number"),
])  # fmt: skip
def test_a_split_that_cannot_be_says_why(desk, city, session, wish, zh, en):
    for language, sentence in (("zh", zh), ("en", en)):
        answer = post(desk, f"/grids/{city.grid.uid}/split?lang={language}", None, **wish)
        shown = answer.get_data(as_text=True)
        if answer.status_code == 302:
            shown = page(desk, f"{answer.location}?lang={language}")
        assert sentence in shown + json.dumps(job_of(desk, shown, language), ensure_ascii=False)
    assert len(living(session)) == 2


def job_of(client, text, language):
    uid = re.search(r'data-job="([^"]+)"', text)
    return client.get(f"/jobs/{uid[1]}.json?lang={language}").get_json() if uid else {}


def test_grids_that_do_not_touch_are_not_merged(desk, city, session):
    far = create_grid(session, city.west, "420103001", (114.24, 30.58, 114.26, 30.64))
    session.commit()
    answer = post(desk, "/grids/merge", 422, grid=[city.grid.uid, far.uid])
    assert "没有相邻的边" in answer.get_data(as_text=True)
    alone = post(desk, "/grids/merge", 422, grid=[city.grid.uid])
    assert "请至少选择两个网格" in alone.get_data(as_text=True)


@pytest.mark.parametrize(("wish", "made_by"), [
    ({"way": "streets", "count": "4"}, "street"), ({"way": "hexagons", "edge_m": "1500"}, "hexagon"),
])  # fmt: skip
def test_new_grids_are_proposed_by_a_job_and_replace_the_old_ones_only_when_applied(
    desk, city, session, wish, made_by
):
    draft = post(desk, "/grids/new", division=city.east.uid, **wish)
    text = page(desk, draft.location)
    assert "将停用的网格" in text
    assert set(living(session)) == {"420102001", "420102002"}
    decide(desk, draft)
    now = living(session)
    assert {grid.made_by for grid in now.values()} == {made_by}
    assert not set(now) & {"420102001", "420102002"}
    covered = shapely.union_all([spatial.to_shapely(grid.geom) for grid in now.values()])
    district = spatial.to_shapely(city.east.geom)
    assert covered.symmetric_difference(district).area < 1e-7
    people = session.scalars(
        select(GridDuty.person_id).where(GridDuty.grid_id.in_([g.id for g in now.values()]))
    )
    assert set(people) == {city.walker.id}, "who answered for the ground still does"


def test_a_proposal_is_refused_when_the_ground_changed_meanwhile(desk, city, session):
    draft = post(desk, "/grids/new", division=city.east.uid, way="hexagons", edge_m="2000")
    decide(desk, post(desk, "/grids/merge", grid=[city.grid.uid, city.second.uid]))
    before = set(living(session))
    shown = page(desk, decide(desk, draft).location)
    assert "有人改动过这些网格" in json.dumps(job_of(desk, shown, "zh"), ensure_ascii=False)
    assert set(living(session)) == before
    assert session.scalars(select(GroundDraft.state).where(GroundDraft.kind == "hexagons")).one() == "ready"


def test_a_proposal_can_be_dropped_and_is_then_over(desk, city, session):
    draft = post(desk, "/grids/merge", grid=[city.grid.uid, city.second.uid])
    decide(desk, draft, "drop")
    assert "方案已放弃" in page(desk, draft.location)
    assert post(desk, f"{draft.location}/apply", 409)
    assert post(desk, f"{draft.location}/drop", 409)
    assert set(living(session)) == {"420102001", "420102002"}


def test_a_file_of_grids_is_previewed_then_stored(desk, city, session):
    cells = [feature("420102101", "新一", WEST_HALF), feature("420102102", "新二", EAST_HALF)]
    draft = send(desk, collection(*cells), division=city.east.uid, replace="1")
    assert "新一" in page(desk, draft.location)
    decide(desk, draft)
    assert set(living(session)) == {"420102101", "420102102"}
    assert grid_of(session, city.left) == "420102101"


CROSSED = shapely.Polygon([(114.30, 30.58), (114.33, 30.64), (114.33, 30.58), (114.30, 30.64)])


@pytest.mark.parametrize(("features", "zh", "en"), [
    ([feature("1", "甲", CROSSED)], "第1个要素：边界线在114.31500，30.61000处自相交。", "The boundary crosses itself at"),
    ([feature("1", "甲", WEST_HALF), feature("1", "乙", EAST_HALF)], "编码1与第1个要素重复。", "already stands in feature 1"),
    ([feature("1", "甲", (116, 39, 116.1, 39.1))], "有100%的面积在江岸区之外", "lies to 100% outside"),
    ([feature("", "甲", WEST_HALF)], "该要素没有编码", "This feature has no code"),
    ([feature("a/b", "甲", WEST_HALF)], "“a/b”不是有效编码", "“a/b” is not a code"),
    ([feature("9", "甲", WEST_HALF)], "与现有网格420102001重叠", "overlaps the present grid 420102001"),
    ([feature("420102001", "甲", (114.24, 30.58, 114.25, 30.59))], "面积在江岸区之外", "outside"),
    ([feature("9", "甲", WEST_HALF, parent="77")], "没有编码为77的区划", "No division with the code 77"),
])  # fmt: skip
def test_a_file_with_faults_names_each_and_keeps_nothing(desk, city, session, features, zh, en):
    for language, sentence in (("zh", zh), ("en", en)):
        answer = send(desk, collection(*features), 422, language=language, division=city.east.uid)
        assert sentence in answer.get_data(as_text=True)
    assert not session.scalars(select(GroundDraft)).all()
    assert set(living(session)) == {"420102001", "420102002"}


@pytest.mark.parametrize(("content", "zh"), [
    (b"", "这不是有效的GeoJSON文件"), (b"\x00\xff\xfe", "这不是有效的GeoJSON文件"), (b"[1, 2]", "这不是有效的GeoJSON文件"),
    (b'{"type": "FeatureCollection", "features": []}', "文件中没有任何区域"), (b"[" * 100_000, "这不是有效的GeoJSON文件"),
])  # fmt: skip
def test_a_file_that_is_no_map_says_so(desk, city, content, zh):
    assert zh in send(desk, content, 422, division=city.east.uid).get_data(as_text=True)


def test_a_file_in_the_wrong_datum_is_doubted_and_in_the_right_one_fits(desk, city, session):
    from patrol.core.datum import Datum, convert

    west, south = convert(114.2401, 30.5801, Datum.WGS84, Datum.BD09)
    east, north = convert(114.2999, 30.6399, Datum.WGS84, Datum.BD09)
    content = collection(feature("420103001", "西", (west, south, east, north)))
    text = page(desk, send(desk, content, division=city.west.uid).location)
    assert "若按BD-09坐标系读取则吻合" in text
    assert "若按" not in page(desk, send(desk, content, division=city.west.uid, datum="bd09").location)


def test_gbk_names_are_read(desk, city):
    content = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [feature("420103001", "汉口网格", (114.25, 30.59, 114.29, 30.63))],
        },
        ensure_ascii=False,
    ).encode("gbk")
    assert "汉口网格" in page(desk, send(desk, content, division=city.west.uid).location)


def test_divisions_come_in_as_a_tree_and_keep_their_place(desk, city, session):
    town = feature("420102003", "一元街道", (114.30, 30.58, 114.33, 30.64))
    draft = send(desk, collection(town), kind="divisions", division=city.east.uid)
    decide(desk, draft)
    session.expire_all()
    made = session.scalars(select(Division).where(Division.code == "420102003")).one()
    assert (made.level, made.parent_id, made.scope_path) == (
        "street", city.east.id, f"{city.east.scope_path}420102003/",
    )  # fmt: skip
    assert "一元街道" in page(desk, "/divisions/")
    moved = feature("420102003", "一元街道", (114.25, 30.59, 114.29, 30.63), parent="420103")
    text = send(desk, collection(moved), 422, kind="divisions", division=city.city.uid).get_data(as_text=True)
    assert "不能通过导入改变其隶属关系" in text


def test_people_and_branch_are_reassigned_and_the_history_says_so(desk, city, session):
    other = create_person(session, city.east, "community_liaison")
    session.commit()
    path = f"/grids/{city.second.uid}"
    post(desk, f"{path}/people", person=f"{other.uid}:community_liaison")
    post(desk, path, name="滨江网格", agency=other.agency.uid)
    text = page(desk, path)
    for words in (other.name, "滨江网格", "增加责任人", "名称或所属单位变更"):
        assert words in text
    post(desk, f"{path}/people/end", person=f"{other.uid}:community_liaison")
    assert not session.scalars(select(GridDuty).where(GridDuty.grid_id == city.second.id)).all()
    assert "没有对应的岗位" in post(desk, f"{path}/people", 422, person=f"{other.uid}:inspector").get_data(
        as_text=True
    )
    assert "请填写网格名称" in post(desk, path, 422, name=" ").get_data(as_text=True)
    verbs = session.scalars(
        select(AuditEntry.verb).where(AuditEntry.subject == f"grid:{city.second.uid}")
    ).all()
    assert {"accounts.assign_duty", "territory.change_grid", "accounts.end_duty"} <= set(verbs)


def test_what_lies_elsewhere_cannot_be_brought_in_by_a_form(app, city, session):
    stranger = create_person(session, city.west, "inspector")
    session.commit()
    branch = sign_in(app, city.branch)
    post(branch, f"/grids/{city.grid.uid}/people", 404, person=f"{stranger.uid}:inspector")
    post(branch, f"/grids/{city.grid.uid}", 404, name="甲", agency=stranger.agency.uid)
    post(branch, "/grids/new", 404, division=city.west.uid, way="hexagons")
    send(branch, collection(feature("1", "甲", WEST_HALF)), 404, division=city.city.uid)
    post(sign_in(app, city.other), "/grids/merge", 404, grid=[city.grid.uid, city.second.uid])
