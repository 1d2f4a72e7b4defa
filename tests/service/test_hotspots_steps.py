"""What a map tells step by step equals counting the days by hand."""

import datetime as dt

import numpy as np
import pytest

from patrol.hotspots import answers
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
