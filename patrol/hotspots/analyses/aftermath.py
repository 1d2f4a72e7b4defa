"""Before and after actions on files: rings against matched controls, and what was found again at each place."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np

from patrol.core.errors import PatrolError
from patrol.hotspots.analyses.outcome import Outcome, repeats_note, told
from patrol.hotspots.analyses.steps import Periods, dated
from patrol.hotspots.statistics import Displacement, Events, Watch, monitor_displacement
from patrol.hotspots.statistics import event_problems as problems
from patrol.hotspots.tables import Places, Table, plain


@dataclass(frozen=True)
class Aftermath:
    """The rings as a table with its notes, and one row for each action."""

    rings: Outcome
    actions: Table


def after_actions(
    actions: Table, findings: Table, visits: Table, watch: Watch, periods: Periods
) -> Aftermath:
    """Compare rings round actions before and after with matched controls, from three files of dated points.

    ``periods`` names the columns and the last day that can be; every visited place may be a control.
    """
    if not 0 < watch.site < watch.near < watch.far:
        raise PatrolError(
            problems.BAD_RADII, site=f"{watch.site:g}", near=f"{watch.near:g}", far=f"{watch.far:g}"
        )
    at, day, late = dated(actions, periods, None)
    found, found_day, found_late = dated(findings, periods, at)
    went, went_day, went_late = dated(visits, periods, at)
    known = int(max(found_day.max(), went_day.max()))
    last = known if periods.until is None else min(known, periods.until.toordinal())
    watch = replace(watch, until=float(last))
    spots = np.unique(np.column_stack([went.x, went.y]), axis=0)
    made = monitor_displacement(
        Events.of(at.x, at.y, day), Events.of(found.x, found.y, found_day), Events.of(went.x, went.y, went_day),
        Events.of(spots[:, 0], spots[:, 1], np.zeros(len(spots))), watch,
    )  # fmt: skip
    doubts = [
        note for table, where, more in ((actions, at, late), (findings, found, found_late), (visits, went, went_late))
        for note in (*repeats_note(table), *where.notes(table.name), *more)
    ]  # fmt: skip
    notes = (*doubts, *_notes(made, watch, (day.size, found_day.size, went_day.size)))
    return Aftermath(Outcome(_ring_table(made, watch), notes), _action_table(made, at, day))


def _notes(made: Displacement, watch: Watch, many: tuple[int, int, int]) -> list[str]:
    span, until = made.observed_days, dt.date.fromordinal(int(watch.until))
    notes = [
        told(
            problems.ACTIONS_TOLD, actions=many[0], findings=many[1], visits=many[2], days=watch.days, until=until,
            least=int(span.min()), most=int(span.max()), controls=len(made.controls),
        )
    ]  # fmt: skip
    if (span == 0).any():
        notes.append(told(problems.NOT_YET, many=int((span == 0).sum()), until=until))
    if len(made.controls) == 0:
        notes.append(told(problems.NO_CONTROLS, far=f"{watch.far:g}"))
    elif (like := np.unique(made.control_of).size) < many[0]:
        notes.append(told(problems.SOME_CONTROLS, many=like, actions=many[0]))
    notes.append(told(problems.VERDICTS[made.verdict]))
    if made.returns:
        first = int(min(each.days_after for each in made.returns))
        notes.append(told(problems.AGAIN, many=len(made.returns), actions=many[0], first=first))
    return notes


def _ring_table(made: Displacement, watch: Watch) -> Table:
    edges = (0.0, *watch.radii)
    rows = [
        {"ring": ring.ring, "from": edges[at], "to": edges[at + 1]} | dict(list(vars(ring).items())[1:])
        for at, ring in enumerate(made.rings)
    ]  # fmt: skip
    columns = {name: [plain(row[name]) for row in rows] for name in rows[0]}
    columns["weighted_quotient"] = [plain(made.weighted_quotient), None, None]
    columns["outcome"] = [made.verdict, None, None]
    return Table(columns)


def _action_table(made: Displacement, at: Places, day: np.ndarray) -> Table:
    x, y, names = at.x, at.y, ("x", "y")
    if at.flat is not None:
        x, y = at.flat.unproject(x, y)
        names = ("lon", "lat")
    first = np.full(day.size, np.nan)
    for each in made.returns:
        first[each.action] = each.days_after
    site = made.counts[:, 0]
    columns = {
        "action": np.arange(1, day.size + 1), names[0]: x, names[1]: y, "observed_days": made.observed_days,
        "findings_before": site[:, 0, 0], "findings_after": site[:, 0, 1], "visits_before": site[:, 1, 0],
        "visits_after": site[:, 1, 1], "first_again_after_days": first,
    }  # fmt: skip
    table = {name: [plain(value) for value in values] for name, values in columns.items()}
    table["day"] = [dt.date.fromordinal(int(each)).isoformat() for each in day]
    return Table(table)
