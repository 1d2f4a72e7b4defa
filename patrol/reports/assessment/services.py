"""Changes to schemes: begin, copy, edit, publish, begin a new version, drop. What was published is never changed."""

from __future__ import annotations

import math
import tomllib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.ledgers import CHANGED_MEANWHILE
from patrol.reports.assessment import domain as d
from patrol.reports.assessment import queries
from patrol.reports.assessment.models import AssessmentScheme
from patrol.reports.registry import BY_CODE
from patrol.territory import Division


def shipped() -> dict[str, Any]:
    """Return the scheme that is shipped: titles, units and items as data."""
    from importlib.resources import files

    return tomllib.loads((files("patrol.reports") / "assessment" / "default.toml").read_text("utf-8"))


def shipped_items() -> list[d.Item]:
    """Return the items of the shipped scheme."""
    return [d.Item(**{**each, "areas": ()}) for each in shipped()["items"]]


def begin_scheme(
    session: Session,
    actor: Principal | None,
    title: str,
    area: Division | None,
    units: str,
    items: Sequence[d.Item],
    *,
    clock: Clock,
    uid: str = "",
) -> AssessmentScheme:
    """Begin a draft; raises :class:`PatrolError` with every fault. ``uid`` is given by the demonstration."""
    faults = Faults()
    if not title.strip():
        faults.add(d.NO_TITLE, where="title")
    if area is None:
        faults.add(d.NO_AREA, where="division")
    faults.raise_if_any()
    if area is None:
        raise ValueError("faults were raised before")
    return _added(session, actor, "assessment.begin", clock, uid, title=title.strip()[:120], division_id=area.id,
                  scope_path=area.scope_path, units=units if units in d.UNITS else "divisions",
                  items=[item.as_data() for item in items])  # fmt: skip


def copy_scheme(
    session: Session, actor: Principal, scheme: AssessmentScheme, *, clock: Clock, title: str = ""
) -> AssessmentScheme:
    """Begin a scheme of its own with the same items."""
    return _added(session, actor, "assessment.copy", clock, "", title=(title or scheme.title)[:120], note=scheme.note,
                  division_id=scheme.division_id, scope_path=scheme.scope_path, units=scheme.units,
                  items=list(scheme.items))  # fmt: skip


def new_version(
    session: Session, actor: Principal, scheme: AssessmentScheme, *, clock: Clock
) -> AssessmentScheme:
    """Begin the next version of a scheme as a draft; raises :class:`PatrolError` where there is one already."""
    for other in queries.versions_of(session, scheme):
        if other.state == "draft":
            raise PatrolError(d.HAS_DRAFT, title=other.title, number=other.number)
    return _added(session, actor, "assessment.version", clock, "", title=scheme.title, note=scheme.note,
                  division_id=scheme.division_id, scope_path=scheme.scope_path, units=scheme.units,
                  items=list(scheme.items), family=scheme.family,
                  number=queries.last_number(session, scheme.family) + 1)  # fmt: skip


def _added(
    session: Session, actor: Principal | None, verb: str, clock: Clock, uid: str, **columns: Any
) -> AssessmentScheme:
    own = uid or str(uuid.uuid4())
    row = AssessmentScheme(
        **{"family": own, **columns}, uid=own, created_at=clock.now(), updated_at=clock.now(),
        created_by_id=actor.person_id if actor else None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    audit.record(session, actor, verb, row.uid, {"title": row.title, "number": row.number}, at=clock.now())
    return row


def edit_scheme(
    session: Session,
    actor: Principal,
    scheme: AssessmentScheme,
    given: Mapping[str, str],
    areas: Mapping[str, Sequence[str]],
    *,
    clock: Clock,
) -> AssessmentScheme:
    """Replace what a draft says with a form; ``areas`` are the codes ticked in each row. Tells every fault at once."""
    if scheme.state != "draft":
        raise PatrolError(d.IS_PUBLISHED)
    faults = Faults()
    title, units = given.get("title", "").strip(), given.get("units", scheme.units)
    if not title:
        faults.add(d.NO_TITLE, where="title")
    codes = {code for code, _n, _p in queries.units_of(session, units, scheme.scope_path)}
    items = read_items(given, areas, codes, faults)
    faults.raise_if_any()
    if given.get("version", "") != str(scheme.version):
        raise PatrolError(CHANGED_MEANWHILE)
    scheme.title, scheme.note = title[:120], given.get("note", "").strip()[:2000]
    scheme.units = units if units in d.UNITS else "divisions"
    scheme.items, scheme.version = [item.as_data() for item in items], scheme.version + 1
    scheme.updated_at = clock.now()
    session.flush()
    detail = {"version": scheme.version, "items": len(items)}
    audit.record(session, actor, "assessment.edit", scheme.uid, detail, at=clock.now())
    return scheme


def publish_scheme(
    session: Session, actor: Principal | None, scheme: AssessmentScheme, *, clock: Clock
) -> AssessmentScheme:
    """Freeze a draft under its hash; the version in force until now is replaced."""
    if scheme.state != "draft":
        raise PatrolError(d.NOT_A_DRAFT)
    if not scheme.items:
        raise PatrolError(d.NO_ITEMS)
    for other in queries.versions_of(session, scheme):
        if other.state == "published":
            other.state = "replaced"
    scheme.state, scheme.published_at = "published", clock.now()
    scheme.published_by = actor.name[:40] if actor else ""
    scheme.sha256 = d.scheme_hash(scheme.title, scheme.units, queries.items_of(scheme))
    scheme.version, scheme.updated_at = scheme.version + 1, clock.now()
    session.flush()
    detail = {"number": scheme.number, "sha256": scheme.sha256}
    audit.record(session, actor, "assessment.publish", scheme.uid, detail, at=clock.now())
    return scheme


def drop_scheme(
    session: Session, actor: Principal, scheme: AssessmentScheme, *, clock: Clock
) -> AssessmentScheme:
    """Take a draft out of the list."""
    if scheme.state != "draft":
        raise PatrolError(d.IS_PUBLISHED)
    scheme.state, scheme.updated_at = "dropped", clock.now()
    session.flush()
    audit.record(session, actor, "assessment.drop", scheme.uid, {"number": scheme.number}, at=clock.now())
    return scheme


def read_items(
    given: Mapping[str, str], areas: Mapping[str, Sequence[str]], codes: set[str], faults: Faults
) -> list[d.Item]:
    """Read the rows ``indicator_0``, ``points_0`` … of a form; rows where nothing was chosen or typed are left out."""
    rows = sorted({int(name[10:]) for name in given if name.startswith("indicator_") and name[10:].isdigit()})
    found = [_read_item(given, row, areas.get(f"area_{row}", ()), codes, faults) for row in rows]
    items = [item for item in found if item is not None]
    if not items and not faults.found:
        faults.add(d.NO_ITEMS, where="indicator_0")
    if len(items) > d.MOST_ITEMS:
        faults.add(d.TOO_MANY, most=d.MOST_ITEMS, count=len(items))
    return items


def _read_item(
    given: Mapping[str, str], row: int, areas: Sequence[str], codes: set[str], faults: Faults
) -> d.Item | None:
    said = {
        name: given.get(f"{name}_{row}", "").strip()
        for name in ("indicator", "points", "rule", "target", "step")
    }
    if not said["indicator"] and not said["points"]:
        return None
    shown, period = row + 1, given.get(f"period_{row}", "assessed")
    if said["indicator"] not in BY_CODE:
        faults.add(d.NO_INDICATOR, where=f"indicator_{row}", row=shown, text=said["indicator"][:40])
    if said["rule"] not in d.RULES:
        faults.add(d.NO_RULE, where=f"rule_{row}", row=shown)
    if period not in d.PERIODS:
        faults.add(d.BAD_PERIOD, where=f"period_{row}", row=shown)
    points, target, step = number(said["points"]), number(said["target"] or "0"), number(said["step"] or "0")
    if points is None or not 0 < points <= 1000:
        faults.add(d.BAD_POINTS, where=f"points_{row}", row=shown, text=said["points"][:40])
    if target is None or (said["rule"] in d.NEEDS_TARGET and target <= 0):
        needed = d.NO_TARGET if said["rule"] in d.NEEDS_TARGET else d.BAD_TARGET
        faults.add(needed, where=f"target_{row}", row=shown, text=said["target"][:40])
    if step is None or (said["rule"] in d.NEEDS_STEP and step <= 0):
        faults.add(d.NO_STEP, where=f"step_{row}", row=shown, text=said["step"][:40])
    own = _own_targets(given, row, codes, faults)
    return d.Item(said["indicator"], points or 0.0, said["rule"], target or 0.0, step or 0.0, period, own,
                  tuple(code for code in areas if code in codes))  # fmt: skip


def _own_targets(given: Mapping[str, str], row: int, codes: set[str], faults: Faults) -> dict[str, float]:
    found = {}
    for code in sorted(codes):
        text = given.get(f"target_{row}@{code}", "").strip()
        if not text:
            continue
        value = number(text)
        if value is None:
            faults.add(d.BAD_TARGET, where=f"target_{row}@{code}", row=row + 1, text=text[:40])
        else:
            found[code] = value
    return found


def number(text: str) -> float | None:
    """Read a number of at least 0 as people type it, at most two decimals kept; ``None`` for anything else.

    >>> number("12"), number("0.5"), number("１２"), number("-1"), number("nan"), number("many")
    (12.0, 0.5, 12.0, None, None, None)
    """
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    return round(value, 2) if math.isfinite(value) and 0 <= value < 1e9 else None
