"""Making and changing teams: who, how, from where, from when to when."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from patrol.accounts import Agency, Duty, Person
from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.routes import queries
from patrol.routes.domain import clock_text, seconds_of
from patrol.routes.domain import problems as p
from patrol.routes.domain.joining import Free, propose_teams
from patrol.routes.models import Team, TeamMember
from patrol.routes.travel import Mode

#: duties in the order in which a person with several roles takes one
DUTIES = tuple(duty.value for duty in Duty)


@dataclass(frozen=True)
class TeamFacts:
    """What makes a team, read and found sound."""

    name: str
    mode: str
    start: tuple[float, float]
    start_name: str
    end: tuple[float, float] | None
    shift: tuple[str, str]
    rest: tuple[str, int]
    members: tuple[tuple[int, str], ...]


def read_team(form: Mapping[str, str], chosen: Sequence[str], people: Sequence[Person]) -> TeamFacts:
    """Read a team from a form; raises every fault at once."""
    faults = Faults()
    name = form.get("name", "").strip()[:60]
    if not name:
        faults.add(p.TEAM_NAME, where="name")
    mode = form.get("mode", "")
    if mode not in set(Mode):
        faults.add(p.TEAM_MODE, where="mode")
    shift = (form.get("shift_start", "").strip(), form.get("shift_end", "").strip())
    _check_shift(shift, name, faults)
    rest = _read_break(form, shift, faults)
    start = _read_point(form, "start", faults) or (0.0, 0.0)
    end = (
        _read_point(form, "end", faults)
        if form.get("end_lon", "").strip() or form.get("end_lat", "").strip()
        else None
    )
    members = _members(chosen, people)
    if not members:
        faults.add(p.TEAM_MEMBERS, where="member")
    elif all(duty != Duty.INSPECTOR for _, duty in members):
        faults.add(p.TEAM_NO_OFFICER, where="member")
    faults.raise_if_any()
    start_name = form.get("start_name", "").strip()[:80]
    return TeamFacts(name, mode, start, start_name, end, _padded(shift), rest, members)


def _check_shift(shift: tuple[str, str], name: str, faults: Faults) -> None:
    for field, text in zip(("shift_start", "shift_end"), shift, strict=True):
        if seconds_of(text) is None:
            faults.add(p.SHIFT_UNREADABLE, where=field, text=text)
    first, last = seconds_of(shift[0]), seconds_of(shift[1])
    if first is not None and last is not None and last <= first:
        faults.add(p.SHIFT_EMPTY, where="shift_end", team=name, start=shift[0], end=shift[1])


def _read_break(form: Mapping[str, str], shift: tuple[str, str], faults: Faults) -> tuple[str, int]:
    minutes = form.get("break_minutes", "0").strip() or "0"
    start = form.get("break_start", "").strip() or "12:00"
    lasts = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else -1
    begins, first, last = seconds_of(start), seconds_of(shift[0]), seconds_of(shift[1])
    if lasts == 0:
        return (start if begins is not None else "12:00"), 0
    inside = None not in (begins, first, last) and first <= begins and begins + lasts * 60 <= last  # type: ignore[operator]
    if not 0 < lasts <= 180 or not inside:
        faults.add(p.TEAM_BREAK, where="break_start", start=shift[0], end=shift[1])
    return start, max(0, lasts)


def _read_point(form: Mapping[str, str], side: str, faults: Faults) -> tuple[float, float] | None:
    texts = [form.get(f"{side}_{axis}", "").strip() for axis in ("lon", "lat")]
    try:
        lon, lat = (float(text) for text in texts)
    except ValueError:
        lon, lat = math.nan, math.nan
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        faults.add(p.TEAM_POINT, where=f"{side}_lon", text=", ".join(filter(None, texts)))
        return None
    return lon, lat


def _members(chosen: Sequence[str], people: Sequence[Person]) -> tuple[tuple[int, str], ...]:
    by_uid = {person.uid: person for person in people}
    found = []
    for uid in dict.fromkeys(chosen):
        if uid in by_uid:
            found.append((by_uid[uid].id, _duty_of(by_uid[uid])))
    return tuple(found)


def _padded(shift: tuple[str, str]) -> tuple[str, str]:
    return clock_text(seconds_of(shift[0]) or 0), clock_text(seconds_of(shift[1]) or 0)


def save_team(
    session: Session,
    actor: Principal,
    agency: Agency,
    facts: TeamFacts,
    team: Team | None,
    *,
    version: int = 0,
    clock: Clock,
) -> Team:
    """Make or change a team; ``version`` is the one the editor saw.

    Raises :class:`PatrolError` for a name that is taken, or when somebody else changed the team meanwhile.
    """
    if team is not None and version != team.version:
        raise PatrolError(p.TEAM_CHANGED)
    if queries.team_name_taken(session, agency.id, facts.name, team.id if team else None):
        raise PatrolError(p.TEAM_NAME_TAKEN, where="name", name=facts.name)
    if team is None:
        team = Team(agency_id=agency.id, scope_path=agency.scope_path, version=0, members=[])
        session.add(team)
    team.name, team.mode, team.start_name = facts.name, facts.mode, facts.start_name
    team.start_lon, team.start_lat = facts.start
    team.end_lon, team.end_lat = facts.end or (None, None)
    team.shift_start, team.shift_end = facts.shift
    team.break_start, team.break_minutes = facts.rest
    team.version += 1
    kept = {member.person_id: member for member in team.members}
    members = []
    for person_id, duty in facts.members:
        member = kept.get(person_id) or TeamMember(person_id=person_id)
        member.duty = duty
        members.append(member)
    team.members = members
    session.flush()
    detail = {"name": team.name, "members": len(members), "mode": team.mode}
    audit.record(session, actor, "teams.save", team.uid, detail, at=clock.now())
    return team


def set_active(session: Session, actor: Principal, team: Team, active: bool, *, clock: Clock) -> None:
    """Put a team to rest or wake it; plans of before keep it."""
    team.active, team.version = active, team.version + 1
    audit.record(session, actor, "teams.wake" if active else "teams.rest", team.uid, at=clock.now())


@dataclass(frozen=True)
class TeamProposal:
    """People who could go together: with their duty, whether they are joint, and where they could start."""

    people: tuple[tuple[Person, str], ...]
    joint: bool
    grids: int
    start: tuple[float, float] | None


def proposed_teams(session: Session, agency: Agency) -> list[TeamProposal]:
    """Propose teams of a branch's people who are in none, by :func:`~patrol.routes.domain.propose_teams`."""
    people = {person.uid: person for person in queries.people_without_team(session, agency)}
    grids = queries.grids_of_people(session, [person.id for person in people.values()])
    free = [Free(uid, _duty_of(person), grids.get(person.id, frozenset())) for uid, person in people.items()]
    return [
        TeamProposal(
            tuple((people[member.uid], member.duty) for member in team.members),
            team.joint,
            len(team.grids),
            queries.middle_of_grids(session, map(int, team.grids)) if team.grids else None,
        )
        for team in propose_teams(free)
    ]


def _duty_of(person: Person) -> str:
    roles = {role.name for role in person.roles}
    return next(duty for duty in DUTIES if duty in roles)
