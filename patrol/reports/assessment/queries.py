"""SELECTs on schemes, the units they assess, and their scores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.accounts import Agency, AgencyKind
from patrol.core.errors import PatrolError
from patrol.infra.db import NOT_FOUND, one_or_404, principal_of, unscoped
from patrol.reports.assessment.domain import Item, Score, ranked, score_unit
from patrol.reports.assessment.models import AssessmentScheme
from patrol.reports.computing import areas_below, values_by_area
from patrol.reports.domain import Period
from patrol.reports.registry import BY_CODE
from patrol.territory import Division


def schemes(session: Session) -> Sequence[AssessmentScheme]:
    """Return the schemes in scope that were not dropped: what is in force first, then the newest."""
    return session.scalars(
        select(AssessmentScheme)
        .where(AssessmentScheme.state != "dropped")
        .order_by(
            AssessmentScheme.state != "published",
            AssessmentScheme.updated_at.desc(),
            AssessmentScheme.id.desc(),
        )
        .limit(200)
    ).all()


def scheme_by_uid(session: Session, uid: str) -> AssessmentScheme:
    """Return one version of a scheme within scope, or raise the 404."""
    return one_or_404(session, select(AssessmentScheme).where(AssessmentScheme.uid == uid))


def schemes_above(session: Session) -> Sequence[AssessmentScheme]:
    """Return the schemes in force by which the reader's own area is assessed from above, the nearest first."""
    own = principal_of(session).scope_path
    with unscoped(session, "whoever is assessed reads the scheme"):
        found = session.scalars(select(AssessmentScheme).where(AssessmentScheme.state == "published")).all()
    above = [each for each in found if own.startswith(each.scope_path) and own != each.scope_path]
    return sorted(above, key=lambda each: (-len(each.scope_path), -each.id))


def is_above(session: Session, scheme: AssessmentScheme) -> bool:
    """Say whether a scheme belongs to an area above the reader's own: read, not changed."""
    own = principal_of(session).scope_path
    return own != scheme.scope_path and own.startswith(scheme.scope_path)


def scheme_to_read(session: Session, uid: str) -> AssessmentScheme:
    """Return a version of a scheme within scope, or one that was published by an area above; else the 404."""
    with unscoped(session, "whoever is assessed reads the scheme"):
        found = session.scalars(select(AssessmentScheme).where(AssessmentScheme.uid == uid)).first()
    if found is not None and found.scope_path.startswith(principal_of(session).scope_path):
        return found
    if found is None or not is_above(session, found) or found.state not in {"published", "replaced"}:
        raise PatrolError(NOT_FOUND)
    return found


def versions_of(session: Session, scheme: AssessmentScheme) -> Sequence[AssessmentScheme]:
    """Return every version of a scheme, the newest first."""
    return session.scalars(
        select(AssessmentScheme)
        .where(AssessmentScheme.family == scheme.family)
        .order_by(AssessmentScheme.number.desc())
    ).all()


def last_number(session: Session, family: str) -> int:
    """Return the highest version number of a scheme."""
    return (
        session.scalar(select(func.max(AssessmentScheme.number)).where(AssessmentScheme.family == family))
        or 0
    )


def items_of(scheme: AssessmentScheme) -> list[Item]:
    """Return the items of a scheme."""
    return [Item.of(each) for each in scheme.items]


def units_of(session: Session, units: str, path: str) -> list[tuple[str, str, str]]:
    """Return (code, name, path) of what is assessed in an area: the divisions below, or those that have branches.

    A branch's records are those of its division; branches of the same division are told by one line.
    """
    below = [(each.code, each.name, each.scope_path) for each in areas_below(session, path)]
    if units != "branches":
        return below
    rows = session.execute(
        select(Division.code, Agency.name, Division.scope_path)
        .join(Division, Division.id == Agency.division_id)
        .where(Agency.kind == AgencyKind.BRANCH.value, Division.scope_path.startswith(path, autoescape=True))
        .order_by(Division.scope_path, Agency.id)
    )
    named: dict[tuple[str, str], list[str]] = {}
    for code, name, where in rows:
        named.setdefault((code, where), []).append(name)
    return [(code, "、".join(names), where) for (code, where), names in named.items()]


def days_of(item: Item, period: Period) -> Period:
    """Return the days that count for an item when ``period`` is assessed."""
    if item.period == "year":
        return Period(dt.date(period.until.year, 1, 1), period.until)
    return period


def known_items(scheme: AssessmentScheme) -> list[Item]:
    """Return the items whose indicator the program (still) knows; the others are asked of nobody."""
    return [item for item in items_of(scheme) if item.indicator in BY_CODE]


def scores(session: Session, scheme: AssessmentScheme, period: Period) -> list[Score]:
    """Score every unit of a scheme for a period, the best first; one query for each different figure."""
    items, units = known_items(scheme), units_of(session, scheme.units, scheme.scope_path)
    paths = [path for _code, _name, path in units]
    found: dict[tuple[str, Period], dict[str, float]] = {}
    for item in items:
        key = (item.indicator, days_of(item, period))
        if key not in found:
            found[key] = values_by_area(session, BY_CODE[item.indicator], key[1], paths, scheme.scope_path)
    return ranked(
        [
            score_unit(items, [found[i.indicator, days_of(i, period)][path] for i in items], code, name, path)
            for code, name, path in units
        ]
    )
