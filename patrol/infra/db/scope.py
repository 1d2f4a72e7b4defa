"""Who is asking, and the one place where every query is bounded by that person's division.

A table that belongs to somewhere carries ``scope_path``, the path of its division in the tree
(``42/4201/420102/``). A session without a :class:`Principal` cannot touch such a table: it raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Select, String, Table, event
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria
from sqlalchemy.sql import visitors

from patrol.core.errors import PatrolError, problem
from patrol.infra.db.base import PatrolSession, db

NOT_FOUND = problem(
    "http.not_found",
    en="There is nothing here, or it is not yours to see.",
    zh="这里没有内容，或不在您的权限范围内。",
    status=404,
)
OUT_OF_SCOPE = problem(
    "scope.outside", en="This lies outside your division.", zh="超出您所辖的区域。", status=404
)

Row = TypeVar("Row")


class ScopeError(RuntimeError):
    """A query on a bounded table without a person, or a write outside the person's division."""


@dataclass(frozen=True)
class Principal:
    """The person asking, as much of it as queries and rules need."""

    person_id: int
    uid: str
    name: str
    scope_path: str
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    agency_id: int | None = None
    language: str = "zh"
    facts: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)

    def may(self, permission: str) -> bool:
        """Say whether one of the person's roles carries ``permission``."""
        return permission in self.permissions


#: compares as bytes on both engines, so that a prefix is a range of the index
ScopePath = String(160).with_variant(String(160, collation="C"), "postgresql")


class Scoped:
    """Mixin of every table whose rows belong to a division."""

    scope_path: Mapped[str] = mapped_column(ScopePath, index=True, sort_order=-10)


def bind_principal(session: Any, principal: Principal | None) -> None:
    """Say for whom ``session`` works from here on."""
    session.info["principal"] = principal


def principal_of(session: Any) -> Principal:
    """Return the person for whom ``session`` works; raises :class:`ScopeError` when there is none."""
    principal: Principal | None = session.info.get("principal")
    if principal is None:
        raise ScopeError("nobody is bound to this session")
    return principal


@contextmanager
def unscoped(session: Any, reason: str) -> Iterator[None]:
    """Lift the bound for the system's own work. ``reason`` says why, to whoever reads the code."""
    if not reason.strip():
        raise ValueError("unscoped work needs a reason")
    before = session.info.get("unscoped")
    session.info["unscoped"] = reason
    try:
        yield
    finally:
        session.info["unscoped"] = before


def within(scope_path: str, bound: str) -> bool:
    """Say whether a path lies in or below ``bound``."""
    return scope_path.startswith(bound)


def path_range(bound: str) -> tuple[str, str]:
    """Return the half-open range of all paths in or below ``bound`` (which ends with a slash, or is empty).

    >>> path_range("42/4201/")
    ('42/4201/', '42/42010')
    """
    return (bound, bound[:-1] + "0") if bound else ("", "\U0010ffff")


def scoped_tables() -> frozenset[str]:
    """Name every table that carries a ``scope_path``."""
    return frozenset(name for name, table in db.metadata.tables.items() if "scope_path" in table.c)


def _bounded_tables(statement: Any) -> set[str]:
    """Name the bounded tables that a statement touches, in sub-selects and joins too."""
    return {
        element.name
        for element in visitors.iterate(statement)
        if isinstance(element, Table) and "scope_path" in element.c
    }


@event.listens_for(PatrolSession, "do_orm_execute")
def bound_every_query(state: ORMExecuteState) -> None:
    """Add the person's division to every ORM statement, or raise where nobody is bound."""
    if state.session.info.get("unscoped") or state.is_column_load:
        return
    principal: Principal | None = state.session.info.get("principal")
    if principal is None:
        names = sorted(_bounded_tables(state.statement))
        if names:
            raise ScopeError(f"query on {', '.join(names)} without a person")
        return
    low, high = path_range(principal.scope_path)
    state.statement = state.statement.options(
        with_loader_criteria(
            Scoped, lambda cls: (cls.scope_path >= low) & (cls.scope_path < high), include_aliases=True
        )
    )


@event.listens_for(PatrolSession, "before_flush")
def bound_every_write(session: Session, context: Any, instances: Any) -> None:
    """Refuse rows outside the person's division, and any write in a reading request."""
    if session.info.get("readonly") and (session.new or session.dirty or session.deleted):
        changed = [
            repr(x) for x in (*session.new, *session.dirty, *session.deleted) if session.is_modified(x)
        ]
        if changed or session.new or session.deleted:
            raise ScopeError("this view writes but did not declare writes=True")
    if session.info.get("unscoped"):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Scoped):
            principal = session.info.get("principal")
            if principal is None:
                raise ScopeError(f"write to {type(row).__name__} without a person")
            if not within(row.scope_path or "", principal.scope_path):
                raise PatrolError(OUT_OF_SCOPE)


def one_or_404(session: Any, statement: Select[Row]) -> Row:
    """Return the one row of ``statement`` within scope, or raise the 404 that also hides what is elsewhere."""
    found: Row | None = session.scalars(statement).unique().one_or_none()
    if found is None:
        raise PatrolError(NOT_FOUND)
    return found
