"""Long work of enforcement: the risk of the register's places, computed anew."""

from __future__ import annotations

from typing import Any

from patrol.core.clock import SystemClock
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
