"""Who is who: people in scope, agencies, and who answers for a grid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from patrol.accounts.models import Agency, GridDuty, Person
from patrol.infra.audit import AuditEntry
from patrol.infra.db import unscoped
from patrol.territory import Division

#: inspectors first, then the police, then the community
DUTY_ORDER = {"inspector": 0, "police_liaison": 1, "community_liaison": 2}


def people_of_grid(session: Any, grid_id: int) -> list[GridDuty]:
    """Return the duties on one grid with their people, inspectors first."""
    return people_of_grids(session, [grid_id]).get(grid_id, [])


def people_of_grids(session: Any, grid_ids: Iterable[int]) -> dict[int, list[GridDuty]]:
    """Return the duties of several grids by grid, each list inspectors first.

    A person of a division above the reader's is outside the reader's scope and is left out.
    """
    found: dict[int, list[GridDuty]] = {}
    statement = (
        select(GridDuty).where(GridDuty.grid_id.in_(list(grid_ids))).options(joinedload(GridDuty.person))
    )
    for duty in (duty for duty in session.scalars(statement) if duty.person is not None):
        found.setdefault(duty.grid_id, []).append(duty)
    for duties in found.values():
        duties.sort(key=lambda duty: (DUTY_ORDER.get(duty.duty, 9), duty.person.name))
    return found


def people(session: Any, words: str = "", role: str = "") -> list[Person]:
    """Return the accounts in scope, filtered by name or account name and by role."""
    statement = select(Person).order_by(Person.scope_path, Person.name)
    if words:
        like = f"%{words}%"
        statement = statement.where(
            or_(Person.name.like(like), Person.username.like(like), Person.badge_number.like(like))
        )
    found = session.scalars(statement).unique().all()
    return [person for person in found if not role or any(r.name == role for r in person.roles)]


def names_of_people(session: Any, *, uids: Iterable[str] = (), ids: Iterable[int] = ()) -> dict[Any, str]:
    """Return name and badge number of people, by uid and by inner number, as they stand under a record."""
    wanted = or_(Person.uid.in_(list(uids)), Person.id.in_(list(ids)))
    with unscoped(session, "who signed a record may be named to whoever may read the record"):
        rows = session.execute(
            select(Person.id, Person.uid, Person.name, Person.badge_number).where(wanted)
        ).all()
    named = {
        key: f"{name} {badge or ''}".strip() for number, uid, name, badge in rows for key in (number, uid)
    }
    return named


def agencies(session: Any) -> list[Agency]:
    """Return the agencies in scope, upper ones first."""
    return list(session.scalars(select(Agency).order_by(Agency.scope_path, Agency.id)))


def audit_entries(session: Any, before: int | None, count: int = 100) -> list[AuditEntry]:
    """Return up to ``count`` audit entries of the people in scope, newest first, older than number ``before``.

    What the system or an anonymous reporter did belongs to whoever has everybody in scope.
    """
    mine: list[ColumnElement[bool]] = [AuditEntry.person_uid.in_(select(Person.uid))]
    if _everybody_is_in_scope(session):
        mine.append(AuditEntry.person_uid == "")
    statement = select(AuditEntry).where(or_(*mine)).order_by(AuditEntry.number.desc()).limit(count)
    return list(session.scalars(statement.where(AuditEntry.number < before) if before else statement))


def _everybody_is_in_scope(session: Any) -> bool:
    seen = session.scalar(select(func.count()).select_from(Person))
    with unscoped(session, "how many accounts there are says nothing of anybody"):
        return bool(seen == session.scalar(select(func.count()).select_from(Person)))


def agency_tree(session: Any) -> list[dict[str, Any]]:
    """Return the agencies in scope, each below its superior, with depth, division and number of accounts."""
    rows = agencies(session)
    below: dict[int | None, list[Agency]] = {}
    known = {row.id for row in rows}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    accounts = dict(
        session.execute(select(Person.agency_id, func.count(Person.id)).group_by(Person.agency_id)).all()
    )
    names = dict(session.execute(select(Division.id, Division.name)).all())
    tree: list[dict[str, Any]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in below.get(parent, []):
            facts = {"people": accounts.get(row.id, 0), "division": names.get(row.division_id, "")}
            tree.append({"row": row, "depth": depth, **facts})
            walk(row.id, depth + 1)

    walk(None, 0)
    return tree
