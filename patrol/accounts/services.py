"""Every change to accounts: make one, change one, give it a new password, put it to rest."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from patrol.accounts.domain import AgencyKind, Duty, RoleName
from patrol.accounts.models import Agency, GridDuty, Person, Role
from patrol.accounts.sign_in import give_code
from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.db import Principal, one_or_404, within
from patrol.territory import Division, Grid, division_by_uid

EMPTY = problem("accounts.empty", en="“{label}” must not be empty.", zh="“{label}”不能为空。")
TAKEN = problem(
    "accounts.taken", en="The account name “{username}” is already used.", zh="账号“{username}”已被使用。"
)
NO_ROLE = problem("accounts.no_role", en="Choose at least one role.", zh="请至少选择一个岗位。")
TWO_HATS = problem(
    "accounts.two_hats",
    en="System administrator, security administrator and auditor must be three different people.",
    zh="系统管理员、安全管理员、审计管理员不得由同一人兼任。",
)
CIRCLE = problem(
    "accounts.agency_circle",
    en="“{name}” cannot stand below itself.",
    zh="“{name}”不能隶属于自身或其下级。",
)
ABOVE_PARENT = problem(
    "accounts.agency_above_parent",
    en="The division lies outside that of the superior agency “{name}”.",
    zh="所选区划不在上级单位“{name}”的区划之内。",
)
OWN_ROLES = problem(
    "accounts.own_roles",
    en="Nobody changes the own roles. Ask another system administrator.",
    zh="不得更改本人的岗位，请由其他系统管理员办理。",
)
WRONG_DUTY = problem(
    "accounts.wrong_duty",
    en="{name} does not hold the role for this duty.",
    zh="{name}没有对应的岗位，不能担任该职责。",
)
APART = {RoleName.SYSTEM_ADMINISTRATOR, RoleName.SECURITY_ADMINISTRATOR, RoleName.AUDITOR}


def save_person(
    session: Any, actor: Principal, given: Mapping[str, Any], person: Person | None, *, clock: Clock
) -> tuple[Person, str]:
    """Make or change an account; return it and, for a new one, the code to choose a password with (else "").

    Raises :class:`PatrolError` naming every fault at once.
    """
    roles = {RoleName(name) for name in given.get("roles", []) if name in set(RoleName)}
    _check(session, actor, given, roles, person)
    agency = one_or_404(session, select(Agency).where(Agency.uid == given["agency_uid"]))
    is_new = person is None
    if person is None:
        person = Person(username=given["username"].strip(), fs_uniquifier=secrets.token_hex(32), active=True)
    _end_sessions_if_moved(person, agency, roles)
    person.name, person.badge_number = given["name"].strip(), given.get("badge_number", "").strip()
    person.phone, person.agency_id, person.scope_path = (
        given.get("phone", "").strip(),
        agency.id,
        agency.scope_path,
    )
    session.add(person)
    person.roles = list(session.scalars(select(Role).where(Role.name.in_([role.value for role in roles]))))
    session.flush()
    detail = {"roles": sorted(roles), "agency": agency.uid}
    record(session, actor, "accounts.save", f"person:{person.uid}", detail, at=clock.now())
    return person, give_code(session, actor, person, clock=clock) if is_new else ""


def _end_sessions_if_moved(person: Person, agency: Agency, roles: set[RoleName]) -> None:
    """Whoever changes division or roles signs in anew: nothing of the old place stays open."""
    before = (person.scope_path, {role.name for role in person.roles})
    if person.id and before != (agency.scope_path, {role.value for role in roles}):
        person.fs_uniquifier = secrets.token_hex(32)


def _check(
    session: Any, actor: Principal, given: Mapping[str, Any], roles: set[RoleName], person: Person | None
) -> None:
    faults = Faults()
    for field, label in (
        ("name", "姓名 / Name"),
        ("username", "账号 / Account name"),
        ("agency_uid", "单位 / Agency"),
    ):
        if not str(given.get(field) or "").strip() and not (field == "username" and person):
            faults.add(EMPTY, where=field, label=label)
    username = str(given.get("username") or "").strip()
    if person is None and username and session.scalar(select(Person.id).where(Person.username == username)):
        faults.add(TAKEN, where="username", username=username)
    if not roles:
        faults.add(NO_ROLE, where="roles")
    if len(roles & APART) > 1:
        faults.add(TWO_HATS, where="roles")
    if person is not None and person.uid == actor.uid and {role.name for role in person.roles} != set(roles):
        faults.add(OWN_ROLES, where="roles")
    faults.raise_if_any()


def set_active(session: Any, actor: Principal, person: Person, active: bool, *, clock: Clock) -> None:
    """Put an account to rest or wake it; resting ends its sessions, its records stay."""
    person.active = active
    if not active:
        person.fs_uniquifier = secrets.token_hex(32)
    record(session, actor, "accounts.set_active", f"person:{person.uid}", {"active": active}, at=clock.now())


def save_agency(
    session: Any, actor: Principal, given: Mapping[str, str], agency: Agency | None, *, clock: Clock
) -> Agency:
    """Make or change an agency; raises :class:`PatrolError` naming every fault at once."""
    parent = (
        one_or_404(session, select(Agency).where(Agency.uid == given["parent"]))
        if given.get("parent")
        else None
    )
    division = division_by_uid(session, given["division"]) if given.get("division") else None
    _check_agency(given, agency, parent, division)
    if division is None:
        raise ValueError("an agency without division was let through")
    row = agency or Agency()
    row.name, row.kind = given["name"].strip(), AgencyKind(given["kind"]).value
    row.parent_id, row.division_id = parent.id if parent else None, division.id
    moved = row.scope_path not in (None, division.scope_path)
    row.scope_path = division.scope_path
    session.add(row)
    session.flush()
    if moved:
        _move_people(session, row)
    detail = {"name": row.name, "division": division.code}
    record(session, actor, "accounts.save_agency", f"agency:{row.uid}", detail, at=clock.now())
    return row


def _check_agency(
    given: Mapping[str, str], agency: Agency | None, parent: Agency | None, division: Division | None
) -> None:
    faults = Faults()
    if not given.get("name", "").strip():
        faults.add(EMPTY, where="name", label="名称 / Name")
    if given.get("kind") not in set(AgencyKind):
        faults.add(EMPTY, where="kind", label="类型 / Kind")
    if division is None:
        faults.add(EMPTY, where="division", label="行政区划 / Division")
    above: Agency | None = parent
    while above is not None and agency is not None:
        if above.id == agency.id:
            faults.add(CIRCLE, where="parent", name=agency.name)
            break
        above = above.parent
    if parent is not None and division is not None and not within(division.scope_path, parent.scope_path):
        faults.add(ABOVE_PARENT, where="division", name=parent.name)
    faults.raise_if_any()


def _move_people(session: Any, agency: Agency) -> None:
    """The people of an agency that moves see what lies in its new division, and sign in anew."""
    for person in session.scalars(select(Person).where(Person.agency_id == agency.id)).unique():
        person.scope_path, person.fs_uniquifier = agency.scope_path, secrets.token_hex(32)


def assign_duty(
    session: Any, actor: Principal, grid: Grid, person: Person, duty: Duty, *, clock: Clock
) -> None:
    """Make a person answer for a grid in one duty; the same twice changes nothing.

    Raises :class:`PatrolError` when no role of the person fits the duty.
    """
    if duty.value not in {role.name for role in person.roles}:
        raise PatrolError(WRONG_DUTY, where="person", name=person.name)
    if _duty(session, grid.id, person.id, duty) is None:
        session.add(GridDuty(grid_id=grid.id, person_id=person.id, duty=duty.value, since=clock.now()))
        detail = {"person": person.uid, "duty": duty.value}
        record(session, actor, "accounts.assign_duty", f"grid:{grid.uid}", detail, at=clock.now())


def end_duty(session: Any, actor: Principal, grid: Grid, person: Person, duty: Duty, *, clock: Clock) -> None:
    """Relieve a person of a grid; somebody who did not answer for it stays as is."""
    found = _duty(session, grid.id, person.id, duty)
    if found is not None:
        session.delete(found)
        detail = {"person": person.uid, "duty": duty.value}
        record(session, actor, "accounts.end_duty", f"grid:{grid.uid}", detail, at=clock.now())


def inherit_duties(session: Any, heirs: Iterable[tuple[int, Iterable[int]]], *, clock: Clock) -> None:
    """Let the people of retired grids answer for what took their place: pairs of new grid and grids it inherits."""
    for grid_id, from_ids in heirs:
        rows = session.scalars(select(GridDuty).where(GridDuty.grid_id.in_(list(from_ids))))
        for person_id, duty in sorted({(row.person_id, row.duty) for row in rows}):
            session.add(GridDuty(grid_id=grid_id, person_id=person_id, duty=duty, since=clock.now()))
    session.flush()


def _duty(session: Any, grid_id: int, person_id: int, duty: Duty) -> GridDuty | None:
    found: GridDuty | None = session.scalar(
        select(GridDuty).where(
            GridDuty.grid_id == grid_id, GridDuty.person_id == person_id, GridDuty.duty == duty.value
        )
    )
    return found
