"""The first administrator of an empty installation: somebody must be there before anybody can be let in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from patrol.accounts.domain import AgencyKind, RoleName
from patrol.accounts.models import Agency, Person, Role
from patrol.accounts.services import EMPTY, TAKEN
from patrol.accounts.sign_in import give_code
from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.db import Principal, unscoped
from patrol.territory import Division, check_code

ALREADY = problem(
    "accounts.administrator_exists",
    en="There is already a system administrator: “{username}”. New accounts are made on the page People; for a new"
    " code of that account repeat the command with --username {username}.",
    zh="已有系统管理员“{username}”。新账号请在“人员”页面建立；如需为该账号重发一次性代码，"
    "请以 --username {username} 再次运行本命令。",
    status=409,
)


@dataclass(frozen=True)
class Founder:
    """Who is let in first, in which agency, answering for which division."""

    username: str
    name: str
    agency: str
    division_code: str
    division_name: str
    level: str = "city"


def create_administrator(session: Any, founder: Founder, *, clock: Clock) -> str:
    """Make the first system administrator, with agency and division where missing; return the one-time code.

    Called again for the same account it gives a new code, which ends the old password and every session: whoever
    may run it holds the database anyway. Raises :class:`PatrolError` naming every fault, or when another active
    administrator is there.
    """
    with unscoped(session, "the first account is made where nobody is yet"):
        there = _administrators(session)
        for person in there:
            if person.username == founder.username.strip():
                return _code(session, person, clock)
        if there:
            raise PatrolError(ALREADY, where="username", username=there[0].username)
        _check(session, founder)
        role = ensure_roles(session)[RoleName.SYSTEM_ADMINISTRATOR.value]
        agency = _agency(session, founder)
        person = Person(
            username=founder.username.strip(),
            name=founder.name.strip(),
            fs_uniquifier=secrets.token_hex(32),
            active=True,
            agency_id=agency.id,
            scope_path=agency.scope_path,
            roles=[role],
        )
        session.add(person)
        session.flush()
        detail = {"division": founder.division_code, "agency": agency.uid}
        record(session, None, "accounts.create_administrator", f"person:{person.uid}", detail, at=clock.now())
        return _code(session, person, clock)


def ensure_roles(session: Any) -> dict[str, Role]:
    """Store the eight roles where they are missing."""
    found = {role.name: role for role in session.scalars(select(Role))}
    for name in RoleName:
        if name.value not in found:
            found[name.value] = Role(name=name.value)
            session.add(found[name.value])
    session.flush()
    return found


def _code(session: Any, person: Person, clock: Clock) -> str:
    itself = Principal(person.id, person.uid, person.name, person.scope_path)
    code = give_code(session, itself, person, clock=clock)
    session.flush()
    return code


def _administrators(session: Any) -> list[Person]:
    is_one = Person.roles.any(Role.name == RoleName.SYSTEM_ADMINISTRATOR.value)
    return list(session.scalars(select(Person).where(Person.active.is_(True), is_one).order_by(Person.id)))


def _check(session: Any, founder: Founder) -> None:
    faults = Faults()
    for field, label in (
        ("username", "账号 / Account name"),
        ("name", "姓名 / Name"),
        ("agency", "单位 / Agency"),
        ("division_name", "行政区划 / Division"),
    ):
        if not getattr(founder, field).strip():
            faults.add(EMPTY, where=field, label=label)
    if session.scalar(select(Person.id).where(Person.username == founder.username.strip())):
        faults.add(TAKEN, where="username", username=founder.username.strip())
    faults.raise_if_any()
    check_code(founder.division_code)


def _agency(session: Any, founder: Founder) -> Agency:
    division = session.scalars(
        select(Division).where(Division.code == founder.division_code)
    ).one_or_none() or Division(
        code=founder.division_code,
        name=founder.division_name.strip(),
        level=founder.level,
        scope_path=f"{founder.division_code}/",
    )
    session.add(division)
    session.flush()
    named = select(Agency).where(Agency.division_id == division.id, Agency.name == founder.agency.strip())
    agency: Agency = session.scalars(named).first() or Agency(
        name=founder.agency.strip(),
        kind=AgencyKind.BUREAU.value,
        division_id=division.id,
        scope_path=division.scope_path,
    )
    session.add(agency)
    session.flush()
    return agency
