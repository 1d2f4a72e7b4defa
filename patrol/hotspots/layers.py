"""What the map draws: each layer is a legend and, for each unit, one look per step with a line of words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import shapely
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from patrol.hotspots import answers
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.apart import register_layer, sightings_layer
from patrol.hotspots.forecasting import outlook
from patrol.hotspots.labels import (
    EMERGING_SWATCHES,
    SWATCHES,
    class_names,
    emerging_names,
    reason_names,
)
from patrol.hotspots.looks import LETTERS, Legend, Looks, Part
from patrol.hotspots.notes import note
from patrol.hotspots.rows import Row, chance_words, rows


def layer(session: Session, given: Answer, viewer: Viewer, name: str) -> dict[str, Any]:
    """Return one layer of an answer as JSON: ``legend`` [swatch, words], ``ends`` of steps, ``note``, ``units``.

    A unit is ``k`` its key, ``n`` its name, ``l`` one letter of the legend a step, ``t`` words, and ``r`` its
    rings in degrees where it is no square (a square's key says where it lies).
    """
    shown = {row.index: row for row in rows(given, viewer)}
    if name in LEARNED and not viewer.small_counts:
        name = "significance"
    if name in APART:
        legend, ends, looks = APART[name](session, given, viewer, shown)
    else:
        legend, ends, looks = LAYERS.get(name, significance)(session, given, shown)
    withheld = {at: row for at, row in shown.items() if row.name == "few"}
    if withheld:
        legend.append((SWATCHES["few"], class_names()["few"]))
        letter = LETTERS[len(legend) - 1] * max(1, len(ends))
        looks |= {at: (letter, class_names()["few"]) for at in withheld}
    return {
        "layer": name, "legend": legend, "ends": ends, "note": note(session, given, viewer, name, shown, looks),
        "units": [_unit(given, at, *look) for at, look in sorted(looks.items())],
    }  # fmt: skip


def _unit(given: Answer, at: int, looks: str, words: str) -> dict[str, Any]:
    made: dict[str, Any] = {"k": given.units.keys[at], "n": given.units.names[at], "l": looks, "t": words}
    if not given.units.squares:
        made["r"] = rings(given.units.shapes[at])
    return made


def rings(shape: Any) -> list[list[list[float]]]:
    """Return the outer rings of a polygon or several as [lat, lon], to about one metre."""
    parts = getattr(shape, "geoms", [shape])
    return [
        [[round(lat, 5), round(lon, 5)] for lon, lat in shapely.get_coordinates(part.exterior).tolist()]
        for part in parts
        if part.geom_type == "Polygon"
    ]


def significance(session: Session, given: Answer, shown: dict[int, Row]) -> Part:
    """Draw only what differs from what the visits let expect; duty grids all, so that their borders show.

    Where nobody visited anything, all squares are drawn as unknown: a blank map would look safe.
    """
    names = [name for name in SWATCHES if name != "few" and (name != "area" or given.units.squares)]
    legend = [(SWATCHES[name], class_names()[name]) for name in names]
    looks: Looks = {}
    for at, row in shown.items():
        plain = row.name in {"none", "unknown"} and given.units.squares and given.judged.tests > 0
        if row.name != "few" and not plain:
            looks[at] = (LETTERS[names.index(row.name)], _why(given, row))
    return legend, (), looks


def _why(given: Answer, row: Row) -> str:
    if row.name == "area":
        area = given.judged.areas[int(given.judged.area_of[row.index])]
        return _(
            "The area of %(n)s units: %(found)s findings in %(visits)s visits, %(expected)s expected; q = %(q)s",
            found=round(area.observed), visits=round(area.visits), n=area.cells.size,
            expected=f"{area.expected:.1f}", q=chance_words(area.q),
        )  # fmt: skip
    if row.name == "unknown":
        return _("%(visits)s visits here and around: too few to say anything", visits=row.visits_around)
    if row.observed_around is None:
        return _("%(found)s findings in %(visits)s visits here", found=row.findings, visits=row.visits)
    return _(
        "%(found)s findings in %(visits)s visits here and around, %(expected)s expected; q = %(q)s",
        found=row.observed_around, visits=row.visits_around, expected=row.expected,
        q=row.q_words,
    )  # fmt: skip


def emerging_layer(session: Session, given: Answer, shown: dict[int, Row]) -> Part:
    """Name how each unit developed, and where a hotspot moved to."""
    found = answers.history(session, given)
    called = emerging_names()
    names = list(called)
    legend = [(_emerging_swatch(name), words) for name, words in called.items()]
    looks: Looks = {}
    if found is None:
        return _all_unknown(shown)
    for at in shown:
        name = str(found.emerging.classes[at])
        words = called[name]
        if found.moved_from[at] >= 0:
            # what has cooled again since is no place that something moved to: its class tells more
            name = "relocated" if found.emerging.hot[at, -1] else name
            where = given.units.names[int(found.moved_from[at])]
            words = _("%(class_)s; perhaps moved here from %(where)s", class_=words, where=where)
        if name not in {"none", "unknown"} or not given.units.squares:
            looks[at] = (LETTERS[names.index(name)], words)
    used = {LETTERS.index(look) for look, _words in looks.values()}
    order = {old: new for new, old in enumerate(sorted(used))}
    looks = {at: (LETTERS[order[LETTERS.index(look)]], words) for at, (look, words) in looks.items()}
    return [legend[old] for old in sorted(used)], (), looks


def _all_unknown(shown: dict[int, Row]) -> Part:
    words = class_names()["unknown"]
    return [(SWATCHES["unknown"], words)], (), {at: (LETTERS[0], words) for at in shown}


def _emerging_swatch(name: str) -> str:
    if name == "relocated":
        return "is-moved"
    kind, _line, side = name.rpartition("_")
    return f"is-{side}-{EMERGING_SWATCHES[kind]}" if kind else {"none": "is-even"}.get(name, "is-unknown")


#: share of venues from which a look begins
SHARES = (0.0, 0.25, 0.5, 0.75, 0.95)


def _share_legend(words: str) -> Legend:
    """Name the classes of a share; ``words`` hold the share as ``{share}``."""
    bounds = [f"{a:.0%}–{b:.0%}" for a, b in zip(SHARES, (*SHARES[1:], 1.0), strict=True)]
    return [(f"is-seen-{n}", words.format(share=bound)) for n, bound in enumerate(bounds)]


def coverage_layer(session: Session, given: Answer, shown: dict[int, Row]) -> Part:
    """Share of venues visited within their own interval, and how long ago somebody was there."""
    c = answers.covered(session, given)
    legend = [
        *_share_legend(_("Within the interval: {share}")),
        (SWATCHES["unknown"], _("Nobody has ever looked")),
    ]
    looks: Looks = {}
    for at in shown:
        if c.venues[at] == 0:
            continue
        share = c.in_interval[at] / c.venues[at]
        never = np.isnan(c.since[at])
        letter = 5 if never else int(np.searchsorted(SHARES, share, side="right")) - 1
        words = _(
            "%(part)s of %(venues)s venues within their interval; last visit %(since)s days ago;"
            " %(never)s never visited",
            part=int(c.in_interval[at]), venues=int(c.venues[at]), never=int(c.never[at]),
            since="—" if never else int(c.since[at]),
        )  # fmt: skip
        looks[at] = (LETTERS[letter], words)
    return legend, (), looks


RISKS = (0.6, 0.8, 1.25, 1.6, 2.5)


def risk_layer(session: Session, given: Answer, shown: dict[int, Row]) -> Part:
    """Relative risk of each unit after shrinkage, with its interval."""
    swatches = ["is-cold-2", "is-cold-1", "is-even", "is-hot-1", "is-hot-2", "is-hot-3"]
    bounds = ["< 0.6", "0.6–0.8", "0.8–1.25", "1.25–1.6", "1.6–2.5", "> 2.5"]
    legend = [*zip(swatches, bounds, strict=True), (SWATCHES["unknown"], class_names()["unknown"])]
    looks: Looks = {}
    for at, row in shown.items():
        if row.risk is None:
            looks[at] = (LETTERS[6], class_names()["unknown"])
            continue
        letter = int(np.searchsorted(RISKS, row.risk, side="right"))
        words = _(
            "%(risk)s times the overall rate (95 %%: %(low)s to %(high)s)",
            risk=f"{row.risk:.2f}", low=f"{row.low:.2f}", high=f"{row.high:.2f}",
        )  # fmt: skip
        looks[at] = (LETTERS[letter], words)
    return list(legend), (), looks


def forecast_layer(session: Session, given: Answer, shown: dict[int, Row]) -> Part:
    """Chance of a finding at the next visit, in five equal classes of units."""
    made = outlook(session, given)
    if made is None:
        return _all_unknown(shown)
    chance, (low, high) = made.chance(), made.interval()
    cuts = np.quantile(chance, [0.2, 0.4, 0.6, 0.8])
    edges = [chance.min(), *cuts, chance.max()]
    legend = [
        (f"is-rate-{n}", f"{edges[n]:.1%}–{edges[n + 1]:.1%}") for n in range(5)
    ]  # fmt: skip
    looks: Looks = {}
    reasons = reason_names()
    for at in shown:
        why = ", ".join(reasons[name] for name in made.made.reasons_of(at)[:3])
        words = _(
            "Chance of a finding in a visit: %(chance)s (95 %%: %(low)s to %(high)s). %(why)s",
            chance=f"{chance[at]:.1%}", low=f"{low[at]:.1%}", high=f"{high[at]:.1%}", why=why,
        )  # fmt: skip
        looks[at] = (LETTERS[int(np.searchsorted(cuts, chance[at], side="right"))], words)
    return legend, (), looks


def steps_layer(session: Session, given: Answer, shown: dict[int, Row]) -> Part:
    """Hot, as expected, cold or unknown in each of twelve steps."""
    found = answers.history(session, given)
    if found is None:
        return _all_unknown(shown)
    names = ("hot95", "none", "cold95", "unknown")
    legend = [(SWATCHES[name], class_names()[name]) for name in names]
    e = found.emerging
    letters = np.where(np.isnan(e.z), "d", np.where(e.hot, "a", np.where(e.cold, "c", "b")))
    return legend, answers.step_days(given.question), {at: ("".join(letters[at]), "") for at in shown}


def looked_layer(session: Session, given: Answer, shown: dict[int, Row]) -> Part:
    """Share of venues visited in the 30 days before each step's end."""
    share = answers.days_since_by_step(session, given)
    legend = _share_legend(_("Visited in 30 days: {share}"))
    level = np.searchsorted(SHARES, share, side="right") - 1
    return legend, answers.step_days(given.question), {
        at: ("".join(LETTERS[k] for k in level[at]), "") for at in shown
    }  # fmt: skip


LAYERS: dict[str, Callable[[Session, Answer, dict[int, Row]], Part]] = {
    "significance": significance, "emerging": emerging_layer, "coverage": coverage_layer, "risk": risk_layer,
    "forecast": forecast_layer, "steps": steps_layer, "looked": looked_layer,
}  # fmt: skip
#: what has no visits for its denominator
APART = {"sightings": sightings_layer, "register": register_layer}
#: what is learned from all counts together, small ones too, or counts singly, and shows them through its numbers
LEARNED = {"forecast", *APART}
