"""Whoever must not see small counts cannot tell one small count from another by any output."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from patrol.accounts import GridDuty
from patrol.hotspots.models import PlaceDay, PlaceStamp
from patrol.hotspots.rows import Row, totals, withhold
from patrol.infra.db import unscoped
from tests.factories.patrols import create_city, create_place, free, sign_in

TODAY = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=8)).date().toordinal() - dt.date(1970, 1, 1).toordinal()
LAYERS = (
    "significance",
    "emerging",
    "coverage",
    "risk",
    "forecast",
    "steps",
    "looked",
    "sightings",
    "register",
)
#: findings of places far apart: two small ones, one that is shown, and zeros
FAR = [(2, 40), (3, 40), (30, 40), (0, 40), (0, 40), (9, 40)]


def row_of(index, findings, around, visits=50):
    around = max(findings, around)
    return Row(
        index,
        str(index),
        str(index),
        "hot95",
        findings,
        visits,
        3.0,
        around,
        visits,
        0.1,
        0.1,
        1.0,
        0.5,
        2.0,
        3,
    )


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 12)), min_size=1, max_size=12))
def test_no_row_tells_a_small_count_or_what_one_could_be_reckoned_from(counts):
    given_rows = [row_of(index, *pair) for index, pair in enumerate(counts)]
    told = withhold(given_rows)
    few = [row for row in told if row.name == "few"]
    assert all(row.findings is None or not 0 < row.findings < 5 for row in told)
    assert all(row.observed_around is row.p is row.q is None for row in told)
    assert all(row.risk is row.expected is None for row in few)
    assert all(row.low <= row.risk <= row.high for row in told if row.risk is not None)
    assert len(few) != 1 or len(told) == 1
    assert totals(told).findings == sum(
        row.findings for row in given_rows if row.index not in {r.index for r in few}
    )


def place_days(session, city, findings):
    free()
    session.info["readonly"] = False
    with unscoped(session, "a test builds its world"):
        session.query(PlaceDay).delete()
        for venue_id, (found, went) in zip(city.street, findings, strict=True):
            # the same in the period and in the one before it, which the page compares it with
            session.add_all(
                PlaceDay(
                    venue_id=venue_id, day=TODAY - ago, visits=went, no_answer=1, sampled_visits=0, findings=found,
                    sampled_findings=0,
                )
                for ago in (20, 200)
            )  # fmt: skip
        session.get_one(PlaceStamp, 1).stamp += 1
        session.commit()


@pytest.fixture
def liaison(app, session):
    city = create_city(session)
    with unscoped(session, "a test builds its world"):
        city.street = [
            create_place(session, city.east, city.grid, 20 + n, 114.30 + 0.02 * n, 30.62).id
            for n in range(len(FAR))
        ]
        session.add(GridDuty(grid_id=city.grid.id, person_id=city.liaison.id, duty="community_liaison"))
        session.commit()
    city.client = sign_in(app, city.liaison)
    return city


def outputs(client):
    """Every output as comparable text, without the version tags that any change of a fact changes."""
    box = "114.29,30.60,114.45,30.64"
    ring = "114.29,30.60;114.35,30.60;114.35,30.64;114.29,30.64"
    asked = ["/hotspots/?by=17&lang=en", "/hotspots/?by=17&lang=en&compare_with=before", "/hotspots/brief?by=17&lang=en",
             "/hotspots/export.csv?by=17", "/hotspots/export.geojson?by=17", f"/hotspots/area?by=17&ring={ring}&lang=en",
             *(f"/hotspots/layer.json?by=17&layer={name}{when}" for name in LAYERS for when in ("", "&compare=before")),
             "/hotspots/brief?by=17&lang=en&compare=before", "/hotspots/export.csv?by=17&compare=before",
             *(f"/hotspots/points.json?by=17&what={what}&box={box}" for what in ("findings", "sightings", "dens", "actions")),
             ]  # fmt: skip
    told = {}
    for path in asked:
        free()
        answer = client.get(path)
        assert answer.status_code == 200, path
        text = answer.get_data(as_text=True)
        told[path] = re.sub(r"(v=|content=\"|nonce=\"|value=\")[\w.\-]{20,}", "", text)
    keys = re.findall(r"17-\d+-\d+", told["/hotspots/export.csv?by=17"])
    for path in (f"/hotspots/unit/{key}?by=17&lang=en" for key in sorted(set(keys))):
        free()
        told[path] = re.sub(
            r"(v=|content=\"|value=\")[\w.\-]{20,}", "", client.get(path).get_data(as_text=True)
        )
    free()
    book = openpyxl.load_workbook(io.BytesIO(client.get("/hotspots/export.xlsx?by=17").data))
    told["xlsx"] = str([[cell.value for cell in line] for line in book.active.iter_rows()])
    free()
    told["pdf"] = client.get("/hotspots/export.pdf?by=17&lang=en").data
    assert told["pdf"].startswith(b"%PDF")
    pictures = (
        "/hotspots/export.png?by=17",
        "/hotspots/surface.png?by=17",
        "/hotspots/surface.png?by=17&compare=before",
    )
    for path in pictures:
        free()
        told[path] = Image.open(io.BytesIO(client.get(path).data)).convert("RGBA").tobytes()
    return told


def test_two_cities_that_differ_only_in_small_counts_look_the_same_in_every_output(liaison, session):
    place_days(session, liaison, FAR)
    one = outputs(liaison.client)
    place_days(session, liaison, [(4, 40), (1, 40), *FAR[2:]])
    other = outputs(liaison.client)
    assert [path.split("?")[0] + path[-20:] for path in one if one[path] != other[path]] == []
    place_days(session, liaison, [*FAR[:2], (33, 40), *FAR[3:5], (8, 40)])
    changed = outputs(liaison.client)
    assert {"xlsx", "pdf", "/hotspots/export.csv?by=17", "/hotspots/export.geojson?by=17"} <= {
        path for path in one if one[path] != changed[path]
    }
