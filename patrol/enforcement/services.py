"""Steps in the life of a den."""

from __future__ import annotations

from sqlalchemy.orm import Session

from patrol.core.clock import CHINA, Clock, china_date
from patrol.core.errors import PatrolError, problem
from patrol.enforcement.domain import DEN_NEXT, DEN_STATES, WATCHED, watch_is_over, watched_until
from patrol.enforcement.models import Den
from patrol.infra import audit
from patrol.infra.db import Principal

OUT_OF_ORDER = problem(
    "enforcement.out_of_order",
    en="A den that is “{state}” cannot become “{wanted}”. Choose one of the steps that its page offers.",
    zh="状态为“{state}”的窝点不能改为“{wanted}”，请从页面列出的下一步中选择。",
    status=409,
)


TOO_EARLY = problem(
    "enforcement.watch_runs",
    en="This den is watched until {day}: it can be called quiet from the day after. If it is back, "
    "record that it returned.",
    zh="该窝点回访监控至{day}，期满次日起方可认定平静；如已回流，请改为“回流”。",
    status=409,
)


def move_den(session: Session, actor: Principal, den: Den, state: str, reason: str, *, clock: Clock) -> Den:
    """Bring a den to its next state today; raises :class:`PatrolError` for a step out of order."""
    before, day = den.state, china_date(clock.now())
    if state not in DEN_NEXT[before]:
        raise PatrolError(OUT_OF_ORDER, state=DEN_STATES[before], wanted=DEN_STATES.get(state, state[:20]))
    if before in WATCHED and state == "quiet" and not watch_is_over(before, den.closed_on, day):
        raise PatrolError(TOO_EARLY, day=watched_until(den.closed_on or day))
    den.state = state
    if state == "confirmed":
        den.confirmed_on = day
    if state == "closed":
        den.closed_on, den.closed_at = day, clock.now().astimezone(CHINA)
    den.version, den.updated_at = den.version + 1, clock.now()
    detail = {"changed": {"state": [before, state]}, "reason": reason.strip()[:400]}
    audit.record(session, actor, "dens.change", den.uid, detail, at=clock.now())
    session.flush()
    return den
