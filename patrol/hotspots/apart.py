"""Layers that come from elsewhere than visits and findings: what people reported, and the register's own risk.

Neither has visits for its denominator, so neither is ever judged, tested or mixed with the findings.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from flask_babel import gettext as _
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from patrol.hotspots import answers, queries
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.looks import LETTERS, Part
from patrol.hotspots.rows import Row
from patrol.venues import risk_band

#: sightings of a unit from which a look begins
REPORTED = (1, 2, 5, 10, 20)


def sightings_by_unit(session: Session, given: Answer, viewer: Viewer) -> NDArray[np.float64]:
    """Count the period's sightings by unit, (units + 1,): the last are those that lie in no unit."""

    def make() -> NDArray[np.float64]:
        asked = given.question
        cells = queries.sighting_cells(session, asked.first, asked.last, viewer.grids)
        at = given.units.find(cells[:, 0], cells[:, 1], cells[:, 2].astype(np.int64))
        return np.asarray(
            np.bincount(np.where(at < 0, len(given.units), at), cells[:, 3], minlength=len(given.units) + 1),
            dtype=np.float64,
        )

    made: NDArray[np.float64] = answers.kept(("sightings", given.version), make)
    return made


def sightings_layer(session: Session, given: Answer, viewer: Viewer, shown: dict[int, Row]) -> Part:
    """Draw how often people reported something in each unit, beside what visits found there."""
    counted = sightings_by_unit(session, given, viewer)
    bounds = ["1", "2–4", "5–9", "10–19", "≥ 20"]
    legend = [(f"is-rate-{n}", _("Sightings: %(bound)s", bound=bound)) for n, bound in enumerate(bounds)]
    looks = {}
    for at, row in shown.items():
        if counted[at]:
            words = _(
                "%(n)s sightings were reported here; apart from them, %(found)s findings in %(visits)s visits",
                n=int(counted[at]), found="—" if row.findings is None else row.findings, visits=row.visits,
            )  # fmt: skip
            looks[at] = (LETTERS[int(np.searchsorted(REPORTED, counted[at], side="right")) - 1], words)
    return legend, (), looks


#: mean risk of a unit's venues from which a look begins
KEPT = (0.0, 0.05, 0.1, 0.2, 0.3)


def register_layer(session: Session, given: Answer, viewer: Viewer, shown: dict[int, Row]) -> Part:
    """Draw the risk that the register keeps of each venue: mean of the unit's venues, and how many are high."""
    risk = answers.kept(("register", given.version), lambda: queries.register_risks(session, given.places))
    venues = given.units.total(np.ones(len(given.places)))
    mean = given.units.total(risk) / np.maximum(venues, 1)
    high = given.units.total(
        np.array([risk_band(each) == "high" for each in risk.tolist()], dtype=np.float64)
    )
    ends = [*(f"{low:.0%}–{up:.0%}" for low, up in pairwise(KEPT)), f"≥ {KEPT[-1]:.0%}"]
    legend = [
        (f"is-rate-{n}", _("Mean risk of the venues: %(bound)s", bound=end)) for n, end in enumerate(ends)
    ]
    looks = {}
    for at in shown:
        if venues[at]:
            words = _(
                "Mean risk of %(n)s venues in the register: %(mean)s; %(high)s of them high",
                n=int(venues[at]), mean=f"{mean[at]:.0%}", high=int(high[at]),
            )  # fmt: skip
            looks[at] = (LETTERS[int(np.searchsorted(KEPT, mean[at], side="right")) - 1], words)
    return legend, (), looks
