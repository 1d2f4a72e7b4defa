"""One page of a long list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func
from sqlalchemy.orm import Session

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page, its number from 1, how many pages there are and how many rows in all."""

    rows: list[Row]
    number: int
    pages: int
    total: int


def page_of(session: Session, statement: Select[Row], number: int, size: int = 50) -> Page[Row]:
    """Run ``statement`` for one page; a number beyond the last page gives the last."""
    counted = statement.order_by(None).options().with_only_columns(func.count(), maintain_column_froms=True)
    total = int(session.scalar(counted) or 0)
    pages = max(1, -(-total // size))
    number = min(max(1, number), pages)
    rows = session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Page(list(rows), number, pages, total)


def asked_page(text: Any) -> int:
    """Read a page number as somebody typed it into an address; 1 for anything else.

    >>> asked_page("3"), asked_page("-1"), asked_page("<script>"), asked_page(None)
    (3, 1, 1, 1)
    """
    word = str(text or "")
    return max(1, int(word)) if word.isascii() and word.isdigit() and len(word) < 7 else 1
