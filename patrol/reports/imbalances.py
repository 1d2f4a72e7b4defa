"""Stated problems: what is out of balance among the districts of an area, as findings in words."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.prevention import DirectSeller, SellerCount, Statement
from patrol.reports.computing import areas_below, values_by_area
from patrol.reports.domain import Imbalance, Period
from patrol.reports.registry import BY_CODE
from patrol.territory import Division


def imbalances(session: Session, period: Period, path: str) -> list[Imbalance]:
    """Return every stated problem of the districts below ``path``; an area without districts has none."""
    areas = areas_below(session, path)
    found = [
        _meetings_no_action(session, period, areas),
        _sellers_unknown(session, period, areas),
        _without(session, period, areas, "communities_new", "no_new_community",
                 "本期没有新命名的无传销社区（村）", "no community was newly awarded in this period"),
        _without(session, period, areas, "events", "no_event", "本期未开展宣传活动", "no publicity event was held"),
        _without_statement(session, period, areas),
    ]  # fmt: skip
    return [each for each in found if each is not None]


def _told(code: str, areas: list[Division], zh: str, en: str) -> Imbalance | None:
    if not areas:
        return None
    names = tuple(area.name for area in areas)
    return Imbalance(code, names, f"{'、'.join(names)}{zh}", f"{', '.join(names)}: {en}")


def _meetings_no_action(session: Session, period: Period, areas: list[Division]) -> Imbalance | None:
    paths = [area.scope_path for area in areas]
    met = values_by_area(session, BY_CODE["joint_meetings"], period, paths)
    acted = values_by_area(session, BY_CODE["actions"], period, paths)
    idle = [area for area in areas if met[area.scope_path] and not acted[area.scope_path]]
    counts = {met[area.scope_path] for area in idle}
    times = f"{int(counts.pop())}次" if len(counts) == 1 else ""
    return _told(
        "meetings_no_action",
        idle,
        f"只召开{times}会议，未开展执法行动",
        "meetings were held, but no action was taken",
    )


def _sellers_unknown(session: Session, period: Period, areas: list[Division]) -> Imbalance | None:
    known = set(
        session.scalars(
            select(SellerCount.scope_path).where(
                SellerCount.counted_on <= period.until, SellerCount.withdrawn_at.is_(None)
            )
        )
    ) | set(
        session.scalars(
            select(DirectSeller.scope_path).where(
                DirectSeller.since <= period.until, DirectSeller.withdrawn_at.is_(None)
            )
        )
    )
    unknown = [area for area in areas if not any(path.startswith(area.scope_path) for path in known)]
    return _told(
        "sellers_unknown",
        unknown,
        "对辖区内直销企业底数不清",
        "the number of direct-selling companies is not known",
    )


def _without(
    session: Session, period: Period, areas: list[Division], indicator: str, code: str, zh: str, en: str
) -> Imbalance | None:
    values = values_by_area(session, BY_CODE[indicator], period, [area.scope_path for area in areas])
    return _told(code, [area for area in areas if not values[area.scope_path]], zh, en)


def _without_statement(session: Session, period: Period, areas: list[Division]) -> Imbalance | None:
    signed = set(
        session.scalars(
            select(Statement.scope_path).where(
                Statement.year == period.until.year, Statement.withdrawn_at.is_(None)
            )
        )
    )
    missing = [area for area in areas if not any(path.startswith(area.scope_path) for path in signed)]
    return _told(
        "no_statement",
        missing,
        f"尚未签订{period.until.year}年度责任状",
        "no responsibility statement was signed",
    )
