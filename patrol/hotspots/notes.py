"""What stands under a map: its period, its n and its denominator, layer by layer; and why nothing is drawn."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from patrol.hotspots import answers
from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.apart import sightings_by_unit
from patrol.hotspots.forecasting import outlook
from patrol.hotspots.looks import Looks
from patrol.hotspots.rows import Row, totals

#: layers of venues as they were seen at the period's end
OF_VENUES = {"coverage", "looked"}


def note(
    session: Session, given: Answer, viewer: Viewer, name: str, shown: dict[int, Row], looks: Looks
) -> str:
    """Tell period, n and denominator of one layer, and in words what an empty map means."""
    asked = given.question
    days = {"begin": asked.begin.isoformat(), "end": asked.end.isoformat()}
    if name == "sightings":
        counted = sightings_by_unit(session, given, viewer)
        return _(
            "Period %(begin)s to %(end)s: n = %(n)s sightings, %(outside)s of them in no unit; no denominator, nobody"
            " inspected.",
            n=int(counted.sum()), outside=int(counted[-1]), **days,
        )  # fmt: skip
    if name == "register":
        return _("n = %(n)s venues, as their scores stand today; no period.", n=len(given.places))
    if name in OF_VENUES:
        return _("As of %(end)s: n = %(n)s venues (denominator).", n=len(given.places), end=days["end"])
    counts = totals(list(shown.values()))
    told = _(
        "Period %(begin)s to %(end)s: n = %(findings)s findings in %(visits)s visits (denominator).",
        findings=counts.findings, visits=counts.visits, **days,
    )  # fmt: skip
    more = _outlook_words(session, given) if name == "forecast" else _empty_words(name, counts.visits, looks)
    return f"{told} {more}".rstrip()


def _empty_words(name: str, visits: int, looks: Looks) -> str:
    if not visits:
        return _("Nobody visited anything in it: nothing can be said.")
    if looks:
        return ""
    if name == "emerging":
        return _(
            "No unit is drawn: none that can be judged stands out in the last step or did nearly always."
        )
    return _("No unit is drawn: what was found is what the visits let expect.")


def _outlook_words(session: Session, given: Answer) -> str:
    if outlook(session, given) is None:
        return _("Too few findings to look ahead.")
    _first, length = answers.steps_of(given.question)
    return _(
        "Told for the %(days)s days after it. In our tests the 95 %% intervals held the true rate for 95 to 100 of 100"
        " squares.",
        days=length,
    )  # fmt: skip
