"""What the pages of prevention add to a record: what belongs to it, and warnings in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from patrol.core.clock import SystemClock, china_date
from patrol.core.labels import Label
from patrol.prevention import domain as d
from patrol.prevention import queries

CLOCK = SystemClock()


def today() -> dt.date:
    """Return the day in China."""
    return china_date(CLOCK.now())


def community_facts(session: Session, row: Any) -> dict[str, Any]:
    """Return checklist, inspections and what may come next of a community."""
    dens, notices = queries.dens_since(session, row), []
    if dens and row.state == "awarded":
        text = ngettext(
            "%(num)s den was found here since the award. Consider revoking it.",
            "%(num)s dens were found here since the award. Consider revoking it.", len(dens),
        )  # fmt: skip
        notices.append(("danger", text))
    if row.state == "awarded" and row.reinspect_on and row.reinspect_on < today():
        notices.append(("warn", _("The next inspection was due on %(day)s.", day=row.reinspect_on)))
    return {
        "notices": notices,
        "items": queries.checklist(session),
        "inspections": queries.inspections_of(session, row),
        "next_states": [(state, d.STATES[state]) for state in d.NEXT[row.state]],
        "dens": dens,
    }


def company_facts(session: Session, row: Any) -> dict[str, Any]:
    """Return what belongs to a company, and warn of remedies that are overdue."""
    found = queries.of_company(session, row)
    late = [c for c in found["checks"] if c.mend_by and not c.mended_on and c.mend_by < today()]
    text = ngettext("%(num)s remedy is overdue.", "%(num)s remedies are overdue.", len(late))
    return {**found, "notices": [("warn", text)] if late else []}


def filing_facts(session: Session, row: Any) -> dict[str, Any]:
    """Return collisions of a filed meeting, and what patrols found at its venue that day."""
    notices = [("warn", sentence) for sentence in collisions_in_words(session, row)]
    return {"notices": notices, "visits": queries.visits_of_filing(session, row)}


def collisions_in_words(session: Session, filing: Any) -> list[str]:
    """Say which other filed meeting has the same place, or one of the same speakers, at the same time."""
    told = []
    for other in queries.at_the_same_hours(session, filing):
        facts = {"number": other.number, "title": other.title}
        if d.same_place(filing, other):
            told.append(_("Collides with %(number)s: %(title)s, same place and time.", **facts))
        shared = d.shared_speakers(filing.speakers, other.speakers)
        if shared:
            told.append(
                _(
                    "%(who)s also speaks at %(number)s: %(title)s, at the same time.",
                    who="、".join(shared),
                    **facts,
                )
            )
    return told


def filing_doubts(session: Session, row: Any, values: Mapping[str, Any]) -> list[str]:
    """Return the collisions of a meeting that is about to be filed or changed."""
    names = ("venue_id", "address", "held_on", "begins", "ends", "speakers")
    wanted = {name: values[name] for name in names}
    return collisions_in_words(session, SimpleNamespace(id=row.id if row else None, **wanted))


def meeting_facts(session: Session, row: Any) -> dict[str, Any]:
    """Return what a meeting decided."""
    return {"decisions": queries.decisions_of(session, row.id), "today": today()}


def decision_facts(session: Session, row: Any) -> dict[str, Any]:
    """Warn of a decision that is overdue."""
    late = row.done_on is None and row.due_on < today()
    return {"notices": [("danger", _("Overdue since %(day)s.", day=row.due_on))] if late else []}


def decision_standing(row: Any) -> tuple[Label, str]:
    """Say how a decision stands today: done, overdue or open."""
    if row.done_on is not None:
        return d.DONE, "ok"
    return (d.OVERDUE, "danger") if row.due_on < today() else (d.OPEN, "info")


def statement_doubts(session: Session, row: Any, values: Mapping[str, Any]) -> list[str]:
    """Say which statement of the same signer stands for the year already: each is counted once more."""
    return [
        _(
            "%(number)s of %(day)s, signed by the same for the same year, is on record already.",
            number=other.number, day=other.signed_on,
        )
        for other in queries.statements_like(session, row.id if row else None, values)
    ]  # fmt: skip


def statement_facts(session: Session, row: Any) -> dict[str, Any]:
    """Name the divisions of the statement's level (districts, where it has none) that have not signed for its year."""
    level = row.level if row.level in d.SIGNING_LEVELS else "district"
    return {"missing": queries.divisions_without_statement(session, row.year, level)}
