"""What a bureau sets for its clues: terms, days worked and off, contact points with their posters."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from patrol.clues.domain import NO_DIVISION, TERM_LABELS
from patrol.clues.models import CalendarDay, Clue, ClueTerm, ContactPoint, SettledYear
from patrol.clues.schemas import ContactPointIn
from patrol.clues.services.opening import terms_for
from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError, problem
from patrol.core.identifiers import read_phone
from patrol.core.ids import Rng
from patrol.infra.audit import record
from patrol.infra.db import Principal
from patrol.territory import Division

BAD_TERM = problem(
    "clues.bad_term", en="“{text}” is not a number from 0 to 1,440.", zh="“{text}”不是0至1440之间的整数。"
)
_TOKEN_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # noqa: S105 (an alphabet, no secret)
_TOKEN_LENGTH = 8


def set_terms(session: Session, actor: Principal, given: Mapping[str, str], *, clock: Clock) -> None:
    """Set every term at once; open clues are counted anew. All faults at once, and then nothing is changed."""
    faults, values = Faults(), {}
    for code in TERM_LABELS:
        text = given.get(code, "").strip()
        if not (text.isascii() and text.isdigit() and int(text) <= 1440):
            faults.add(BAD_TERM, where=code, text=text[:20])
        else:
            values[code] = int(text)
    faults.raise_if_any()
    session.execute(delete(ClueTerm))
    session.add_all(ClueTerm(code=code, value=value) for code, value in values.items())
    session.flush()
    _count_anew(session)
    record(session, actor, "clues.terms", "", values, at=clock.now())


def set_days(session: Session, actor: Principal, days: Mapping[dt.date, bool], *, clock: Clock) -> None:
    """Add days to the bureau's calendar (True: worked); known ones are replaced, open clues counted anew."""
    for day, works in days.items():
        session.merge(CalendarDay(day=day, works=works))
    session.flush()
    _count_anew(session)
    record(session, actor, "clues.calendar", "", {"days": len(days)}, at=clock.now())


def drop_day(session: Session, actor: Principal, day: dt.date, *, clock: Clock) -> None:
    """Take a day out of the bureau's calendar; the published calendar counts again."""
    session.execute(delete(CalendarDay).where(CalendarDay.day == day))
    _count_anew(session)
    record(session, actor, "clues.calendar_drop", "", {"day": day.isoformat()}, at=clock.now())


def settle_year(session: Session, actor: Principal, year: int, *, settled: bool, clock: Clock) -> None:
    """Say that a year's table is complete, or that it is not."""
    session.execute(delete(SettledYear).where(SettledYear.year == year))
    if settled:
        session.add(SettledYear(year=year))
    session.flush()
    _count_anew(session)
    record(session, actor, "clues.calendar_year", "", {"year": year, "settled": settled}, at=clock.now())


def _count_anew(session: Session) -> None:
    """Give open clues in scope the terms that hold now; closed ones keep those they were closed under."""
    for clue in session.scalars(select(Clue).where(Clue.state != "closed")):
        facts = terms_for(session, clue.received_at, urgent=clue.urgent, extended_days=clue.extended_days)
        for name, value in facts.items():
            setattr(clue, name, value)


def keep_contact_point(
    session: Session,
    actor: Principal,
    new: ContactPointIn,
    point: ContactPoint | None,
    *,
    clock: Clock,
    rng: Rng,
) -> ContactPoint:
    """Register a contact point, or change one; its poster's code stays what it is."""
    division = session.scalars(select(Division).where(Division.uid == new.division_uid)).one_or_none()
    if division is None:
        raise PatrolError(NO_DIVISION, where="division_uid")
    _check_telephones(new.telephone)
    kept = point or ContactPoint(token=_token(rng))
    for name in ("name", "address", "telephone", "person_name", "lon", "lat"):
        setattr(kept, name, getattr(new, name))
    kept.division_id, kept.scope_path = division.id, division.scope_path
    session.add(kept)
    session.flush()
    record(session, actor, "clues.contact_point", kept.uid, {"name": kept.name}, at=clock.now())
    return kept


def _check_telephones(text: str) -> None:
    """Refuse what nobody can call: it would be printed large on a poster. Several numbers stand with commas between."""
    faults = Faults()
    for each in filter(str.strip, re.split(r"[、,，;；/]", text)):
        try:
            read_phone(each)
        except PatrolError as error:
            faults.add(error.faults[0].problem, where="telephone", text=each.strip()[:40])
    faults.raise_if_any()


def _token(rng: Rng) -> str:
    """A poster's code: letters and digits that are not mistaken for one another, about 39 random bits."""
    bits, letters = rng.getrandbits(64), []
    for _ in range(_TOKEN_LENGTH):
        bits, at = divmod(bits, len(_TOKEN_LETTERS))
        letters.append(_TOKEN_LETTERS[at])
    return "".join(letters)


def retire_contact_point(session: Session, actor: Principal, point: ContactPoint, *, clock: Clock) -> None:
    """Take a contact point out of use, or back into it; what came through its poster stays counted."""
    point.active = not point.active
    session.flush()
    record(session, actor, "clues.contact_point_use", point.uid, {"active": point.active}, at=clock.now())
