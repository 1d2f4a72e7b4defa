"""The printed sheet of a plan: one page for each team, for the day on which no phone works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import render_template

from patrol.infra.typeset import joined_pdf
from patrol.routes.models import Plan

SHEET = """
@page { size: A4; margin: 14mm 12mm 16mm; font: 7.5pt "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; color: #444;
        @bottom-left { content: string(foot); } @bottom-right { content: counter(page) "/" counter(pages); } }
* { box-sizing: border-box; }
body { margin: 0; color: #000; font: 9.5pt/1.4 "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; }
.foot { string-set: foot content(); height: 0; overflow: hidden; }
h1 { margin: 0 0 1mm; font-size: 15pt; }
.facts { margin: 0 0 3mm; }
.facts span { margin-right: 6mm; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: 1.4mm 1.6mm; border: 0.2mm solid #888; text-align: left; vertical-align: top; }
th { background: #eee; font-size: 8.5pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.no, .time { text-align: center; white-space: nowrap; }
th.no { width: 11mm; }
th.time { width: 15mm; }
th.why { width: 46mm; }
.name { font-weight: bold; }
.small { color: #333; font-size: 8pt; }
.tick { width: 38mm; }
.sign { margin-top: 6mm; }
.sign span { display: inline-block; width: 58mm; border-bottom: 0.2mm solid #000; }
"""


def sheet_pages(plan: Plan, branch: str, route_uid: str = "", **facts: Any) -> list[str]:
    """Return the HTML of each team's page, or of one route's: stops, times, reasons, room for what was found."""
    routes = [route for route in plan.routes if route.stops and route_uid in ("", route.uid)]
    return [
        render_template("routes/sheet.html", plan=plan, branch=branch, routes=[route], **facts)
        for route in routes
    ] or [render_template("routes/sheet.html", plan=plan, branch=branch, routes=[], **facts)]


def sheet_pdf(pages: list[str], told: Callable[[int], None] = lambda done: None) -> bytes:
    """Return the PDF of a plan's pages; ``told`` hears how many teams are set."""
    return joined_pdf(pages, SHEET, told)
