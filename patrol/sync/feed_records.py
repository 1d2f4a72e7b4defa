"""The records that the feed carries: which kinds, who may have them, and the whitelist of their fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from patrol.findings import Finding
from patrol.territory import Grid
from patrol.venues import Venue, hours_text, kind_label


@dataclass(frozen=True)
class Kind:
    """A kind of record: its table, the permission to read it, which rows count, and its fields on the wire."""

    model: Any
    permission: str
    alive: Any
    fields: Callable[[Any], dict[str, Any]]
    options: tuple[Any, ...] = ()


def _venue(venue: Any) -> dict[str, Any]:
    return {
        "uid": venue.uid, "scope_path": venue.scope_path, "version": venue.version, "code": venue.code,
        "name": venue.name, "kind": venue.kind, "kind_name": str(kind_label(venue.kind)),
        "address": venue.address,
        "lon": round(venue.lon, 6), "lat": round(venue.lat, 6), "owner_name": venue.owner_name,
        "capacity": venue.capacity, "opening_hours": hours_text(venue.opening_hours), "note": venue.note,
        "revisit_interval_days": venue.revisit_interval_days, "qr_token": venue.qr_token,
    }  # fmt: skip


def _finding(finding: Any) -> dict[str, Any]:
    return {
        "uid": finding.uid, "scope_path": finding.scope_path, "venue_uid": finding.venue.uid,
        "kind": finding.kind, "found_at": finding.found_at.isoformat(), "is_clue": finding.is_clue,
        "text": finding.text, "sha256": finding.entry_sha256,
    }  # fmt: skip


def _grid(grid: Any) -> dict[str, Any]:
    return {"uid": grid.uid, "scope_path": grid.scope_path, "code": grid.code, "name": grid.name}


KINDS: dict[str, Kind] = {
    "grid": Kind(Grid, "territory.read", Grid.retired_at.is_(None), _grid),
    "venue": Kind(Venue, "venues.read", Venue.state == "open", _venue),
    "finding": Kind(
        Finding, "findings.read", Finding.withdrawn_at.is_(None), _finding, (joinedload(Finding.venue),)
    ),
}


def page_of_records(
    session: Session, kind: str, after_id: int, most: int
) -> list[tuple[int, dict[str, Any]]]:
    """Return up to ``most`` living records of a kind within scope after an inner number, in its order."""
    of = KINDS[kind]
    rows = session.scalars(
        select(of.model)
        .where(of.model.id > after_id, of.alive)
        .options(*of.options)
        .order_by(of.model.id)
        .limit(most)
    ).unique()
    return [(row.id, of.fields(row)) for row in rows]


def records_of(session: Session, kind: str, uids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the living records of a kind within scope, by uid; what is gone or elsewhere is missing."""
    of = KINDS[kind]
    rows = session.scalars(
        select(of.model).where(of.model.uid.in_(list(uids)), of.alive).options(*of.options)
    )
    return {row.uid: of.fields(row) for row in rows.unique()}
