"""Every look at a route that is not over yet is written into the audit trail, in a short transaction of its own."""

from __future__ import annotations

from collections.abc import Iterable

from patrol.core.clock import Clock
from patrol.infra import audit
from patrol.infra.db import Principal, db


def log_look(actor: Principal, subjects: Iterable[str], how: str, *, clock: Clock) -> None:
    """Record that somebody looked at plans or routes; ``how``: phone, page, map, print.

    Ends the reading transaction of the request, so call it when everything has been read.
    """
    wanted = sorted(set(subjects))
    if not wanted:
        return
    session = db.session()
    session.rollback()
    reading = session.info.get("readonly", False)
    session.info["readonly"] = False
    try:
        for subject in wanted:
            audit.record(session, actor, "plans.read", subject, {"how": how}, at=clock.now())
        session.commit()
    finally:
        session.info["readonly"] = reading
