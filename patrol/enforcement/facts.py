"""What the pages of actions, cases and dens add: what follows from a record, warned in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import SystemClock, china_date
from patrol.core.labels import Label
from patrol.enforcement import domain as d
from patrol.enforcement import queries
from patrol.enforcement.aims import aims_of, areas_of, division_of_path
from patrol.enforcement.models import Action, Campaign, Case, Den
from patrol.enforcement.register.domain import ROLES
from patrol.enforcement.register.queries import counts_by_role
from patrol.enforcement.serving import work_for
from patrol.infra.db import principal_of
from patrol.routes import PLAN_TONES, campaign_worth, plan_state
from patrol.venues import Venue

CLOCK = SystemClock()


def today() -> dt.date:
    """Return the day in China."""
    return china_date(CLOCK.now())


def action_facts(session: Session, row: Any) -> dict[str, Any]:
    """Return the dens, cases and terms of an action."""
    notices = []
    if row.sealed_on:
        seal = d.seal_of(
            row.sealed_on, extended=row.seal_extended, lifted_on=row.seal_lifted_on, today=today()
        )
        if seal.open:
            notices.append(seal_notice(seal))
    if row.measures and not row.handed_over:
        notices.append(("warn", _("The decision and the list have not been handed over (article 17).")))
    return {
        "notices": notices,
        "only_venue": _only_venue(session, row),
        "persons": counts_by_role(session, row.id),
        "person_roles": ROLES,
        "dens": session.scalars(select(Den).where(Den.action_id == row.id, Den.withdrawn_at.is_(None))).all(),
        "cases": session.scalars(
            select(Case).where(Case.action_id == row.id, Case.withdrawn_at.is_(None))
        ).all(),
    }


def _only_venue(session: Session, row: Action) -> str | None:
    """Return the code of the venue of an action that was at one only: a den that it closed is there."""
    found = session.scalars(select(Venue.code).where(Venue.id.in_(row.venue_ids))).all()
    return found[0] if len(row.venue_ids) == len(found) == 1 else None


def campaign_facts(session: Session, row: Campaign) -> dict[str, Any]:
    """Return what the planner makes of a campaign, areas that nobody knows, and what plans and patrols did for it."""
    day = today()
    runs = row.begun_on <= day <= row.ended_on and row.withdrawn_at is None
    aims = aims_of(session, row)
    reads_plans = principal_of(session).may("plans.read")
    return {
        "work": work_for(session, row) if reads_plans else None,
        "plan_state": plan_state,
        "plan_tones": PLAN_TONES,
        "aims": [(aim, division_of_path(session, aim.within)) for aim in aims],
        "runs": runs,
        "worth": round(campaign_worth(aims[0].days_left(day)), 2) if aims and runs else None,
        "unknown_areas": areas_of(session, row).unknown,
    }


def seal_notice(seal: d.Seal) -> tuple[str, str]:
    """Say how a sealing stands: tone and sentence."""
    if seal.left < 0:
        return "danger", _("The sealing is overdue: its last lawful day was %(day)s.", day=seal.last)
    text = ngettext(
        "Sealing: %(num)s day left, until %(day)s.", "Sealing: %(num)s days left, until %(day)s.", seal.left,
        day=seal.last,
    )  # fmt: skip
    return ("warn" if seal.left <= 7 else "info"), text


def case_facts(session: Session, row: Any) -> dict[str, Any]:
    """Warn where the case reaches the Criminal Law and was not handed over."""
    notices = []
    if d.concerns_criminal_law(row.persons, row.levels) and row.state != "transferred":
        text = _(
            "30 persons and 3 levels: article 224-1 of the Criminal Law. Hand the case over to the police."
        )
        notices.append(("danger", text))
    return {"notices": notices}


def den_standing(row: Den) -> tuple[Label, str] | None:
    """Say that a den's watch is over where nobody has judged it yet."""
    return (d.WATCH_OVER, "warn") if d.watch_is_over(row.state, row.closed_on, today()) else None


def _next_states(row: Den) -> list[str]:
    """Return the steps that are open today: nothing goes quiet while it is watched."""
    watched = row.state in d.WATCHED and not d.watch_is_over(row.state, row.closed_on, today())
    return [state for state in d.DEN_NEXT[row.state] if not (watched and state == "quiet")]


def den_facts(session: Session, row: Any) -> dict[str, Any]:
    """Return where a den stands in its life, what is near it since, and what may be done next."""
    notices = []
    watched_until = d.watched_until(row.closed_on) if row.closed_on else None
    if watched_until and row.state in d.WATCHED:
        left = (watched_until - today()).days
        if left >= 0:
            text = ngettext(
                "Watched for %(num)s more day, until %(day)s.", "Watched for %(num)s more days, until %(day)s.", left,
                day=watched_until,
            )  # fmt: skip
            notices.append(("info", text))
        else:
            notices.append(
                ("warn", _("The 90 days of watching are over: it can be called quiet, or returned."))
            )
    near = queries.findings_near_den(session, row)
    return {
        "notices": notices,
        "watched_until": watched_until,
        "near": near,
        "next_states": [(state, d.DEN_STATES[state]) for state in _next_states(row)],
        "moved_here": session.scalars(
            select(Den).where(Den.relocated_from_id == row.id, Den.withdrawn_at.is_(None))
        ).all(),
    }
