"""Every change to accounts: make one, change one, give it a new password, put it to rest."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from flask_security import hash_password
from sqlalchemy import select

from patrol.accounts.domain import Duty, RoleName
from patrol.accounts.models import Agency, GridDuty, Person, Role
from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.db import Principal, one_or_404
from patrol.territory import Grid

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
WRONG_DUTY = problem(
    "accounts.wrong_duty",
    en="{name} does not hold the role for this duty.",
    zh="{name}没有对应的岗位，不能担任该职责。",
)
APART = {RoleName.SYSTEM_ADMINISTRATOR, RoleName.SECURITY_ADMINISTRATOR, RoleName.AUDITOR}


def save_person(
    session: Any, actor: Principal, given: Mapping[str, Any], person: Person | None, *, clock: Clock
) -> tuple[Person, str]:
    """Make or change an account; return it and, for a new one, the password to hand over once (else "").

    Raises :class:`PatrolError` naming every fault at once.
    """
    roles = {RoleName(name) for name in given.get("roles", []) if name in set(RoleName)}
    _check(session, given, roles, person)
    agency = one_or_404(session, select(Agency).where(Agency.uid == given["agency_uid"]))
    password = ""
    if person is None:
        password = secrets.token_urlsafe(9)
        person = Person(
            username=given["username"].strip(),
            fs_uniquifier=secrets.token_hex(32),
            password=hash_password(password),
            active=True,
        )
        session.add(person)
    person.name, person.badge_number = given["name"].strip(), given.get("badge_number", "").strip()
    person.phone, person.agency_id, person.scope_path = (
        given.get("phone", "").strip(),
        agency.id,
        agency.scope_path,
    )
    person.roles = list(session.scalars(select(Role).where(Role.name.in_([role.value for role in roles]))))
    session.flush()
    record(session, actor, "accounts.save", f"person:{person.uid}", {"roles": sorted(roles)}, at=clock.now())
    return person, password


def _check(session: Any, given: Mapping[str, Any], roles: set[RoleName], person: Person | None) -> None:
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
    faults.raise_if_any()


def reset_password(session: Any, actor: Principal, person: Person, *, clock: Clock) -> str:
    """Give an account a new password, end its sessions, and return the password to hand over once."""
    password = secrets.token_urlsafe(9)
    person.password, person.fs_uniquifier = hash_password(password), secrets.token_hex(32)
    record(session, actor, "accounts.reset_password", f"person:{person.uid}", at=clock.now())
    return password


def set_active(session: Any, actor: Principal, person: Person, active: bool, *, clock: Clock) -> None:
    """Put an account to rest or wake it; resting ends its sessions, its records stay."""
    person.active = active
    if not active:
        person.fs_uniquifier = secrets.token_hex(32)
    record(session, actor, "accounts.set_active", f"person:{person.uid}", {"active": active}, at=clock.now())


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
