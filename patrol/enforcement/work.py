"""Long work of enforcement: the risk of the register's places, computed anew."""

from __future__ import annotations

from typing import Any

from patrol.core.clock import SystemClock
from patrol.enforcement.register.services import shred_expired
from patrol.enforcement.rescoring import judge_venues, keep_judgement
from patrol.infra.db import db
from patrol.infra.jobs import JobContext, job
from patrol.venues import actor_of, reading

CLOCK = SystemClock()


@job("enforcement.rescore_venues")
def rescore_venues(context: JobContext) -> dict[str, Any]:
    """Learn while only reading, so that nobody waits; then write every risk in one go, or none."""
    actor = actor_of(context)
    with reading() as session:
        judged = judge_venues(session, context.progress, clock=CLOCK)
    said = keep_judgement(db.session(), actor, judged, context.progress, clock=CLOCK)
    return {"result_url": "/venues/?sort=-risk", **said}


@job("enforcement.forget_persons", cron="29 19 * * *")
def forget_persons(context: JobContext) -> dict[str, Any]:
    """Destroy the keys of the guarded register whose term is over, every night (03:29 in China)."""
    count = shred_expired(db.session(), context.principal, clock=CLOCK)
    db.session.commit()
    return {"shredded": count}
