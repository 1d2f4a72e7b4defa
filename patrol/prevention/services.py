"""Steps of a community: evidence, drawing a sample, its result, the next state; and the checklist as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy.orm import Session

from patrol.core.clock import Clock, china_date
from patrol.core.errors import PatrolError
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.ledgers import division_of
from patrol.prevention import domain as d
from patrol.prevention import queries
from patrol.prevention.models import Community, CommunityInspection, CommunityItem

#: an awarded community is inspected again after this many days
REINSPECT_DAYS = 365


def note_evidence(
    session: Session,
    actor: Principal,
    community: Community,
    item_id: int,
    note: str,
    done: bool,
    *,
    clock: Clock,
) -> None:
    """Write down what shows that one item of the checklist is fulfilled."""
    entry = {"done": done, "note": note.strip()[:400], "on": china_date(clock.now()).isoformat()}
    community.evidence = {**(community.evidence or {}), str(item_id): entry}
    community.version, community.updated_at = community.version + 1, clock.now()
    detail = {"item": item_id, "done": done}
    audit.record(session, actor, "communities.evidence", community.uid, detail, at=clock.now())
    session.flush()


def draw_inspection(
    session: Session, actor: Principal, community: Community, seed: str, *, clock: Clock
) -> CommunityInspection:
    """Draw the households to be asked from a seed that is published, so that anybody can draw them again."""
    if community.households < 1:
        raise PatrolError(d.NO_HOUSEHOLDS, where="households")
    if len(seed.strip()) < 4:
        raise PatrolError(d.SEED_NEEDED, where="seed")
    row = CommunityInspection(
        community_id=community.id, scope_path=community.scope_path, inspected_on=china_date(clock.now()),
        seed=seed.strip()[:64], households=community.households, created_at=clock.now(),
        sample=d.draw_sample(seed.strip()[:64], community.households), created_by_id=actor.person_id,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, actor, "communities.draw", community.uid, {"seed": row.seed}, at=clock.now())
    return row


def close_inspection(
    session: Session, actor: Principal, community: Community, inspection: CommunityInspection, *,
    asked: int, knew: int, passed: bool, inspectors: str, note: str, clock: Clock,
) -> None:  # fmt: skip
    """Record what residents answered and whether the community passed."""
    if not 0 <= knew <= asked:
        raise PatrolError(d.MORE_KNEW, where="knew", asked=asked, knew=knew)
    inspection.asked, inspection.knew, inspection.passed = asked, knew, passed
    inspection.inspectors, inspection.note = inspectors.strip()[:200], note.strip()[:2000]
    if community.state == "creating":
        community.state, community.inspected_on = "inspected", inspection.inspected_on
    if community.state == "awarded" and passed:
        community.reinspect_on = inspection.inspected_on + dt.timedelta(days=REINSPECT_DAYS)
    detail = {"passed": passed, "asked": asked, "knew": knew}
    audit.record(session, actor, "communities.inspect", community.uid, detail, at=clock.now())
    session.flush()


def move_community(
    session: Session, actor: Principal, community: Community, state: str, reason: str, *, clock: Clock
) -> None:
    """Bring a community to its next state today; an award needs a passed inspection, a revocation its reason."""
    if not state:
        raise PatrolError(d.NO_STEP, where="state")
    if state not in d.NEXT[community.state]:
        wanted = d.STATES.get(state, state[:20])
        raise PatrolError(d.OUT_OF_ORDER, state=d.STATES[community.state], wanted=wanted)
    day, before = china_date(clock.now()), community.state
    if state == "awarded":
        _award(session, community, day)
    elif state == "revoked":
        if len(reason.strip()) < 4:
            raise PatrolError(d.REASON_NEEDED, where="reason")
        community.revoked_on, community.revoked_reason = day, reason.strip()[:400]
    elif state == "creating":
        community.creating_on, community.awarded_on, community.inspected_on = day, None, None
    else:
        community.inspected_on = day
    community.state = state
    community.version, community.updated_at = community.version + 1, clock.now()
    detail = {"changed": {"state": [before, state]}, "reason": reason.strip()[:400]}
    audit.record(session, actor, "communities.change", community.uid, detail, at=clock.now())
    session.flush()


def _award(session: Session, community: Community, day: dt.date) -> None:
    inspections = queries.inspections_of(session, community)
    if not inspections or not inspections[0].passed:
        raise PatrolError(d.NOT_INSPECTED)
    division = division_of(session, community.division_id)
    community.awarded_on, community.reinspect_on = day, day + dt.timedelta(days=REINSPECT_DAYS)
    community.certificate = d.certificate_number(division.code if division else "", day, community.id)


def save_checklist(
    session: Session, actor: Principal, lines: Sequence[tuple[int, str, str, bool]], *, clock: Clock
) -> None:
    """Replace the wording of the checklist: (key or 0 for a new one, zh, en, in use). Nothing is deleted."""
    known = {item.id: item for item in session.query(CommunityItem).all()}
    for position, (key, zh, en, active) in enumerate(lines, start=1):
        item = known.get(key)
        if item is None and zh.strip():
            item = CommunityItem(zh="", en="")
            session.add(item)
        if item is not None and zh.strip():
            item.position, item.zh, item.en, item.active = (
                position,
                zh.strip()[:200],
                en.strip()[:200],
                active,
            )
    session.flush()
    audit.record(session, actor, "communities.checklist", "checklist", {"items": len(lines)}, at=clock.now())
