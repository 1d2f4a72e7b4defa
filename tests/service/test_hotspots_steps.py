"""What a map tells step by step equals counting the days by hand."""

import datetime as dt

import numpy as np
import pytest

from patrol.hotspots import answers, queries
from patrol.hotspots.answers import STEPS, Viewer
from patrol.hotspots.models import PlaceDay
from patrol.hotspots.questions import Question
from patrol.infra.db import unscoped
from tests.factories.patrols import create_city, create_place


@pytest.mark.parametrize("days", [84, 365])
def test_shares_and_sums_by_step_equal_counting_by_hand(session, days):
    rng = np.random.default_rng(days)
    end = dt.date(2026, 6, 30)
    asked = Question(end - dt.timedelta(days=days - 1), end, "", "17")
    with unscoped(session, "a test builds its world"):
        city = create_city(session)
        street = [
            create_place(session, city.east, city.grid, 50 + n, 114.3 + 0.004 * n, 30.62) for n in range(6)
        ]
        went = rng.integers(0, 2, (len(street), days + 60)) * (rng.random((len(street), 1)) < 0.05)
        went |= rng.random((len(street), days + 60)) < 0.02
        for place, row in zip(street, went, strict=True):
            session.add_all(
                PlaceDay(
                    venue_id=place.id, day=asked.last - int(ago), visits=2, no_answer=0, sampled_visits=0, findings=1,
                    sampled_findings=0,
                )
                for ago in np.flatnonzero(row)
            )  # fmt: skip
        session.flush()
        given = answers.answer(session, Viewer("", None, True), asked)
        share = answers.days_since_by_step(session, given)
        counted = answers.counts_by_step(session, given)
    at = given.units.of_place[np.searchsorted(given.places.id, [place.id for place in street])]
    first, length = answers.steps_of(asked)
    for step in range(STEPS):
        ago = asked.last - (first + (step + 1) * length - 1)
        assert share[at, step].tolist() == went[:, ago : ago + 30].any(axis=1).tolist()
        assert counted["visits"][at, step].tolist() == (2 * went[:, ago : ago + length].sum(axis=1)).tolist()
        assert counted["findings"][at, step].tolist() == went[:, ago : ago + length].sum(axis=1).tolist()


def test_places_asked_for_in_parts_are_counted_like_all_at_once(session, monkeypatch):
    rng = np.random.default_rng(3)
    with unscoped(session, "a test builds its world"):
        city = create_city(session)
        street = [
            create_place(session, city.east, city.grid, 50 + n, 114.3 + 0.004 * n, 30.62) for n in range(7)
        ]
        for place in street:
            session.add_all(
                PlaceDay(
                    venue_id=place.id,
                    day=day,
                    visits=int(rng.integers(1, 9)),
                    findings=int(rng.integers(0, 9)),
                )
                for day in range(100, 112)
            )
        session.flush()
        there = queries.places(session)
        some = queries.Places(*(column[1::2] for column in vars(there).values()))
        told = []
        for part in (1000, 2, 1):
            monkeypatch.setattr(queries, "PART", part)
            told.append([
                queries.counts(session, places, 100, 111, steps=steps)["findings"].tolist()
                for places in (there, some) for steps in (1, 4)
            ])  # fmt: skip
    assert told[0] == told[1] == told[2]
    assert np.sum(told[0][0]) == np.sum(told[0][1]) > np.sum(told[0][2]) > 0


def test_rows_of_a_venue_between_those_asked_for_are_counted_for_none_of_them(session):
    with unscoped(session, "a test builds its world"):
        city = create_city(session)
        street = [
            create_place(session, city.east, city.grid, 50 + n, 114.3 + 0.004 * n, 30.62) for n in range(3)
        ]
        session.add(PlaceDay(venue_id=street[1].id, day=100, visits=7, findings=5))
        session.flush()
        there = queries.places(session)
        asked = there.id != street[1].id
        others = queries.Places(*(column[asked] for column in vars(there).values()))
        for steps in (1, 2):
            assert queries.counts(session, others, 99, 100, steps=steps)["findings"].sum() == 0
        assert (queries.last_visited(session, others, 100) == -1).all()
