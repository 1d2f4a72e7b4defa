"""The guarded register of the demo city, and the second factors of who may open it. Nobody entered here exists.

The numbers pass GB 11643 and belong to nobody: their region is that of a whole province (420000), and their serial
number 000 is never given out.
"""

from __future__ import annotations

import datetime as dt
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.accounts import (
    Person,
    begin_second_factor,
    code_now,
    confirm_second_factor,
    principal_of_person,
)
from patrol.core.clock import CHINA, Clock, FixedClock
from patrol.demo.cast import SECOND_FACTOR, WITH_SECOND_FACTOR
from patrol.enforcement import Action, approve_list, ask_for_list, enter_person
from patrol.infra.crypto import Keyring

#: how many of the newest actions with identity records get entries, beside the oldest, whose rescued persons are due
NEWEST = 5
NOTE = "虚构人员，仅供演示 / invented for the demonstration"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def store_guarded(
    session: Session, people: dict[str, Person], ring: Keyring, clock: Clock, random: Random
) -> None:
    """Enter invented persons from actions of both districts, and ask for two lists."""
    for username in WITH_SECOND_FACTOR:
        _enrol(session, people[username], ring, clock)
    for username in ("manager", "manager2"):
        actor = principal_of_person(people[username])
        actions = _actions(session, people[username].scope_path)
        for number, action in enumerate(actions):
            at = FixedClock(dt.datetime.combine(action.begun_on, dt.time(16, number), CHINA))
            for role in ("participant", "participant", "organiser" if number % 2 else "rescued"):
                given = {"role": role, "name": invented_name(random), "note": NOTE}
                given["identity"] = invented_number(random)
                enter_person(session, actor, action, given, ring, clock=at, rng=random)
    _lists(session, people, clock)
    session.flush()


def _actions(session: Session, scope_path: str) -> list[Action]:
    own = select(Action).where(
        Action.scope_path.startswith(scope_path, autoescape=True),
        Action.identity_records > 0,
        Action.withdrawn_at.is_(None),
    )
    newest = list(session.scalars(own.order_by(Action.begun_on.desc(), Action.id.desc()).limit(NEWEST)))
    oldest = session.scalars(own.order_by(Action.begun_on, Action.id).limit(1)).all()
    return [*oldest, *(action for action in newest if action not in oldest)]


def _enrol(session: Session, person: Person, ring: Keyring, clock: Clock) -> None:
    actor, before = principal_of_person(person), FixedClock(clock.now() - dt.timedelta(minutes=5))
    begin_second_factor(session, actor, ring, clock=before, secret=SECOND_FACTOR)
    confirm_second_factor(session, actor, code_now(SECOND_FACTOR, before.now()), ring, clock=before)


def _lists(session: Session, people: dict[str, Person], clock: Clock) -> None:
    """One list waits for the branch manager's approval, another was approved for them this hour."""
    city, manager = principal_of_person(people["city"]), principal_of_person(people["manager"])
    actions = _actions(session, people["manager"].scope_path)
    ask_for_list(session, city, actions[-1], "向公安机关移交前核对人数", clock=clock)
    asked = ask_for_list(session, manager, actions[1 % len(actions)], "案件材料核对", clock=clock)
    approve_list(session, city, asked, clock=clock)


def invented_name(random: Random) -> str:
    """Return a name that says what it is."""
    return f"演示{random.choice(_STEMS)}{random.choice(_STEMS)}"


def invented_number(random: Random) -> str:
    """Return a number with a right check digit that was never given to anybody."""
    born = dt.date(1960, 1, 1) + dt.timedelta(days=random.randrange(40 * 365))
    head = f"420000{born:%Y%m%d}000"
    return head + "10X98765432"[sum(w * int(c) for w, c in zip(_WEIGHTS, head, strict=True)) % 11]
