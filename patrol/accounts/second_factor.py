"""The second factor of what is guarded most: six digits that the person's own phone reckons (TOTP, RFC 6238).

It is asked for at the act itself, not at the sign-in. The secret lies sealed under the key ring; a code counts
once; ten recovery codes help whoever lost the phone, and the security administrator whoever lost both.
"""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from patrol.accounts.models import Person, RecoveryCode, SecondFactor
from patrol.accounts.sign_in import forget_failures, is_locked, note_failure, plain_code, sha256_of
from patrol.core.clock import Clock
from patrol.core.errors import PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.crypto import Keyring
from patrol.infra.db import Principal
from patrol.infra.sealed import sealed_field

#: how far the clocks of phone and server may lie apart, in seconds
WINDOW_S = 30
RECOVERY_CODES = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 16

NOT_SET_UP = problem(
    "accounts.second_factor_missing",
    en="This needs your second factor. Set it up first: My account, Second factor.",
    zh="该操作需要第二因素验证，请先在“我的账号—第二因素”中设置。",
    status=409,
)
WRONG_CODE = problem(
    "accounts.second_factor_wrong",
    en="The code is wrong, older than a minute, or was used already. Wait for the next six digits.",
    zh="验证码不正确、已超过一分钟或已使用，请等待下一组6位数字。",
)
TOO_MANY_CODES = problem(
    "accounts.second_factor_locked",
    en="Too many wrong codes or passwords: this account is locked for 15 minutes. Nothing was shown.",
    zh="验证码或密码错误次数过多，账号已锁定15分钟，未显示任何内容。",
    status=429,
)
NOTHING_BEGUN = problem(
    "accounts.second_factor_not_begun",
    en="No set-up is under way. Begin it anew with your password.",
    zh="没有正在进行的设置，请输入密码重新开始。",
    status=409,
)
ALREADY_SET_UP = problem(
    "accounts.second_factor_exists",
    en="A second factor is set up already. Remove it first, with its code or a recovery code.",
    zh="已设置第二因素，如需更换请先用验证码或恢复码移除。",
    status=409,
)


class Outcome(StrEnum):
    """What became of a code."""

    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    NOT_SET_UP = "not_set_up"


#: what is said of a code that does not count
REFUSALS = {
    Outcome.WRONG: WRONG_CODE,
    Outcome.LOCKED: TOO_MANY_CODES,
    Outcome.NOT_SET_UP: NOT_SET_UP,
}


def _place(person_uid: str) -> str:
    return f"second_factor|secret|{person_uid}"


sealed_field(SecondFactor, "sealed_secret", lambda row: _place(row.person_uid))


def factor_of(session: Session, person_id: int) -> SecondFactor | None:
    """Return a person's second factor once it was confirmed."""
    row = session.get(SecondFactor, person_id)
    return row if row is not None and row.confirmed_at is not None else None


def who_has_one(session: Session, person_ids: Sequence[int]) -> set[int]:
    """Return which of these people have a second factor in force."""
    statement = select(SecondFactor.person_id).where(
        SecondFactor.person_id.in_(list(person_ids)), SecondFactor.confirmed_at.is_not(None)
    )
    return set(session.scalars(statement))


def begin(session: Session, actor: Principal, ring: Keyring, *, clock: Clock, secret: str = "") -> str:
    """Keep a new secret, not yet in force, and return it in base 32. The caller checked the password.

    Raises :class:`PatrolError` where a factor is in force: a desk left open must not change it.
    """
    if factor_of(session, actor.person_id) is not None:
        raise PatrolError(ALREADY_SET_UP)
    made = secret or base64.b32encode(secrets.token_bytes(20)).decode()
    row = session.get(SecondFactor, actor.person_id) or SecondFactor(person_id=actor.person_id)
    row.person_uid, row.sealed_secret = actor.uid, ring.seal(made, _place(actor.uid))
    row.begun_at, row.last_counter = clock.now(), 0
    session.add(row)
    session.flush()
    return made


def begun_secret(session: Session, actor: Principal, ring: Keyring) -> str:
    """Return the secret of a set-up under way; raises :class:`PatrolError` where there is none."""
    row = session.get(SecondFactor, actor.person_id)
    if row is None or row.confirmed_at is not None:
        raise PatrolError(NOTHING_BEGUN)
    return ring.unseal(row.sealed_secret, _place(row.person_uid))


def confirm(session: Session, actor: Principal, digits: str, ring: Keyring, *, clock: Clock) -> list[str]:
    """Put the secret in force once the phone proved that it knows it; returns the recovery codes, shown once."""
    secret, now = begun_secret(session, actor, ring), clock.now()
    counter = matched(secret, plain_code(digits), now, 0)
    if counter is None:
        raise PatrolError(WRONG_CODE, where="code")
    row = session.get_one(SecondFactor, actor.person_id)
    row.confirmed_at, row.last_counter = now, counter
    record(session, actor, "accounts.second_factor_set", f"person:{actor.uid}", at=now)
    return new_recovery_codes(session, actor, clock=clock)


def new_recovery_codes(session: Session, actor: Principal, *, clock: Clock) -> list[str]:
    """Make ten new recovery codes; those made before are worth nothing any more."""
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH)) for _ in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == actor.person_id))
    session.add_all(RecoveryCode(person_id=actor.person_id, sha256=sha256_of(code)) for code in codes)
    record(session, actor, "accounts.recovery_codes", f"person:{actor.uid}", at=clock.now())
    session.flush()
    return ["-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4)) for code in codes]


def recovery_codes_left(session: Session, person_id: int) -> int:
    """Return how many recovery codes a person has not used."""
    unused = RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    return int(session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0)


def check(session: Session, actor: Principal, typed: str, ring: Keyring, *, clock: Clock) -> Outcome:
    """Judge six digits or a recovery code; each counts once. The caller commits whatever came of it.

    A wrong one counts towards the lock of the account, as a wrong password does.
    """
    factor, person = factor_of(session, actor.person_id), session.get(Person, actor.person_id)
    if factor is None or person is None:
        return Outcome.NOT_SET_UP
    if is_locked(session, person.username, clock=clock):
        return Outcome.LOCKED
    if _used_up(session, actor, factor, typed, ring, clock=clock):
        forget_failures(session, person.username)
        return Outcome.RIGHT
    note_failure(session, person.username, clock=clock)
    record(session, actor, "accounts.wrong_second_factor", f"person:{person.uid}", at=clock.now())
    return Outcome.WRONG


def require(session: Session, actor: Principal, typed: str, ring: Keyring, *, clock: Clock) -> None:
    """Judge a code, commit what came of it, and raise :class:`PatrolError` unless it was right."""
    outcome = check(session, actor, typed, ring, clock=clock)
    session.commit()
    if outcome is not Outcome.RIGHT:
        raise PatrolError(REFUSALS[outcome], where="code")


def _used_up(
    session: Session, actor: Principal, factor: SecondFactor, typed: str, ring: Keyring, *, clock: Clock
) -> bool:
    """Use a code up if it is right: the database decides which of two at once was the first."""
    plain, now = plain_code(typed), clock.now()
    if len(plain) == _CODE_LENGTH:
        mine = RecoveryCode.person_id == actor.person_id, RecoveryCode.sha256 == sha256_of(plain)
        spent: Any = session.execute(
            update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=now)
        )
        if spent.rowcount == 1:
            record(session, actor, "accounts.recovery_code_used", f"person:{actor.uid}", at=now)
        return bool(spent.rowcount == 1)
    secret = ring.unseal(factor.sealed_secret, _place(factor.person_uid))
    counter = matched(secret, plain, now, factor.last_counter)
    if counter is None:
        return False
    later = SecondFactor.person_id == actor.person_id, SecondFactor.last_counter < counter
    moved: Any = session.execute(update(SecondFactor).where(*later).values(last_counter=counter))
    return bool(moved.rowcount == 1)


def remove(session: Session, actor: Principal, *, clock: Clock) -> None:
    """Remove one's own second factor; the caller checked a code of it."""
    _forget(session, actor.person_id)
    record(session, actor, "accounts.second_factor_remove", f"person:{actor.uid}", at=clock.now())


def clear(session: Session, actor: Principal, person: Person, *, clock: Clock) -> None:
    """Remove the second factor of somebody who lost phone and recovery codes; they set up a new one."""
    _forget(session, person.id)
    record(session, actor, "accounts.second_factor_clear", f"person:{person.uid}", at=clock.now())


def _forget(session: Session, person_id: int) -> None:
    for model in (RecoveryCode, SecondFactor):
        session.execute(delete(model).where(model.person_id == person_id))
    session.flush()


def matched(secret: str, digits: str, now: dt.datetime, last_counter: int) -> int | None:
    """Return the half minute that six digits belong to, ``None`` where they are of none that still counts.

    ``secret`` in base 32. One half minute before and after ``now`` count too, and none up to ``last_counter``.
    Source: RFC 6238 (TOTP) with SHA-1, 6 digits and 30 s, which every authenticator app knows.
    """
    try:
        found = TOTP(key=secret, format="base32").match(
            digits, time=now, window=WINDOW_S, last_counter=last_counter or None
        )
    except TokenError:
        return None
    return int(found.counter)


def code_now(secret: str, now: dt.datetime) -> str:
    """Return the six digits that a phone shows, for the demonstration and for tests."""
    return str(TOTP(key=secret, format="base32").generate(time=now).token)


def address(secret: str, account: str, issuer: str) -> str:
    """Return what a square code says to an authenticator app (``otpauth://``)."""
    return str(TOTP(key=secret, format="base32", label=account, issuer=issuer).to_uri())
