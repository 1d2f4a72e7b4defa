"""From checked rows to venues: prepared outside of the write, inserted inside one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.datum import Datum
from patrol.core.errors import PatrolError
from patrol.core.ids import Rng
from patrol.infra.db import OUT_OF_SCOPE, Principal, within
from patrol.venues import queries
from patrol.venues.domain import VenueFacts, VenueKind, read_facts
from patrol.venues.domain.facts import TEXT_LIMITS
from patrol.venues.importing import problems as p
from patrol.venues.importing.checks import Progress
from patrol.venues.importing.services import default_kind_of, finish
from patrol.venues.models import OTHER_NUMBERS, ImportRow, Venue, VenueImport
from patrol.venues.placing import Placer
from patrol.venues.services import new_row

_BATCH = 1000


def wanted_rows(session: Session, import_id: int) -> list[ImportRow]:
    """Return the rows that become records: the good ones and those decided to be new, in their order."""
    statement = select(ImportRow).where(
        ImportRow.import_id == import_id,
        (ImportRow.state == "ok") | ((ImportRow.state == "twin") & (ImportRow.decision == "new")),
    ).order_by(ImportRow.number)  # fmt: skip
    return list(session.scalars(statement))


def same_rows(session: Session, import_id: int) -> list[ImportRow]:
    """Return the rows that a person said are a place already known, here or further up in the file."""
    statement = select(ImportRow).where(
        ImportRow.import_id == import_id, ImportRow.state == "twin", ImportRow.decision == "same"
    ).order_by(ImportRow.number)  # fmt: skip
    return list(session.scalars(statement))


def prepare_venues(
    session: Session,
    actor: Principal,
    row: VenueImport,
    placer: Placer,
    *,
    progress: Progress,
    clock: Clock,
    rng: Rng,
) -> list[dict[str, Any]]:
    """Turn the wanted rows into venues, ready for one bulk insert; changes nothing.

    A row that is the same as an earlier one leaves its number in the source register with that one, so that
    records which name it still find the venue. Raises :class:`PatrolError` when there is nothing to store or
    a venue would leave the actor's division.
    """
    kind, datum = default_kind_of(row), Datum(row.datum)
    wanted = wanted_rows(session, row.id)
    if not wanted:
        raise PatrolError(p.NOTHING)
    facts = [_facts(each, datum, kind) for each in wanted]
    places = placer.places(np.array([f.lon for f in facts]), np.array([f.lat for f in facts]))
    if any(not within(place.scope_path, actor.scope_path) for place in places):
        raise PatrolError(OUT_OF_SCOPE)
    numbers = _numbers_by_row(same_rows(session, row.id))
    made = []
    for done, (source, each, place) in enumerate(zip(wanted, facts, places, strict=True)):
        if done % 500 == 0:
            progress(done, 2 * len(facts), "正在准备场所", "Preparing the venues")
        venue = new_row(each, place, each.code, clock=clock, rng=rng)
        venue["features"] = with_numbers(venue["features"], each.external_id, numbers.get(source.number, ()))
        made.append({**venue, "import_id": row.id, "prefix": place.division_code})
    return made


def _facts(row: ImportRow, datum: Datum, kind: VenueKind | None) -> VenueFacts:
    facts = read_facts(row.data["given"], datum, default_kind=kind)
    features = row.data.get("features") or {}
    return facts if not features else VenueFacts(**{**vars(facts), "features": features})


def _number(row: ImportRow) -> str:
    return str(row.data["given"].get("external_id", "")).strip()[: TEXT_LIMITS["external_id"]]


def _numbers_by_row(same: Sequence[ImportRow]) -> dict[int, list[str]]:
    """Collect the source numbers of rows that are the same as an earlier one, by the first of their chain."""
    earlier = {each.number: int(each.data["of_row"]) for each in same if each.data.get("of_row")}
    found: dict[int, list[str]] = {}
    for each in same:
        root = each.number
        while root in earlier:
            root = earlier[root]
        found.setdefault(root, []).append(_number(each))
    return found


def with_numbers(features: Mapping[str, Any], own: str, others: Iterable[str]) -> dict[str, Any]:
    """Return features that remember further numbers of the same place in the source register."""
    known = list(features.get(OTHER_NUMBERS, ()))
    added = [number for number in dict.fromkeys(others) if number and number != own and number not in known]
    return {**features, **({OTHER_NUMBERS: [*known, *added]} if known or added else {})}


def store_venues(
    session: Session,
    actor: Principal,
    row: VenueImport,
    venues: Sequence[dict[str, Any]],
    *,
    progress: Progress,
    clock: Clock,
) -> int:
    """Insert prepared venues and finish the import, in the caller's one transaction; returns how many.

    Codes are given here, where nobody else can be giving the same ones.
    """
    numbered = _numbered(session, venues)
    for start in range(0, len(numbered), _BATCH):
        progress(len(venues) + start, 2 * len(venues), f"正在入库第{start}条", f"Storing venue {start}")
        session.execute(insert(Venue), numbered[start : start + _BATCH])
    filled = fill_known(session, row)
    finish(session, actor, row, {"stored": len(venues), "filled": filled}, clock=clock)
    return len(venues)


def _numbered(session: Session, venues: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    following: dict[str, int] = {}
    numbered = []
    for venue in venues:
        columns = {name: value for name, value in venue.items() if name != "prefix"}
        if not columns["code"]:
            prefix = str(venue["prefix"])
            following[prefix] = following.get(prefix) or queries.next_code(session, prefix)
            columns["code"] = f"{prefix}-{following[prefix]:06d}"
            following[prefix] += 1
        numbered.append(columns)
    return numbered


def fill_known(session: Session, row: VenueImport) -> int:
    """Give venues that a row was decided to be the facts they lack: the register's own word always wins."""
    same: dict[int, list[ImportRow]] = {}
    for each in same_rows(session, row.id):
        if each.duplicate_of_id is not None:
            same.setdefault(each.duplicate_of_id, []).append(each)
    filled = 0
    ids = sorted(same)
    for start in range(0, len(ids), 500):
        for venue in session.scalars(select(Venue).where(Venue.id.in_(ids[start : start + 500]))):
            filled += _fill(venue, same[venue.id])
    return filled


def _fill(venue: Venue, rows: Sequence[ImportRow]) -> int:
    filled = 0
    for row in rows:
        for name in ("external_id", "owner_name", "owner_phone", "address"):
            text = " ".join(str(row.data["given"].get(name, "")).split())
            if text and not getattr(venue, name):
                setattr(venue, name, text[: TEXT_LIMITS[name]])
                filled += 1
    venue.features = with_numbers(venue.features, venue.external_id, map(_number, rows))
    return filled
