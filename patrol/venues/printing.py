"""Labels for doors: a QR code that opens the venue on a phone, with name, code and address beside it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import segno
from flask import render_template

from patrol.infra.typeset import pdf

#: A4 with two columns of five labels, 90 × 54 mm each, as sold in sheets
SHEET = """
@page { size: A4; margin: 13mm 12mm; }
* { box-sizing: border-box; }
body { margin: 0; color: #000; font: 10pt/1.35 "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; }
.sheet { width: 186mm; }
.label { float: left; width: 90mm; height: 54mm; margin: 0 1.5mm; padding: 5mm 4mm; overflow: hidden;
         border: 0.2mm dashed #999; page-break-inside: avoid; }
.label .qr { float: left; width: 40mm; height: 40mm; }
.label .qr svg { width: 40mm; height: 40mm; }
.label .said { margin-left: 43mm; }
.label h2 { margin: 0 0 1mm; font-size: 12pt; line-height: 1.25; }
.label p { margin: 0 0 1mm; }
.label .code { font-family: "DejaVu Sans Mono", monospace; font-size: 9pt; }
.label .small { font-size: 7.5pt; color: #333; }
"""


def label_sheet(venues: Iterable[Any], base_url: str) -> bytes:
    """Return the PDF of an A4 sheet with one label for each venue.

    ``venues`` have ``name``, ``code``, ``address`` and ``qr_token``; ``base_url`` is the address of this
    installation as phones reach it.
    """
    labels = [
        {
            "name": venue.name,
            "code": venue.code,
            "address": venue.address,
            "qr": qr_svg(base_url, venue.qr_token),
        }
        for venue in venues
    ]
    page = render_template("venues/labels.html", labels=labels)
    return pdf(page, SHEET)


def qr_svg(base_url: str, token: str) -> str:
    """Return the QR code of a venue's address as SVG; level Q survives a quarter of it being scratched."""
    code = segno.make(f"{base_url.rstrip('/')}/v/{token}", error="q", micro=False)
    drawn: str = code.svg_inline(border=2, omitsize=True)
    return drawn
