"""Enter, look up, reveal, list with two persons, destroy keys, change the ring's key. Each leaves an audit entry."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock, china_date
from patrol.core.errors import Faults, PatrolError
from patrol.core.identifiers import identity_region_is_known, read_identity_number
from patrol.core.ids import Rng, new_uid
from patrol.enforcement.models import Action
from patrol.enforcement.register import domain as d
from patrol.enforcement.register.models import GuardedPerson, ListRequest
from patrol.infra import audit
from patrol.infra.crypto import Keyring
from patrol.infra.db import Principal
from patrol.infra.sealed import sealed_field

FIELDS = ("name", "identity", "note")
sealed_field(GuardedPerson, "sealed_key", lambda person: _key_place(person.uid))


def enter_person(
    session: Session,
    actor: Principal,
    action: Action,
    given: Mapping[str, str],
    ring: Keyring,
    *,
    clock: Clock,
    rng: Rng,
) -> GuardedPerson:
    """Enter a person met in an action; raises :class:`PatrolError` with every fault at once."""
    faults, number, now = Faults(), "", clock.now()
    role, name = given.get("role", ""), given.get("name", "").strip()[:40]
    if action.withdrawn_at is not None:
        raise PatrolError(d.WITHDRAWN)
    if role not in d.ROLES:
        faults.add(d.NO_ROLE, where="role")
    if not name:
        faults.add(d.NO_NAME, where="name")
    number = _read_number(given.get("identity", ""), faults, china_date(now))
    faults.raise_if_any()
    index = ring.blind_index(number, "guarded_person")
    if session.scalar(
        select(GuardedPerson.id).where(
            GuardedPerson.action_id == action.id, GuardedPerson.identity_index == index
        )
    ):
        raise PatrolError(d.TWICE, where="identity")
    uid, key, today = new_uid(clock, rng), secrets.token_bytes(32), china_date(now)
    row = GuardedPerson(
        uid=uid, scope_path=action.scope_path, action_id=action.id, role=role, recorded_at=now,
        recorded_by_id=actor.person_id, identity_index=index,
        sealed_key=ring.seal(base64.b64encode(key).decode(), _key_place(uid)),
        sealed_name=_seal(key, name, uid, "name"), sealed_identity=_seal(key, number, uid, "identity"),
        sealed_note=_seal(key, given.get("note", "").strip()[:400], uid, "note"),
        expires_on=today + dt.timedelta(days=365 * d.KEEP_YEARS[role]),
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, actor, "register.enter", uid, {"action": action.number, "role": role}, at=now)
    return row


def reveal(
    session: Session, actor: Principal, person: GuardedPerson, purpose: str, ring: Keyring, *, clock: Clock
) -> dict[str, str]:
    """Return a person's fields in clear, after purpose and person are on record. The caller checked a second factor
    and commits before it shows anything.
    """
    if len(purpose.strip()) < 4:
        raise PatrolError(d.NO_PURPOSE, where="purpose")
    fields = opened(person, ring)
    detail = {"purpose": purpose.strip()[:200]}
    audit.record(session, actor, "register.reveal", person.uid, detail, at=clock.now())
    return fields


def opened(person: GuardedPerson, ring: Keyring) -> dict[str, str]:
    """Open the fields of an entry; raises :class:`PatrolError` once its key was destroyed."""
    if person.shredded_at is not None or not person.sealed_key:
        raise PatrolError(d.SHREDDED)
    key = base64.b64decode(ring.unseal(person.sealed_key, _key_place(person.uid)))
    return {name: _open(key, getattr(person, f"sealed_{name}"), person.uid, name) for name in FIELDS}


def masked(person: GuardedPerson, ring: Keyring) -> dict[str, str]:
    """Return what may stand on a page without a reveal: family name, region and last four."""
    if person.shredded_at is not None:
        return {"name": "—", "identity": "—"}
    fields = opened(person, ring)
    return {"name": d.masked_name(fields["name"]), "identity": d.masked_number(fields["identity"])}


def read_asked(number: str, purpose: str, *, clock: Clock) -> str:
    """Return the identity number of a look-up as it is sealed; raises :class:`PatrolError` with every fault at once."""
    faults = Faults()
    if len(purpose.strip()) < 4:
        faults.add(d.NO_PURPOSE, where="purpose")
    read = _read_number(number, faults, china_date(clock.now()))
    faults.raise_if_any()
    return read


def look_up(
    session: Session, actor: Principal, number: str, purpose: str, ring: Keyring, *, clock: Clock
) -> list[GuardedPerson]:
    """Find the entries of exactly this identity number within the actor's division; there is no other search."""
    read = read_asked(number, purpose, clock=clock)
    index = ring.blind_index(read, "guarded_person")
    found = list(session.scalars(select(GuardedPerson).where(GuardedPerson.identity_index == index)))
    detail = {"purpose": purpose.strip()[:200], "found": len(found)}
    audit.record(session, actor, "register.look_up", "guarded_person", detail, at=clock.now())
    return found


def ask_for_list(
    session: Session, actor: Principal, action: Action, purpose: str, *, clock: Clock
) -> ListRequest:
    """Ask a second person for the masked list of an action."""
    if len(purpose.strip()) < 4:
        raise PatrolError(d.NO_PURPOSE, where="purpose")
    row = ListRequest(action_id=action.id, scope_path=action.scope_path, purpose=purpose.strip()[:200],
                      asked_at=clock.now(), asked_by_id=actor.person_id)  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, actor, "register.ask", row.uid, {"action": action.number}, at=clock.now())
    return row


def approve_list(session: Session, actor: Principal, request: ListRequest, *, clock: Clock) -> ListRequest:
    """Approve a list that somebody else asked for."""
    if actor.person_id == request.asked_by_id:
        raise PatrolError(d.OWN_REQUEST)
    if request.approved_at is not None:
        raise PatrolError(d.DECIDED)
    request.approved_at, request.approved_by_id = clock.now(), actor.person_id
    audit.record(session, actor, "register.approve", request.uid, {}, at=clock.now())
    session.flush()
    return request


def approved_list(
    session: Session, actor: Principal, request: ListRequest, *, clock: Clock
) -> list[GuardedPerson]:
    """Return the entries of an approved request, to the one who asked and within its day."""
    late = request.approved_at is None or clock.now() - request.approved_at > dt.timedelta(hours=d.LIST_HOURS)
    if late or actor.person_id != request.asked_by_id:
        raise PatrolError(d.NOT_APPROVED)
    audit.record(session, actor, "register.list", request.uid, {"purpose": request.purpose}, at=clock.now())
    statement = select(GuardedPerson).where(GuardedPerson.action_id == request.action_id)
    return list(session.scalars(statement.order_by(GuardedPerson.id)))


def shred_expired(session: Session, actor: Principal | None, *, clock: Clock) -> int:
    """Destroy the key, the index and the fields of every entry whose term is over; returns how many. Idempotent.

    A backup made before still holds the sealed fields, and, sealed under the ring, their key: to forget them there
    too the ring is rotated and its old key destroyed once no living entry needs it.
    """
    now = clock.now()
    due = select(GuardedPerson).where(
        GuardedPerson.expires_on < china_date(now), GuardedPerson.shredded_at.is_(None)
    )
    rows: list[GuardedPerson] = list(session.scalars(due))
    for person in rows:
        shred(session, actor, person, "", clock=clock)
    return len(rows)


def shred(
    session: Session, actor: Principal | None, person: GuardedPerson, reason: str, *, clock: Clock
) -> None:
    """Destroy one entry's key, index and fields; what remains says that there was an entry, and when it ended."""
    person.sealed_key = person.sealed_name = person.sealed_identity = person.sealed_note = ""
    person.identity_index, person.shredded_at = "", clock.now()
    detail = {"reason": reason.strip()[:200]} if reason else {}
    audit.record(session, actor, "register.shred", person.uid, detail, at=clock.now())
    session.flush()


def forget(session: Session, actor: Principal, person: GuardedPerson, reason: str, *, clock: Clock) -> None:
    """Destroy an entry before its term, because it is wrong or its subject has a right to it; for a reason."""
    if len(reason.strip()) < 4:
        raise PatrolError(d.NO_PURPOSE, where="purpose")
    if person.shredded_at is not None:
        raise PatrolError(d.SHREDDED)
    shred(session, actor, person, reason, clock=clock)


def _key_place(uid: str) -> str:
    return f"guarded_person|key|{uid}"


def _read_number(typed: str, faults: Faults, today: dt.date) -> str:
    """Read an identity number by GB 11643 with a known region and a day of birth that has been; "" with a fault."""
    try:
        number = read_identity_number(typed)
    except PatrolError as error:
        faults.add(error.faults[0].problem, where="identity")
        return ""
    if not identity_region_is_known(number):
        faults.add(d.REGION, where="identity")
    if number[6:14] > f"{today:%Y%m%d}":
        faults.add(d.UNBORN, where="identity")
    return number


def _seal(key: bytes, text: str, uid: str, field: str) -> str:
    nonce = secrets.token_bytes(12)
    return base64.b64encode(
        nonce + AESGCM(key).encrypt(nonce, text.encode(), f"{uid}|{field}".encode())
    ).decode()


def _open(key: bytes, sealed: str, uid: str, field: str) -> str:
    raw = base64.b64decode(sealed)
    return AESGCM(key).decrypt(raw[:12], raw[12:], f"{uid}|{field}".encode()).decode()
