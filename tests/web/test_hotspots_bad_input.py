"""What cannot be, or is hardly anything, gives a sensible picture or a clear sentence: never a blank map or a warning."""

import datetime as dt
import io
import logging

import pytest
import shapely
from PIL import Image

from patrol.findings import Finding
from patrol.hotspots.models import PlaceDay, PlaceStamp
from patrol.infra import spatial
from patrol.infra.db import unscoped
from patrol.patrols import Visit
from tests.factories.patrols import create_city, create_place, free, sign_in

NOW = dt.datetime.now(dt.UTC)
TODAY = (NOW + dt.timedelta(hours=8)).date().toordinal() - dt.date(1970, 1, 1).toordinal()
LAYERS = (
    "significance", "emerging", "coverage", "risk", "forecast", "steps", "looked", "sightings", "register",
)  # fmt: skip


def record(session, venue, visits, findings, *, days_ago=5, lon=114.31, lat=30.6):
    at, whose = NOW - dt.timedelta(days=days_ago), {"venue_id": venue.id, "scope_path": venue.scope_path}
    where = spatial.to_geom(shapely.Point(lon, lat))
    session.add_all(Visit(**whose, outcome="violation", arrived_at=at) for _ in range(visits))
    session.add_all(Finding(**whose, found_at=at, geom=where) for _ in range(findings))
    session.flush()


def nothing(session, city, venue):
    pass


def one_point(session, city, venue):
    record(session, venue, 1, 1)


def one_place(session, city, venue):
    record(session, venue, 200, 40)


def outside(session, city, venue):
    record(session, create_place(session, city.west, None, 91, 10.0, 50.0), 12, 4, lon=-170.0, lat=-80.0)


def impossible(session, city, venue):
    record(session, venue, 30, 3)
    record(session, create_place(session, city.west, None, 92, 114.35, 30.66), 0, 7)


def impossible_beside(session, city, venue):
    record(session, venue, 30, 3)
    # in the same square of 260 m, which was visited
    record(session, create_place(session, city.west, None, 93, venue.lon, venue.lat), 0, 7)


def twice(session, city, venue):
    for _ in range(2):
        record(session, venue, 20, 5)


def future(session, city, venue):
    record(session, venue, 20, 5)
    record(session, venue, 3, 2, days_ago=-40)


def million(session, city, venue):
    many = {
        "visits": 2_000_000,
        "no_answer": 0,
        "sampled_visits": 0,
        "findings": 1_000_000,
        "sampled_findings": 0,
    }
    session.add(PlaceDay(venue_id=venue.id, day=TODAY - 3, **many))
    session.get_one(PlaceStamp, 1).stamp += 1


NOTHING = ("该时段没有检查", "Nothing was inspected in this period")
WORLDS = {
    "empty period": (nothing, NOTHING),
    "one point": (one_point, ("1", "1")),
    "all at one place": (one_place, ("40", "40")),
    "points outside": (outside, ("4", "4")),
    "findings without visits": (impossible, ("晨光宾馆92", "晨光宾馆92")),
    "findings without visits in a unit that was visited": (impossible_beside, ("晨光宾馆93", "晨光宾馆93")),
    "imported twice": (twice, ("另一条记录完全相同", "stand twice")),
    "dates to come": (future, ("40天内仍有记录", "40 days after this period")),
    "a million in one cell": (million, ("1000000", "1000000")),
}


@pytest.fixture
def client(app, session, request):
    """A manager of a division that is one grid's cell with one venue, and the world of a case in it."""
    make, _said = WORLDS[request.param]
    city = create_city(session)
    with unscoped(session, "a test builds its world"):
        make(session, city, city.far)
        city.manager.scope_path = city.west.scope_path
        session.commit()
    return sign_in(app, city.manager)


@pytest.mark.parametrize(
    ("client", "name"), [(name, name) for name in WORLDS], indirect=["client"], ids=list(WORLDS)
)
def test_whatever_is_in_the_records_the_page_says_something_sensible(client, name, caplog):
    caplog.set_level(logging.WARNING)
    for language, said in zip(("zh", "en"), WORLDS[name][1], strict=True):
        free()
        page = client.get(f"/hotspots/?by=17&lang={language}")
        assert page.status_code == 200
        assert said in page.get_data(as_text=True)
        free()
        assert client.get(f"/hotspots/brief?by=15&lang={language}").status_code == 200
    for by in ("17", "grids"):
        for layer in LAYERS:
            free()
            told = client.get(f"/hotspots/layer.json?by={by}&layer={layer}")
            assert told.status_code == 200, layer
    for path in ("/hotspots/surface.png?by=17", "/hotspots/export.png?by=17"):
        free()
        picture = Image.open(io.BytesIO(client.get(path).data))
        assert picture.width > 0
        colours = picture.convert("RGBA").getcolors(10**7)
        assert len(colours) > 1 or (path.startswith("/hotspots/surface") and name == "points outside")
    assert [each.getMessage() for each in caplog.records if each.name.startswith("patrol")] == []
