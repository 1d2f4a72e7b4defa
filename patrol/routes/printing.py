"""The printed sheet of a plan: one page for each team, for the day on which no phone works."""

from __future__ import annotations

from typing import Any

from flask import render_template

from patrol.routes.models import Plan

SHEET = """
@page { size: A4; margin: 14mm 12mm 16mm; @bottom-left { content: string(foot); font: 7.5pt sans-serif; color: #444; }
        @bottom-right { content: counter(page) "/" counter(pages); font: 7.5pt sans-serif; color: #444; } }
* { box-sizing: border-box; }
body { margin: 0; color: #000; font: 9.5pt/1.4 "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; }
.foot { string-set: foot content(); height: 0; overflow: hidden; }
section { break-after: page; }
section:last-child { break-after: auto; }
h1 { margin: 0 0 1mm; font-size: 15pt; }
.facts { margin: 0 0 3mm; }
.facts span { margin-right: 6mm; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 1.4mm 1.6mm; border: 0.2mm solid #888; text-align: left; vertical-align: top; }
th { background: #eee; font-size: 8.5pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.no, .time { text-align: center; white-space: nowrap; }
.name { font-weight: bold; }
.small { color: #333; font-size: 8pt; }
.tick { width: 38mm; }
.sign { margin-top: 6mm; }
.sign span { display: inline-block; width: 58mm; border-bottom: 0.2mm solid #000; }
"""


def plan_sheet(plan: Plan, branch: str, **facts: Any) -> bytes:
    """Return the PDF of a plan: for each team its stops with times, reasons and room for what was found."""
    page = render_template("routes/sheet.html", plan=plan, branch=branch, **facts)
    from weasyprint import CSS, HTML  # takes 0.4 s, which no start should wait for

    pdf: bytes = HTML(string=page, url_fetcher=_fetch_nothing).write_pdf(stylesheets=[CSS(string=SHEET)])
    return pdf


def _fetch_nothing(url: str, *args: Any, **kwargs: Any) -> Any:
    from weasyprint.urls import URLFetchingError

    raise URLFetchingError(f"the sheet needs no other file: {url}")
