"""Steps in the life of a den."""

from __future__ import annotations

from sqlalchemy.orm import Session

from patrol.core.clock import CHINA, Clock, china_date
from patrol.core.errors import PatrolError, problem
from patrol.enforcement.domain import DEN_NEXT, DEN_STATES
from patrol.enforcement.models import Den
from patrol.infra import audit
from patrol.infra.db import Principal

OUT_OF_ORDER = problem(
    "enforcement.out_of_order",
    en="A den that is “{state}” cannot become “{wanted}”.",
    zh="状态为“{state}”的窝点不能改为“{wanted}”。",
    status=409,
)


def move_den(session: Session, actor: Principal, den: Den, state: str, reason: str, *, clock: Clock) -> Den:
    """Bring a den to its next state today; raises :class:`PatrolError` for a step out of order."""
    if state not in DEN_NEXT[den.state]:
        wanted = DEN_STATES[state].zh if state in DEN_STATES else state[:20]
        raise PatrolError(OUT_OF_ORDER, state=DEN_STATES[den.state].zh, wanted=wanted)
    before, day = den.state, china_date(clock.now())
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
