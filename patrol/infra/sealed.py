"""Every column that lies sealed under the key ring: rooms name theirs, and a rotation seals all of them anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from patrol.core.errors import PatrolError, problem
from patrol.infra.crypto import Keyring

STILL_NEEDED = problem(
    "crypto.key_still_needed",
    en="{count} sealed fields still need an older key: no key was destroyed. Run the command again.",
    zh="还有{count}个封存字段需要旧密钥，未销毁任何密钥，请重新运行本命令。",
    status=409,
)


@dataclass(frozen=True)
class SealedField:
    """A column of texts made by :meth:`Keyring.seal`, and the place that a row's text is bound to."""

    model: Any
    column: str
    place: Callable[[Any], str]

    @property
    def name(self) -> str:
        """``table.column``, as progress names it."""
        return f"{self.model.__tablename__}.{self.column}"


SEALED: list[SealedField] = []


def sealed_field(model: Any, column: str, place: Callable[[Any], str]) -> None:
    """Remember a sealed column; an empty text in it is nothing sealed."""
    SEALED.append(SealedField(model, column, place))


def left_under_other_keys(session: Session, ring: Keyring) -> int:
    """Return how many sealed texts lie under another key than the current one."""
    return sum(
        int(session.scalar(select(func.count()).select_from(each.model).where(_old(each, ring))) or 0)
        for each in SEALED
    )


def reseal_some(session: Session, ring: Keyring, *, most: int = 500) -> int:
    """Seal up to ``most`` texts anew under the current key, in the caller's transaction; returns how many.

    May be stopped at any time and called again: what is done stays done. A text that a key is missing for, or
    that was altered, raises :class:`PatrolError`, so that its old key is not destroyed.
    """
    done = 0
    for each in SEALED:
        key = inspect(each.model).primary_key
        rows = session.scalars(
            select(each.model).where(_old(each, ring)).order_by(*key).limit(most - done).with_for_update()
        )
        for row in rows.all():
            place = each.place(row)
            setattr(row, each.column, ring.seal(ring.unseal(getattr(row, each.column), place), place))
            done += 1
        if done >= most:
            break
    session.flush()
    return done


def destroy_old_keys(session: Session, ring: Keyring) -> list[int]:
    """Destroy every older key of the ring; returns their versions. What backups hold under them is forgotten there.

    Raises :class:`PatrolError` while a sealed text still needs one of them, and destroys none then.
    """
    if left := left_under_other_keys(session, ring):
        raise PatrolError(STILL_NEEDED, count=left)
    older = [version for version in ring.versions() if version != ring.current()]
    for version in older:
        ring.destroy(version)
    return older


def _old(each: SealedField, ring: Keyring) -> Any:
    column = getattr(each.model, each.column)
    return (column != "") & ~column.startswith(f"k{ring.current()}.", autoescape=True)
