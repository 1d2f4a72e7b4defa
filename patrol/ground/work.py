"""Long work on the ground: making a proposal, applying one."""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app

from patrol.core.clock import SystemClock
from patrol.ground import queries, services
from patrol.infra.db import ScopeError, db
from patrol.infra.jobs import JobContext, job
from patrol.venues import reading

CLOCK = SystemClock()


@job("ground.propose")
def propose(context: JobContext) -> dict[str, Any]:
    """Make the proposal that somebody asked for; the grids in use are not touched and nobody waits for it."""
    uid, data_dir = context.params["draft_uid"], current_app.config["SETTINGS"].DATA_DIR
    with reading() as session:
        draft = queries.draft_by_uid(session, uid)
        made = services.make(session, draft, data_dir, context.progress, seed=secrets.randbits(32))
    services.keep(queries.draft_by_uid(db.session(), uid), made)
    return {"result_url": f"/grids/drafts/{uid}"}


@job("ground.apply")
def apply(context: JobContext) -> dict[str, Any]:
    """Do what a proposal says, all of it or nothing."""
    if context.principal is None:
        raise ScopeError("redrawing has an author")
    draft = queries.draft_by_uid(db.session(), context.params["draft_uid"])
    moved = services.apply(db.session(), context.principal, draft, context.progress, clock=CLOCK)
    return {"result_url": f"/grids/drafts/{draft.uid}", "moved": moved}
