"""Sightings by cell, day and kind equal the records whatever was done to them, apart from findings, on both engines."""

import datetime as dt

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from patrol.clues import Sighting
from patrol.hotspots.models import PlaceDay, SightingDay
from patrol.hotspots.queries import sighting_cells
from patrol.hotspots.services import rebuild_facts, sighting_differences
from patrol.infra import spatial
from patrol.infra.db import unscoped
from tests.factories.patrols import act_as, create_city

NOON = dt.datetime(2026, 5, 4, 4, 0, tzinfo=dt.UTC)
DAY = (NOON.date() - dt.date(1970, 1, 1)).days


@pytest.fixture
def city(session):
    return create_city(session)


def sighting(session, city, *, lon=114.31, lat=30.6, at=NOON, kind="other", grid=None):
    row = Sighting(
        scope_path=city.venues[0].scope_path, division_id=city.venues[0].division_id, channel="liaison", kind=kind,
        geom=None if lon is None else spatial.to_geom(shapely.Point(lon, lat)), grid_id=grid, received_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def kept(session):
    return int(session.scalar(select(func.coalesce(func.sum(SightingDay.sightings), 0))))


def test_a_sighting_is_counted_in_its_own_transaction_and_never_among_findings(session, city):
    with unscoped(session, "a test"):
        sighting(session, city, lon=-87.63, lat=41.88)
        sighting(session, city, lon=None)
        assert kept(session) == 1
        assert session.scalar(select(func.count()).select_from(PlaceDay)) == 0
        assert sighting_differences(session) == []
        cells = sighting_cells(session, DAY, DAY)
        np.testing.assert_allclose(cells[0, :2], [-87.63, 41.88], atol=0.0005)
        session.rollback()
        assert kept(session) == 0


def test_whoever_looks_counts_only_what_lies_in_scope(session, city):
    with unscoped(session, "a test"):
        row = sighting(session, city)
        sighting(session, city).scope_path = "99/"
        session.flush()
        assert sighting_differences(session) == []
        session.commit()
    act_as(session, city.manager)
    assert row.scope_path.startswith(city.manager.scope_path)
    assert sighting_cells(session, DAY, DAY)[:, 3].tolist() == [1]


def test_a_spoiled_row_is_found_and_a_rebuild_mends_it(session, city):
    with unscoped(session, "a test"):
        sighting(session, city)
        session.execute(text("UPDATE sighting_day SET sightings = 5"))
        assert [(each.kept, each.recorded) for each in sighting_differences(session)] == [(5, 1)]
        rebuild_facts(session)
        assert sighting_differences(session) == []
        assert kept(session) == 1


EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["new", "placeless", "move", "day", "kind", "lose", "delete"]), st.integers(0, 3),
        st.integers(-2, 2),
    ), max_size=20,
)  # fmt: skip


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=EVENTS)
def test_whatever_happens_the_cells_equal_the_records(session, city, events):
    with unscoped(session, "a test"):
        for event, number, days in events:
            apply(session, city, event, number, NOON + dt.timedelta(hours=9 * days))
        assert sighting_differences(session) == []
        placed = session.scalar(select(func.count()).select_from(Sighting).where(Sighting.geom.is_not(None)))
        assert kept(session) == placed
        session.rollback()


def apply(session, city, event, number, at):
    rows = session.query(Sighting).order_by(Sighting.id).all()
    if event in {"new", "placeless"} or not rows:
        sighting(session, city, lon=None if event == "placeless" else 114.31 + number / 1000, at=at)
        return
    row = rows[number % len(rows)]
    if event == "move":
        row.geom = spatial.to_geom(shapely.Point(114.4 + number / 1000, 30.7))
    elif event == "day":
        row.received_at = at
    elif event == "kind":
        row.kind = ("other", "gathering")[number % 2]
    elif event == "lose":
        row.geom = None
    else:
        session.delete(row)
    session.flush()
