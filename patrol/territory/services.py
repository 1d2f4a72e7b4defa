"""Every change to divisions and grids: retire and make grids, enter divisions, rename, hand to a branch.

A grid is never changed in its shape: it is retired and others take its place, so that what was recorded under it
can always be read as it was. Each deed is an audit entry of the grid.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import MultiPolygon
from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError, problem
from patrol.infra import spatial
from patrol.infra.audit import record
from patrol.infra.db import Principal
from patrol.territory.models import Division, Grid
from patrol.territory.queries import grids_in_scope

GROUND_CHANGED = problem(
    "territory.ground_changed",
    en="Somebody changed these grids since the proposal was made. Nothing was changed; please make it again.",
    zh="方案生成后有人改动过这些网格，未作任何更改，请重新生成方案。",
    status=409,
)
CODE_IN_USE = problem(
    "territory.code_in_use",
    en="The grid code {code} is in use by “{name}”.",
    zh="网格编码{code}已被“{name}”使用。",
    status=409,
)
BAD_CODE = problem(
    "territory.bad_code",
    en="“{code}” is not a code: up to 20 letters, digits and hyphens.",
    zh="“{code}”不是有效编码：仅限20个以内的字母、数字和连字符。",
)
NO_LEVEL_BELOW = problem(
    "territory.no_level_below",
    en="Below “{parent}” ({code}) no further level is kept.",
    zh="“{parent}”（{code}）以下不再设下级区划。",
)
MOVED_DIVISION = problem(
    "territory.moved_division",
    en="The division {code} already exists below another one; its place in the tree cannot be changed by an import.",
    zh="区划{code}已存在于其他上级之下，不能通过导入改变其隶属关系。",
)
LEVELS = ("province", "city", "district", "street", "community")


@dataclass(frozen=True)
class NewGrid:
    """A grid to be made; ``heir_of``: uids of the retired grids whose people and branch it takes over."""

    code: str
    name: str
    shape: MultiPolygon
    division: Division
    agency_id: int | None = None
    heir_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class Redrawn:
    """What came of it: retired grids by uid, and each new grid with the uids it is the heir of."""

    retired: dict[str, Grid]
    made: tuple[tuple[Grid, tuple[str, ...]], ...]


def redraw(
    session: Session,
    actor: Principal,
    new: Sequence[NewGrid],
    retires: Collection[str],
    made_by: str,
    *,
    clock: Clock,
) -> Redrawn:
    """Retire the grids with the uids ``retires`` and make the ``new`` ones in their place.

    Raises :class:`PatrolError` when one of them is no longer in use or a new code belongs to another grid.
    """
    active = {grid.uid: grid for grid in grids_in_scope(session)}
    if not set(retires) <= set(active):
        raise PatrolError(GROUND_CHANGED)
    stay = {grid.code: grid for uid, grid in active.items() if uid not in set(retires)}
    for each in new:
        if each.code in stay:
            raise PatrolError(CODE_IN_USE, code=each.code, name=stay[each.code].name)
    now = clock.now()
    retired = {uid: active[uid] for uid in retires}
    for grid in retired.values():
        grid.retired_at, grid.version = now, grid.version + 1
    made = tuple((_make(session, each, retired, made_by, clock), each.heir_of) for each in new)
    session.flush()
    for grid, heir_of in made:
        detail = {"code": grid.code, "by": made_by, "from": [retired[uid].code for uid in heir_of]}
        record(session, actor, "territory.make_grid", f"grid:{grid.uid}", detail, at=now)
    for uid, grid in retired.items():
        into = [made_grid.code for made_grid, heir_of in made if uid in heir_of]
        record(
            session, actor, "territory.retire_grid", f"grid:{uid}", {"code": grid.code, "into": into}, at=now
        )
    return Redrawn(retired, made)


def _make(session: Session, new: NewGrid, retired: dict[str, Grid], made_by: str, clock: Clock) -> Grid:
    branch = new.agency_id or next((retired[uid].agency_id for uid in new.heir_of), None)
    grid = Grid(
        code=new.code,
        name=new.name,
        division_id=new.division.id,
        scope_path=new.division.scope_path,
        agency_id=branch,
        made_by=made_by,
        geom=spatial.to_geom(new.shape),
        created_at=clock.now(),
    )
    session.add(grid)
    return grid


def change_grid(
    session: Session, actor: Principal, grid: Grid, *, name: str, agency_id: int | None, clock: Clock
) -> None:
    """Rename a grid or hand it to another branch."""
    before: dict[str, Any] = {"name": grid.name, "agency": grid.agency_id}
    grid.name, grid.agency_id = name, agency_id
    after = {"name": name, "agency": agency_id}
    if after != before:
        grid.version += 1
        detail = {"before": before, "after": after}
        record(session, actor, "territory.change_grid", f"grid:{grid.uid}", detail, at=clock.now())


def enter_division(
    session: Session,
    actor: Principal,
    parent: Division,
    code: str,
    name: str,
    shape: MultiPolygon,
    *,
    clock: Clock,
) -> tuple[Division, bool]:
    """Make a division below ``parent``, or give an existing one its name and boundary; say whether it is new."""
    check_code(code)
    known = session.scalars(select(Division).where(Division.code == code)).one_or_none()
    if known is not None and known.parent_id != parent.id and known.id != parent.id:
        raise PatrolError(MOVED_DIVISION, where=code, code=code)
    row = known or Division(
        code=code, level=level_below(parent), parent_id=parent.id, scope_path=f"{parent.scope_path}{code}/"
    )
    row.name, row.geom = name, spatial.to_geom(shape)
    session.add(row)
    session.flush()
    verb = "territory.change_division" if known else "territory.make_division"
    record(session, actor, verb, f"division:{row.uid}", {"code": code, "name": name}, at=clock.now())
    return row, known is None


def level_below(parent: Division) -> str:
    """Return the level of what lies below ``parent``; raises :class:`PatrolError` below a community."""
    place = LEVELS.index(parent.level) if parent.level in LEVELS else len(LEVELS)
    if place + 1 >= len(LEVELS):
        raise PatrolError(NO_LEVEL_BELOW, parent=parent.name, code=parent.code)
    return LEVELS[place + 1]


def check_code(code: str) -> None:
    """Raise :class:`PatrolError` for what cannot be a code: paths and addresses are made of codes."""
    if not 1 <= len(code) <= 20 or not code.isascii() or not code.replace("-", "").isalnum():
        raise PatrolError(BAD_CODE, where=code[:40], code=code[:40])
