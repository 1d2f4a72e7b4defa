"""Scores as a workbook: ranking and points, the values behind them, and the scheme itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from flask_babel import gettext as _

from patrol.core.spreadsheets import inert
from patrol.infra.i18n import local_time
from patrol.ledgers import say
from patrol.reports.assessment import domain as d
from patrol.reports.assessment.models import AssessmentScheme
from patrol.reports.domain import Period
from patrol.reports.registry import BY_CODE


def scores_workbook(
    scheme: AssessmentScheme,
    items: Sequence[d.Item],
    scores: Sequence[d.Score],
    period: Period,
    now: dt.datetime,
    sha256: str = "",
) -> bytes:
    """Return the XLSX of a scheme's scores, with period, version, hash and moment in its first lines.

    ``sha256`` is that of the announcement, where they were announced.
    """
    from openpyxl import Workbook

    names = [say(BY_CODE[item.indicator].label) for item in items]
    covered = f"{scheme.title} · {_('version %(n)s', n=scheme.number)} · {period.since} – {period.until}"
    stamp = f"{_('Computed at')} {local_time(now)}  {sha256 or scheme.sha256}".strip()
    book = Workbook()
    points = book.active
    points.title = _("Points")
    rows = [
        [s.rank, s.name, s.total, s.possible, s.percent, *(mark.points for mark in s.marks)] for s in scores
    ]
    _fill(
        points, covered, stamp, [_("Rank"), _("Assessed unit"), _("Points"), _("Possible"), "%", *names], rows
    )
    values = book.create_sheet(_("Values"))
    _fill(values, covered, stamp, [_("Rank"), _("Assessed unit"), *names],
          [[s.rank, s.name, *(mark.value for mark in s.marks)] for s in scores])  # fmt: skip
    sheet = book.create_sheet(_("Scheme"))
    heads = [_("Indicator"), _("Definition"), _("Points"), _("How points are given"), _("Target"), _("Points each"),
             _("Days that count"), _("Targets of their own")]  # fmt: skip
    _fill(sheet, covered, stamp, heads, [_item_row(item, scores) for item in items])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _item_row(item: d.Item, scores: Sequence[d.Score]) -> list[Any]:
    indicator, names = BY_CODE[item.indicator], {s.code: s.name for s in scores}
    own = "、".join(f"{names.get(code, code)} {value:g}" for code, value in item.targets.items())
    return [say(indicator.label), say(indicator.definition), item.points, say(d.RULES[item.rule]), item.target,
            item.step, say(d.PERIODS[item.period]), own]  # fmt: skip


def _fill(sheet: Any, covered: str, stamp: str, heads: list[str], rows: list[list[Any]]) -> None:
    from openpyxl.styles import Font

    for line in ([inert(covered)], [stamp], heads, *[[inert(cell) for cell in row] for row in rows]):
        sheet.append(line)
    for head in (*sheet[1], *sheet[3]):
        head.font = Font(bold=True)
    sheet.column_dimensions["B"].width = 24
    sheet.freeze_panes = "C4"
