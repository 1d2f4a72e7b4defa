"""What the findings of one batch ask the database, asked once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.findings.queries import finding_exists
from patrol.findings.schemas import FindingIn
from patrol.venues import Venue

_FORESEEN = "findings.foreseen"


@dataclass
class _Foreseen:
    """Numbers that came in this block, and the venue within scope of each that was asked for, ``None`` for no venue."""

    taken: set[str]
    venues: dict[str, Venue | None]


@contextmanager
def foreseen(session: Session, news: Sequence[FindingIn]) -> Iterator[None]:
    """Look up the venues of all ``news`` at the door of the block; within it nothing is asked again.

    Enter it only when nobody else can write: what it found must hold until the end. That a number is taken since
    an earlier batch is the table's to say: its unique key refuses the block's flush, and the caller goes on singly.
    """
    if not news:
        yield
        return
    uids = {new.venue_uid for new in news}
    found = {venue.uid: venue for venue in session.scalars(select(Venue).where(Venue.uid.in_(uids)))}
    session.info[_FORESEEN] = _Foreseen(set(), {uid: found.get(uid) for uid in uids})
    try:
        yield
    finally:
        del session.info[_FORESEEN]


def is_taken(session: Session, uid: str) -> bool:
    """Say whether a finding's number is taken, anywhere; from now on it is."""
    seen: _Foreseen | None = session.info.get(_FORESEEN)
    if seen is None:
        return finding_exists(session, uid)
    taken = uid in seen.taken
    seen.taken.add(uid)
    return taken


def venue_of(session: Session, uid: str) -> Venue | None:
    """Return the venue of a finding, ``None`` when there is none within scope."""
    seen: _Foreseen | None = session.info.get(_FORESEEN)
    if seen is not None and uid in seen.venues:
        return seen.venues[uid]
    return session.scalars(select(Venue).where(Venue.uid == uid)).one_or_none()
