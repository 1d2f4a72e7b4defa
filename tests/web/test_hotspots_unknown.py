"""Where nobody looked: units and surface are hatched, and findings that no visit made are named and left out."""

import io

import pytest
from PIL import Image

from patrol.infra.db import unscoped
from tests.factories.hotspots import create_street, get, record, text, write_again
from tests.factories.patrols import create_place, sign_in


@pytest.fixture
def city(session):
    return create_street(session)


@pytest.fixture
def desk(app, city):
    return sign_in(app, city.manager)


@pytest.mark.parametrize("by", ["grids", "17"])
@pytest.mark.parametrize("name", ["significance", "risk", "emerging", "steps", "forecast"])
def test_a_map_of_a_period_without_visits_says_so_and_hatches_every_unit(desk, name, by):
    asked = f"by={by}&begin=2020-01-01&end=2020-03-01&lang=en"
    told = get(desk, f"/hotspots/layer.json?layer={name}&{asked}").get_json()
    said = "Too few findings to look ahead." if name == "forecast" else "nothing can be said."
    assert told["note"].endswith(said)
    looks = {told["legend"][ord(unit["l"]) - 97][0] for unit in told["units"]}
    assert looks == {"is-unknown"}
    lines = text(desk, f"/hotspots/export.csv?{asked}").splitlines()
    assert len(told["units"]) == len(lines) - 1 >= (1 if by == "grids" else 20)


def test_the_surface_of_a_period_without_visits_is_hatched_where_venues_lie(desk):
    answer = get(desk, "/hotspots/surface.png?by=17&begin=2020-01-01&end=2020-03-01")
    drawn = Image.open(io.BytesIO(answer.data)).convert("RGBA")
    colours = {colour: many for many, colour in drawn.getcolors(10**6)}
    hatched = colours.pop((90, 98, 110, 150))
    assert hatched > 1000
    assert {colour[3] for colour in colours} == {0}


def test_findings_without_a_visit_are_left_out_of_every_figure_venue_by_venue(desk, city, session):
    before = get(desk, "/hotspots/export.csv?by=17").get_data(as_text=True).splitlines()
    write_again(session)
    with unscoped(session, "a test builds its world"):
        hot = city.street[0]
        beside = create_place(session, city.east, city.grid, 71, hot.lon, hot.lat)
        record(session, beside, 3, 0, answered=False)
        record(session, beside, 0, 9)
        session.commit()
    after = get(desk, "/hotspots/export.csv?by=17").get_data(as_text=True).splitlines()
    assert [line.rsplit(",", 1)[0] for line in after] == [line.rsplit(",", 1)[0] for line in before]
    page = text(desk, "/hotspots/?by=17&lang=en")
    told = page[page.index("1 venues hold findings but no visit") :]
    assert "晨光宾馆71" in told[: told.index("</div>")]
    key = next(line.split(",")[0] for line in after if ",24," in line)
    assert ">24<" in text(desk, f"/hotspots/unit/{key}?by=17&lang=en").replace("\n", "")
    write_again(session)
    with unscoped(session, "a test builds its world"):
        record(session, beside, 1, 0)
        session.commit()
    after = get(desk, "/hotspots/export.csv?by=17").get_data(as_text=True).splitlines()
    assert any(",33,41," in line for line in after)
    assert "hold findings but no visit" not in text(desk, "/hotspots/?by=17&lang=en")
