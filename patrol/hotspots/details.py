"""Why a unit is what it is, and the figures of an area somebody drew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from sqlalchemy.orm import Session

from patrol.core.errors import PatrolError
from patrol.hotspots import answers, queries
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.apart import sightings_by_unit
from patrol.hotspots.rows import SMALL, Row, chance_words, rows
from patrol.hotspots.statistics import HotArea, problems
from patrol.hotspots.statistics.significance import binomial_tails


@dataclass(frozen=True)
class Detail:
    """One unit: its row, twelve steps of findings and visits (``None`` withheld), its venues, and the sightings
    of the period, which are apart from findings.
    """

    row: Row
    ends: list[str]
    findings: list[int] | None
    visits: list[int]
    venues: list[Any]
    grid_uid: str
    moved_from: str
    area: HotArea | None
    sightings: int | None

    @property
    def area_q(self) -> str:
        """The q of the hot area as a reader sees it."""
        return chance_words(self.area.q if self.area else None)


def detail(session: Session, given: Answer, viewer: Viewer, key: str) -> Detail:
    """Return all that is known of a unit; raises :class:`PatrolError` for one that does not exist here."""
    found = [row for row in rows(given, viewer) if row.key == key]
    if not found:
        raise PatrolError(problems.BAD_CELL, cell=key)
    row = found[0]
    counted = answers.counts_by_step(session, given)
    story = answers.history(session, given)
    source = -1 if story is None else int(story.moved_from[row.index])
    inside = given.places.id[given.units.of_place == row.index]
    findings = [int(v) for v in counted["findings"][row.index]]
    hidden = row.name == "few" or (not viewer.small_counts and any(0 < count < SMALL for count in findings))
    return Detail(
        row, answers.step_days(given.question), None if hidden else findings,
        [int(v) for v in counted["visits"][row.index]], queries.venues_by_id(session, inside.tolist()),
        "" if given.units.squares else row.key, "" if source < 0 else given.units.names[source],
        _area_of(given, row),
        int(sightings_by_unit(session, given, viewer)[row.index]) if viewer.small_counts else None,
    )  # fmt: skip


def _area_of(given: Answer, row: Row) -> HotArea | None:
    """The hot area a unit is shown as a part of."""
    return given.judged.areas[int(given.judged.area_of[row.index])] if row.name == "area" else None


@dataclass(frozen=True)
class AreaFigures:
    """Figures of a drawn area; ``findings`` and what hangs on it are ``None`` where they are withheld."""

    venues: int
    never: int
    visits: int
    no_answer: int
    findings: int | None
    expected: float | None
    p: float | None
    area_km2: float

    @property
    def p_words(self) -> str:
        """The p as a reader sees it."""
        return chance_words(self.p)


def polygon_of(text: str) -> Any:
    """Read ``lon,lat;lon,lat;…`` as a polygon; raises :class:`PatrolError` for what is none."""
    try:
        corners = [tuple(float(v) for v in pair.split(",")) for pair in text.split(";") if pair]
        shape = shapely.Polygon(corners)
    except (ValueError, TypeError, shapely.errors.GEOSException) as error:
        raise PatrolError(problems.BAD_AREA, where="ring") from error
    if len(corners) > 500 or not shape.is_valid or shape.area == 0 or not np.isfinite(shape.bounds).all():
        raise PatrolError(problems.BAD_AREA, where="ring")
    return shape


def area_figures(session: Session, given: Answer, viewer: Viewer, shape: Any) -> AreaFigures:
    """Count inside a polygon and test it against the rest: one test of an area chosen by eye, no FDR.

    Who must not see small counts gets whole units that are shown to them: two areas that differ by one venue
    would tell what that venue holds.
    """
    from patrol.core.geo import area_m2

    shapely.prepare(shape)
    inside = shapely.contains_xy(shape, given.places.lon, given.places.lat)
    counted = inside if viewer.small_counts else _in_shown_units(given, viewer, shape)
    here, everywhere = int(given.here["findings"][counted].sum()), given.total("findings")
    went, all_went = int(given.here["visits"][counted].sum()), given.total("visits")
    share = went / all_went if all_went else 0.0
    upper, lower = (
        float(side) for side in binomial_tails(np.array(here), float(everywhere), np.array(share))
    )
    last = queries.last_visited(session, given.places, given.question.last)
    hidden = not viewer.small_counts and (
        0 < here < SMALL or 0 < everywhere - here < SMALL or not counted.any()
    )
    return AreaFigures(
        int(inside.sum()), int((last[inside] < 0).sum()), went, int(given.here["no_answer"][counted].sum()),
        None if hidden else here, None if hidden else round(everywhere * share, 2),
        None if hidden or not went else min(1.0, 2 * min(upper, lower)), area_m2(shape) / 1e6,
    )  # fmt: skip


def _in_shown_units(given: Answer, viewer: Viewer, shape: Any) -> Any:
    """Mark the places of units that are shown to a viewer and whose middles lie in a polygon."""
    shown = np.zeros(len(given.units) + 1, dtype=bool)
    shown[[row.index for row in rows(given, viewer) if row.name != "few"]] = True
    shown[:-1] &= shapely.contains_xy(shape, *given.units.middles())
    return shown[given.units.of_place]  # -1, no unit, is the last: not shown
