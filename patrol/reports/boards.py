"""What the pages of figures show: the dashboard of an area, a campaign's progress, workbooks."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from patrol.core.labels import Label
from patrol.core.spreadsheets import inert
from patrol.reports.computing import (
    areas_below,
    by_path_and_month,
    is_summed_by_day,
    value_of,
    values_by_area,
)
from patrol.reports.domain import Indicator, Period, figure_text
from patrol.reports.registry import BY_CODE
from patrol.territory import Division

#: what the dashboard shows, in this order; each has its own small chart
SHOWN = (
    "clues", "visits", "findings", "actions", "dens_closed", "dispersed", "cases_filed", "events", "leaflets",
    "communities_awarded", "meetings_filed", "joint_meetings",
)  # fmt: skip
CAMPAIGN = (
    "venues_seen",
    "actions",
    "officers",
    "dens_closed",
    "dispersed",
    "cases_filed",
    "cases_transferred",
    "events",
    "joint_meetings",
)


@dataclass(frozen=True)
class Card:
    """One figure of the dashboard with its months (height 0…1 beside the value) and the same days a year before."""

    indicator: Indicator
    value: float
    before: float
    months: list[tuple[Period, float, float]]


@dataclass(frozen=True)
class Board:
    """The dashboard of one area: its figures with their months, and the same figures of each division below."""

    cards: list[Card]
    rows: list[tuple[Division, list[float]]]


def board(session: Session, area: Division, period: Period) -> Board:
    """Compute the dashboard's figures of an area and of the divisions below it, each figure read once for both."""
    months, path = period.months()[-12:], area.scope_path
    below = areas_below(session, path)
    cards, columns = [], []
    for code in SHOWN:
        indicator = BY_CODE[code]
        value, values, districts = _read(
            session, indicator, period, months, path, [d.scope_path for d in below]
        )
        most = max(values) or 1.0
        before = value_of(session, indicator, period.year_before(), path)
        cards.append(
            Card(indicator, value, before, [(m, v, v / most) for m, v in zip(months, values, strict=True)])
        )
        columns.append(districts)
    return Board(cards, [(each, [column[each.scope_path] for column in columns]) for each in below])


def _read(
    session: Session, indicator: Indicator, period: Period, months: list[Period], path: str, below: list[str]
) -> tuple[float, list[float], dict[str, float]]:
    """Return the value of an area, one value a month, and the value of each path below."""
    if is_summed_by_day(indicator):
        found = by_path_and_month(session, indicator, period, months, path)
        whole = [sum(parts) for parts in zip(*found.values(), strict=True)] or [0.0] * (len(months) + 1)
        districts = {
            each: sum(sum(parts) for where, parts in found.items() if where.startswith(each))
            for each in below
        }
        return sum(whole), whole[1:], districts
    values = [value_of(session, indicator, month, path) for month in months]
    summed = indicator.measure == "count" and not indicator.standing and len(months) == len(period.months())
    value = sum(values) if summed else value_of(session, indicator, period, path)
    return value, values, values_by_area(session, indicator, period, below, path)


def district_table(session: Session, area: Division, period: Period) -> list[tuple[Division, list[float]]]:
    """Compute the dashboard's figures for each division below an area."""
    below = areas_below(session, area.scope_path)
    paths = [each.scope_path for each in below]
    columns = [values_by_area(session, BY_CODE[code], period, paths, area.scope_path) for code in SHOWN]
    return [(each, [column[each.scope_path] for column in columns]) for each in below]


def progress(
    session: Session, campaign: Any, area: Division, targets: dict[str, int], today: dt.date
) -> dict[str, Any]:
    """Compute a campaign: reached against target in all and by district, today, and before, during, after."""
    period = Period(campaign.begun_on, campaign.ended_on)
    below, path = areas_below(session, area.scope_path), area.scope_path
    rows = []
    for code in CAMPAIGN:
        indicator = BY_CODE[code]
        districts = values_by_area(session, indicator, period, [d.scope_path for d in below])
        rows.append({
            "indicator": indicator, "value": value_of(session, indicator, period, path),
            "target": targets.get(code), "before": value_of(session, indicator, period.before(), path),
            "after": value_of(session, indicator, period.after(), path) if today > period.until else None,
            "today": value_of(session, indicator, Period(today, today), path),
            "districts": [(d, districts[d.scope_path], targets.get(f"{code}@{d.code}")) for d in below],
        })  # fmt: skip
    left = (period.until - today).days
    return {
        "rows": rows,
        "below": below,
        "period": period,
        "day": (today - period.since).days + 1,
        "left": left,
    }


def brief(campaign: Any, area: Division, rows: list[dict[str, Any]], day: int, today: dt.date) -> Label:
    """Write the daily brief of a campaign: only figures above 0 are told. Before its first day there is none to tell,
    after its last only the whole.
    """
    if day < 1:
        return Label(
            f"【{campaign.title}】尚未开始，{campaign.begun_on.month}月{campaign.begun_on.day}日起。",
            f"[{campaign.title}] has not begun; it begins on {campaign.begun_on}.",
        )
    now, whole = _told(rows, "today"), _told(rows, "value")
    in_all = (
        Label(f"累计{whole.zh}。", f"in all: {whole.en}.")
        if whole.zh
        else Label("累计暂无数据。", "in all: nothing yet.")
    )
    if today > campaign.ended_on:
        ended = campaign.ended_on
        return Label(
            f"【{campaign.title}】已于{ended.month}月{ended.day}日结束，{area.name}{in_all.zh}",
            f"[{campaign.title}] ended on {ended}. {area.name}, {in_all.en}",
        )
    said = (
        Label(f"当日{now.zh}；", f"today: {now.en};")
        if now.zh
        else Label("当日无新增；", "today: nothing new;")
    )
    return Label(
        f"【{campaign.title}】第{day}天（{today.month}月{today.day}日），{area.name}：{said.zh}{in_all.zh}",
        f"[{campaign.title}] Day {day} ({today}), {area.name}, {said.en} {in_all.en}",
    )


def _told(rows: list[dict[str, Any]], key: str) -> Label:
    """List the figures above 0 with their units."""
    above = [(row["indicator"], figure_text(row[key])) for row in rows if row[key]]
    return Label(
        "、".join(f"{each.label.zh}{figure}{each.unit.zh}" for each, figure in above),
        ", ".join(f"{each.label.en} {figure}" for each, figure in above),
    )


def workbook(
    area: Division, period: Period, rows: list[tuple[str, list[float]]], heads: list[str], title: str
) -> bytes:
    """Return a table of figures as an XLSX file, with what it covers in its first line."""
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    sheet = book.active
    sheet.title = title[:30]
    sheet.append([inert(f"{area.name} {period.since} – {period.until}")])
    sheet.append(heads)
    for name, values in rows:
        sheet.append([inert(name), *values])
    for head in (*sheet[1], *sheet[2]):
        head.font = Font(bold=True)
    sheet.column_dimensions["A"].width = 22
    sheet.freeze_panes = "B3"
    out = BytesIO()
    book.save(out)
    return out.getvalue()
