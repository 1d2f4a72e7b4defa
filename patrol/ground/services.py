"""Asking for a proposal, having it made, applying or dropping it: one verb each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from shapely.geometry import MultiPolygon
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from patrol.accounts import inherit_duties
from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.ground import problems as p
from patrol.ground import proposals, queries
from patrol.ground.following import venues_follow
from patrol.ground.models import GroundDraft
from patrol.infra.audit import record
from patrol.infra.db import Principal, one_or_404
from patrol.territory import (
    GROUND_CHANGED,
    Division,
    NewGrid,
    division_by_uid,
    enter_division,
    grid_by_uid,
    redraw,
)

Progress = Callable[..., None]
#: kinds whose proposal speaks for the whole division: every present grid of it is replaced
WHOLE = ("streets", "hexagons")
MADE_BY = {"streets": "street", "hexagons": "hexagon", "grids": "import", "split": "split", "merge": "merge"}


def ask(
    session: Session, actor: Principal, kind: str, division: Division, params: dict[str, Any], *, clock: Clock
) -> GroundDraft:
    """Keep the wish for a proposal; a job makes it."""
    draft = GroundDraft(
        kind=kind, division_id=division.id, scope_path=division.scope_path, person_id=actor.person_id,
        params=params, created_at=clock.now(),
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def keep(draft: GroundDraft, proposal: proposals.Proposal) -> None:
    """Keep a proposal for somebody to look at."""
    draft.content, draft.state = proposal.as_content(), "ready"


def make(
    session: Session, draft: GroundDraft, data_dir: Path, progress: Progress, *, seed: int
) -> proposals.Proposal:
    """Make the proposal that a draft asks for: from streets, of hexagons, a split or a merge. Only reads."""
    params, rng = draft.params, np.random.default_rng(seed)
    division = _division(session, draft)
    progress(1, 3, "正在划分", "Drawing grids")
    if draft.kind == "streets":
        made = proposals.from_streets(
            session,
            division,
            data_dir,
            per_grid=params.get("per_grid", 60),
            count=params.get("count"),
            rng=rng,
        )
    elif draft.kind == "hexagons":
        made = proposals.from_hexagons(session, division, edge_m=params["edge_m"])
    elif draft.kind == "merge":
        made, _largest = proposals.from_merge(session, params["grids"])
    else:
        made = _split(session, division, params, data_dir, rng)
    progress(2, 3, "正在保存方案", "Keeping the proposal")
    return made


def _split(
    session: Session, division: Division, params: dict[str, Any], data_dir: Path, rng: np.random.Generator
) -> proposals.Proposal:
    grid = grid_by_uid(session, params["grid"])
    if "line" in params:
        line = [(float(lon), float(lat)) for lon, lat in params["line"]]
        return proposals.from_split_line(session, grid, division, line)
    return proposals.from_split_evenly(session, grid, division, int(params["parts"]), data_dir, rng)


def apply(session: Session, actor: Principal, draft: GroundDraft, progress: Progress, *, clock: Clock) -> int:
    """Do what a proposal says, all of it or nothing; return how many venues lie in another grid than before.

    Raises :class:`PatrolError` when the ground was changed since the proposal was made.
    """
    _ready(draft)
    division = _division(session, draft)
    progress(0, 3, "正在更新网格", "Redrawing")
    if draft.kind == "divisions":
        _enter_divisions(session, actor, draft, clock)
    else:
        _redraw(session, actor, draft, division, clock)
    progress(1, 3, "正在重新归属场所", "Placing the venues")
    moved = venues_follow(session, division)
    draft.state = "applied"
    detail = {
        "kind": draft.kind,
        "division": division.code,
        "cells": len(draft.content["features"]),
        "moved": moved,
    }
    record(session, actor, "ground.apply", f"draft:{draft.uid}", detail, at=clock.now())
    progress(3, 3, "完成", "Done")
    return moved


def _redraw(session: Session, actor: Principal, draft: GroundDraft, division: Division, clock: Clock) -> None:
    retires = list(draft.content["retires"])
    whole = draft.kind in WHOLE or bool(draft.params.get("replace"))
    if whole and {grid.uid for grid in queries.grids_below(session, division.scope_path)} != set(retires):
        raise PatrolError(GROUND_CHANGED)
    homes: dict[str, Division] = {}
    new = [
        NewGrid(
            cell.code, cell.name, cell.shape,
            homes.setdefault(cell.division_uid, division_by_uid(session, cell.division_uid)), heir_of=cell.heir_of,
        )
        for cell in proposals.cells_of(draft.content)
    ]  # fmt: skip
    redrawn = redraw(session, actor, new, retires, MADE_BY[draft.kind], clock=clock)
    heirs = [
        (grid.id, [redrawn.retired[uid].id for uid in heir_of]) for grid, heir_of in redrawn.made if heir_of
    ]
    inherit_duties(session, heirs, clock=clock)


def _enter_divisions(session: Session, actor: Principal, draft: GroundDraft, clock: Clock) -> None:
    for cell in proposals.cells_of(draft.content):
        parent = division_by_uid(session, cell.division_uid)
        shape: MultiPolygon = cell.shape
        enter_division(session, actor, parent, cell.code, cell.name, shape, clock=clock)


def drop(session: Session, actor: Principal, draft: GroundDraft, *, clock: Clock) -> None:
    """Give a proposal up; nothing on the ground changes."""
    if draft.state in ("applied", "dropped"):
        raise PatrolError(p.DRAFT_OVER)
    draft.state, draft.content = "dropped", {}
    record(session, actor, "ground.drop", f"draft:{draft.uid}", {"kind": draft.kind}, at=clock.now())


def _ready(draft: GroundDraft) -> None:
    if draft.state in ("applied", "dropped"):
        raise PatrolError(p.DRAFT_OVER)
    if draft.state != "ready":
        raise PatrolError(p.NOT_READY)


def _division(session: Session, draft: GroundDraft) -> Division:
    return one_or_404(
        session, select(Division).where(Division.id == draft.division_id).options(undefer(Division.geom))
    )
