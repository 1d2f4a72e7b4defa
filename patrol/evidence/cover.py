"""The cover that a person reads: what is in the export, who recorded it where and when, and how to check it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from flask import render_template

SHEET = """
@page { size: A4; margin: 16mm 15mm; @bottom-center { content: counter(page) " / " counter(pages); font-size: 8pt; } }
* { box-sizing: border-box; }
body { margin: 0; color: #000; font: 9.5pt/1.45 "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; }
h1 { font-size: 16pt; margin: 0 0 2mm; }
h2 { font-size: 12pt; margin: 6mm 0 1mm; border-top: 0.3mm solid #000; padding-top: 2mm; page-break-after: avoid; }
table { width: 100%; border-collapse: collapse; margin: 1mm 0; }
th { text-align: left; width: 42mm; font-weight: normal; color: #444; vertical-align: top; padding: 0.4mm 2mm 0.4mm 0; }
td { vertical-align: top; padding: 0.4mm 0; }
.code { font-family: "DejaVu Sans Mono", monospace; font-size: 7pt; overflow-wrap: anywhere; }
.photos img { height: 38mm; margin: 1mm 2mm 1mm 0; }
.small { font-size: 8pt; color: #333; }
.mark { border: 0.3mm solid #000; padding: 0 2mm; font-weight: bold; }
"""


def cover_pdf(facts: dict[str, Any], records: list[dict[str, Any]], read: Callable[[str], bytes]) -> bytes:
    """Return the PDF of an export's cover, Chinese beside English.

    ``read`` returns the bytes of a file of the archive; only display copies are shown, never an original.
    """
    shown = [
        {**record, "pictures": [_picture(read(name)) for name in record["copies"][:4]]} for record in records
    ]
    page = render_template("evidence/cover.html", facts=facts, records=shown)
    from weasyprint import CSS, HTML  # takes 0.4 s, which no start should wait for

    pdf: bytes = HTML(string=page, url_fetcher=_only_data).write_pdf(stylesheets=[CSS(string=SHEET)])
    return pdf


def _picture(data: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(data).decode()


def _only_data(url: str, *args: Any, **kwargs: Any) -> Any:
    from weasyprint.urls import URLFetcher, URLFetchingError

    if not url.startswith("data:image/jpeg;base64,"):
        raise URLFetchingError("a cover loads nothing from anywhere")
    return URLFetcher()(url, *args, **kwargs)
