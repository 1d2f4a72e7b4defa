"""What guards signing in: lockout, one-time codes for a password, and sign-ins that are over when signed out."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from typing import Any

from flask_security import hash_password, verify_password
from sqlalchemy import delete, select

from patrol.accounts.models import EndedSignIn, PasswordCode, Person, SignInFailure
from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.db import Principal, unscoped

MOST_FAILURES = 5
LOCKED_FOR = dt.timedelta(minutes=15)
CODE_LIVES = dt.timedelta(minutes=15)
SHORTEST = 10
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CODE_LENGTH = 24
#: what guessers try first
_COMMON = {
    "password",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyuiop",
    "administrator",
    "woaini1314",
    "aa123456",
}

BAD_CODE = problem(
    "accounts.bad_code",
    en="Account name or code is wrong, or the code is older than 15 minutes or was used. Ask for a new one.",
    zh="账号或一次性口令不正确，或口令已超过15分钟、已使用，请重新申请。",
    status=403,
)
TOO_SHORT = problem(
    "accounts.password_short",
    en="A password needs at least {least} characters.",
    zh="密码至少需要{least}个字符。",
)
TOO_COMMON = problem(
    "accounts.password_common",
    en="This password is among those that guessers try first, or is the account name. Choose another.",
    zh="该密码过于常见或与账号相同，请另选一个。",
)
NOT_SAME = problem("accounts.password_not_same", en="The two passwords differ.", zh="两次输入的密码不一致。")
LOCKED = problem(
    "accounts.locked",
    en="Too many failed attempts. This account name is locked for 15 minutes; nothing on the phone was lost.",
    zh="连续登录失败次数过多，该账号已锁定15分钟。手机上的内容没有丢失。",
    status=429,
)


WRONG_PASSWORD = problem(
    "accounts.wrong_password", en="The password is wrong.", zh="密码不正确。", status=422
)


def sha256_of(text: str) -> str:
    """Return the SHA-256 of a secret or a name, as it is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


def name_key(username: str) -> str:
    """Return under what failures of an account name are counted; case and blanks do not matter."""
    return sha256_of(f"sign-in:{username.strip().casefold()}")


def is_locked(session: Any, username: str, *, clock: Clock) -> bool:
    """Say whether an account name is locked, whether or not there is such an account."""
    until = session.scalar(
        select(SignInFailure.locked_until).where(SignInFailure.name_sha256 == name_key(username))
    )
    return until is not None and until > clock.now()


def note_failure(session: Any, username: str, *, clock: Clock) -> None:
    """Count a failed attempt; the fifth within 15 minutes locks the name and is an audit entry."""
    now, key = clock.now(), name_key(username)
    row = session.get(SignInFailure, key)
    if row is None:
        row = SignInFailure(name_sha256=key, count=0, last_at=now)
        session.add(row)
    row.count = row.count + 1 if now - row.last_at <= LOCKED_FOR else 1
    row.last_at = now
    if row.count >= MOST_FAILURES:
        row.count, row.locked_until = 0, now + LOCKED_FOR
        record(session, None, "accounts.lock", f"account-name:{key[:16]}", at=now)


def forget_failures(session: Any, username: str) -> None:
    """Start counting anew after a good sign-in."""
    session.execute(delete(SignInFailure).where(SignInFailure.name_sha256 == name_key(username)))


def check_password_again(session: Any, actor: Principal, password: str, *, clock: Clock) -> bool | None:
    """Say whether somebody signed in knows their password: the second factor of what is guarded most.

    ``None`` while the account is locked. A wrong one counts like a failed sign-in; the caller commits that too.
    """
    person = session.get(Person, actor.person_id)
    if person is None or is_locked(session, person.username, clock=clock):
        return None
    if person.password and verify_password(password, person.password):
        forget_failures(session, person.username)
        return True
    note_failure(session, person.username, clock=clock)
    record(session, actor, "accounts.wrong_password_again", f"person:{person.uid}", at=clock.now())
    return False


def give_code(session: Any, actor: Principal, person: Person, *, clock: Clock) -> str:
    """Make the one code with which ``person`` may choose a password; the old password and all sessions end.

    Returns: 24 characters of Crockford's base 32 (120 bits) in groups of four, to be handed over in person.
    """
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    person.password, person.fs_uniquifier = None, secrets.token_hex(32)
    session.execute(delete(PasswordCode).where(PasswordCode.person_id == person.id))
    session.add(
        PasswordCode(person_id=person.id, sha256=sha256_of(code), expires_at=clock.now() + CODE_LIVES)
    )
    record(session, actor, "accounts.give_code", f"person:{person.uid}", at=clock.now())
    return "-".join(code[at : at + 4] for at in range(0, _CODE_LENGTH, 4))


def choose_password(
    session: Any, username: str, code: str, password: str, again: str, *, clock: Clock
) -> None:
    """Set a password by a one-time code; raises :class:`PatrolError` with every fault of the password at once."""
    _check_password(username, password, again)
    with unscoped(session, "the code itself is the permission"):
        person = session.scalars(
            select(Person).where(Person.username == username.strip(), Person.active.is_(True))
        ).one_or_none()
        row = session.get(PasswordCode, person.id) if person else None
        given = sha256_of(plain_code(code))
        good = row is not None and hmac.compare_digest(row.sha256, given) and row.expires_at > clock.now()
        if person is None or not good:
            raise PatrolError(BAD_CODE, where="code")
        person.password, person.fs_uniquifier = hash_password(password), secrets.token_hex(32)
        session.delete(row)
        forget_failures(session, username)
        record(session, None, "accounts.choose_password", f"person:{person.uid}", at=clock.now())
        session.flush()


def plain_code(code: str) -> str:
    """Read a code as people write it: lower case, hyphens and blanks, O for 0 and I or L for 1."""
    plain = "".join(each for each in code.upper() if each.isalnum())
    return plain.translate(str.maketrans("OIL", "011"))


def _check_password(username: str, password: str, again: str) -> None:
    faults = Faults()
    if len(password) < SHORTEST:
        faults.add(TOO_SHORT, where="password", least=SHORTEST)
    if password.casefold() in _COMMON | {username.strip().casefold()} or len(set(password)) < 4:
        faults.add(TOO_COMMON, where="password")
    if password != again:
        faults.add(NOT_SAME, where="again")
    faults.raise_if_any()


def end_sign_in(session: Any, secret: str) -> None:
    """Remember that a sign-in is over, so that a copy of its cookie is worth nothing."""
    key = sha256_of(secret)
    if session.get(EndedSignIn, key) is None:
        session.add(EndedSignIn(sha256=key))


def has_ended(session: Any, secret: str) -> bool:
    """Say whether a sign-in was signed out."""
    return (
        session.scalar(select(EndedSignIn.sha256).where(EndedSignIn.sha256 == sha256_of(secret))) is not None
    )


def forget_ended(session: Any, before: dt.datetime) -> None:
    """Forget ended sign-ins whose cookies have expired anyway."""
    session.execute(delete(EndedSignIn).where(EndedSignIn.ended_at < before))
