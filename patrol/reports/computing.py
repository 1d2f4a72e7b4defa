"""Computes any indicator for any period and area, within the reader's scope, and opens it to its records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, case, func, literal_column, select
from sqlalchemy.orm import Session

from patrol.clues import Sighting
from patrol.core.clock import CHINA
from patrol.findings import Finding
from patrol.ledgers import LEDGERS
from patrol.patrols import Visit
from patrol.prevention import covered_ids
from patrol.reports.domain import Condition, Indicator, Period
from patrol.territory import Division

#: the measure of what prevention reached: units of the tree, counted from several ledgers at once
COVERED = "covered"


@dataclass(frozen=True)
class Source:
    """Where records of an indicator lie, how one is called, and the address it opens at (before its uid).

    Records that can be withdrawn have ``withdrawn_at``: those that were do not count.
    """

    model: Any
    title: str
    address: str


def source_of(code: str) -> Source:
    """Return the table behind a source's code."""
    if code in LEDGERS:
        ledger = LEDGERS[code]
        return Source(ledger.model, ledger.title, f"/{code}/")
    return {
        "sightings": Source(Sighting, "address", "/sightings/"),
        "findings": Source(Finding, "text", "/findings/"),
        "visits": Source(Visit, "outcome", ""),
        "coverage": Source(Division, "name", "/prevention/coverage/"),
    }[code]


def instants(period: Period) -> tuple[dt.datetime, dt.datetime]:
    """Return the half-open span of instants of a period's days in China."""
    first = dt.datetime.combine(period.since, dt.time(), tzinfo=CHINA)
    return first, dt.datetime.combine(period.until + dt.timedelta(days=1), dt.time(), tzinfo=CHINA)


def _holds(model: Any, condition: Condition, period: Period) -> ColumnElement[bool]:
    column = getattr(model, condition.column)
    found: ColumnElement[bool]
    if condition.op == "by_end":
        found = column <= period.until
    elif condition.op == "not_by_end":
        found = column.is_(None) | (column > period.until)
    elif condition.op == "in":
        found = column.in_(condition.value)
    elif condition.op == "true":
        found = column.is_(True)
    elif condition.op == "null":
        found = column.is_(None)
    else:
        found = column == condition.value
    return found


def conditions(indicator: Indicator, period: Period, path: str = "") -> list[ColumnElement[bool]]:
    """Return what bounds the records of an indicator: its own conditions, the period, the area, no withdrawn ones."""
    source = source_of(indicator.source)
    model = source.model
    found = [_holds(model, condition, period) for condition in indicator.where]
    if not indicator.standing:
        column = getattr(model, indicator.day)
        if isinstance(column.type, Date):
            found += [column >= period.since, column <= period.until]
        else:
            first, last = instants(period)
            found += [column >= first, column < last]
    if hasattr(model, "withdrawn_at"):
        found.append(model.withdrawn_at.is_(None))
    if path:
        found += [model.scope_path >= path, model.scope_path < path[:-1] + "0"]
    return found


def _measure(indicator: Indicator, model: Any) -> Any:
    kind, _, column = indicator.measure.partition(":")
    if kind == "sum":
        return func.coalesce(func.sum(getattr(model, column)), 0)
    if kind == "distinct":
        return func.count(func.distinct(getattr(model, column)))
    return func.count()  # of rows: counting a column would send PostgreSQL to the table for each


def value_of(session: Session, indicator: Indicator, period: Period, path: str = "") -> float:
    """Compute one figure for the records in scope that lie in or below ``path`` (empty: the whole scope)."""
    if indicator.measure == COVERED:
        return float(len(covered_ids(session, period.since, period.until, path)))
    model = source_of(indicator.source).model
    bounds = conditions(indicator, period, _narrower(session, path))
    statement = select(_measure(indicator, model)).select_from(model).where(*bounds)
    return float(session.scalar(statement) or 0) / indicator.divide


def _narrower(session: Session, path: str) -> str:
    """Return an area, or nothing where the session is bounded by it anyway.

    Said twice, the same bound makes SQLite believe that few rows are left, and it walks all years instead of one.
    """
    bound = session.info.get("principal")
    return "" if bound is not None and bound.scope_path == path and not session.info.get("unscoped") else path


def values_by_area(
    session: Session, indicator: Indicator, period: Period, areas: Iterable[str], path: str = ""
) -> dict[str, float]:
    """Compute one figure for several areas (paths) in one query; distinct counts ask once for each area."""
    wanted = list(areas)
    if indicator.measure == COVERED:
        reached = [where for _key, where in covered_ids(session, period.since, period.until, path)]
        return {area: float(sum(where.startswith(area) for where in reached)) for area in wanted}
    if indicator.measure.startswith("distinct"):
        return {area: value_of(session, indicator, period, area) for area in wanted}
    model = source_of(indicator.source).model
    statement = (
        select(model.scope_path, _measure(indicator, model))
        .where(*conditions(indicator, period, _narrower(session, path)))
        .group_by(model.scope_path)
    )
    found = dict.fromkeys(wanted, 0.0)
    for scope, value in session.execute(statement):
        for area in wanted:
            if scope.startswith(area):
                found[area] += float(value or 0) / indicator.divide
    return found


def is_summed_by_day(indicator: Indicator) -> bool:
    """Say whether a figure is a sum or count over days of a ledger: its months add up, in one query for all."""
    column = getattr(source_of(indicator.source).model, indicator.day) if indicator.day else None
    summed = indicator.measure == "count" or indicator.measure.startswith("sum")
    return summed and not indicator.standing and column is not None and isinstance(column.type, Date)


def by_path_and_month(
    session: Session, indicator: Indicator, period: Period, months: list[Period], path: str
) -> dict[str, list[float]]:
    """Compute a figure that is summed by day for each division path and month: path → what lies before the first
    month of ``months``, then one value a month. One row a path and month comes from the database, not one a day.
    """
    model = source_of(indicator.source).model
    column = getattr(model, indicator.day)
    bounds = [(column < months[0].since, 0)]
    bounds += [(column <= month.until, at) for at, month in enumerate(months[:-1], start=1)]
    statement = (
        select(model.scope_path, case(*bounds, else_=len(months)).label("bucket"), _measure(indicator, model))
        .where(*conditions(indicator, period, _narrower(session, path)))
        .group_by(model.scope_path, literal_column("bucket"))
    )
    found: dict[str, list[float]] = {}
    for scope, bucket, value in session.execute(statement):
        found.setdefault(scope, [0.0] * (len(months) + 1))[bucket] += float(value or 0) / indicator.divide
    return found


def records_of(session: Session, indicator: Indicator, period: Period, path: str = "") -> Select[Any]:
    """Return the records behind a figure, newest first; the communities reached in the order of their codes."""
    if indicator.measure == COVERED:
        keys = [key for key, _path in covered_ids(session, period.since, period.until, path)]
        return select(Division).where(Division.id.in_(keys)).order_by(Division.scope_path)
    model = source_of(indicator.source).model
    return (
        select(model)
        .where(*conditions(indicator, period, path))
        .order_by(getattr(model, indicator.day).desc(), model.id.desc())
    )


def areas_below(session: Session, path: str) -> list[Division]:
    """Return the divisions directly below ``path`` that are in scope, in the order of their codes."""
    statement = select(Division).where(
        Division.scope_path >= path,
        Division.scope_path < path[:-1] + "0" if path else Division.scope_path != "",
    )
    rows = [
        each for each in session.scalars(statement.order_by(Division.scope_path)) if each.scope_path != path
    ]
    least = min((each.scope_path.count("/") for each in rows), default=0)
    return [each for each in rows if each.scope_path.count("/") == least]
