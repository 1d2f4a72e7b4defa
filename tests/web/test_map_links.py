"""A stop opened in a map app: off by default, in the app's own datum, never for a stop that a clue led to."""

import re

import pytest

from patrol.core.clock import SystemClock, china_date
from patrol.core.datum import Datum, convert
from patrol.core.errors import PatrolError
from patrol.infra.db import unscoped
from patrol.routes import Stop, map_links
from patrol.routes.map_apps import providers_of
from tests.contract.sources import ROOT
from tests.factories.routes import Branch, make_plan, post

HOSTS = re.compile(r"uri\.amap\.com|api\.map\.baidu\.com|apis\.map\.qq\.com")


@pytest.mark.parametrize(
    ("provider", "datum", "form"),
    [
        ("amap", Datum.GCJ02, r"position=(?P<lon>[\d.]+),(?P<lat>[\d.]+)&"),
        ("baidu", Datum.BD09, r"location=(?P<lat>[\d.]+),(?P<lon>[\d.]+)&"),
        ("tencent", Datum.GCJ02, r"coord:(?P<lat>[\d.]+),(?P<lon>[\d.]+);"),
    ],
)
def test_each_provider_gets_its_own_datum_and_no_name(provider, datum, form):
    (link,) = map_links(provider, 114.3055, 30.5928, frozenset({"overdue"}), "zh")
    found = re.search(form, link["url"])
    told = float(found["lon"]), float(found["lat"])
    assert told == pytest.approx(convert(114.3055, 30.5928, Datum.WGS84, datum), abs=1e-6)
    assert abs(told[0] - 114.3055) > 0.003  # some hundred metres beside the point as we keep it


def test_a_sealed_stop_has_no_link_and_nobody_has_one_by_default():
    assert map_links("amap,baidu,tencent", 114.3, 30.6, frozenset({"clue", "due"}), "zh") == []
    assert map_links("", 114.3, 30.6, frozenset(), "en") == []


def test_an_unknown_map_app_is_told_at_the_start():
    with pytest.raises(PatrolError) as caught:
        providers_of("amap,gugel")
    assert "gugel" in caught.value.sentence("zh")


def test_only_one_file_of_the_program_names_the_map_apps_hosts():
    named = {
        path.relative_to(ROOT).as_posix()
        for folder in ("patrol", "static/js", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".js", ".html"} and HOSTS.search(path.read_text("utf-8"))
    }
    assert named == {"patrol/routes/map_apps.py"}


@pytest.mark.parametrize("setting", ["", "baidu,amap"])
def test_the_pack_carries_links_only_where_the_setting_is_on(app, session, monkeypatch, setting):
    branch = Branch(session)
    desk = branch.desk(app)
    plan = make_plan(desk, session, day=china_date(SystemClock().now()).isoformat())
    post(desk, f"/plans/{plan.uid}/publish", version=plan.version, lead="now")
    with unscoped(session, "a test seals a stop"):
        route = next(route for route in plan.routes if route.team.name == "联合组")
        sealed = session.query(Stop).filter_by(route_id=route.id).order_by(Stop.position).first()
        sealed.reasons = [{"code": "clue", "zh": "线索", "en": "clue"}, *sealed.reasons]
        uid = sealed.uid
        session.commit()
    object.__setattr__(app.config["SETTINGS"], "MAP_LINKS", setting)
    stops = branch.desk(app, branch.inspector).get("/api/v1/pack").get_json()["task"][0]["stops"]
    said = {
        link["name"]
        for stop in english(app, branch)["task"][0]["stops"]
        for link in stop.get("map_links", [])
    }
    assert said == ({"Baidu Maps", "Amap"} if setting else set())
    links = {stop["stop_uid"]: [link["name"] for link in stop.get("map_links", [])] for stop in stops}
    assert links.pop(uid) == []
    assert links
    assert set(map(tuple, links.values())) == ({("百度地图", "高德地图")} if setting else {()})


def english(app, branch):
    """Return the pack that a phone fetches whose person chose English there, whatever the account speaks."""
    pack = branch.desk(app, branch.inspector).get("/api/v1/pack?lang=en").get_json()
    assert pack["language"] == "en"
    return pack


def test_the_app_calls_the_point_by_a_word_of_the_readers_language():
    said = {language: map_links("amap", 114.3, 30.6, frozenset(), language)[0] for language in ("zh", "en")}
    assert "name=Destination&" in said["en"]["url"]
    assert "name=%E7%9B%AE%E7%9A%84%E5%9C%B0&" in said["zh"]["url"]
