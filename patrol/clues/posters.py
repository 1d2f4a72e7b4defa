"""The poster of a contact point: what to look for, a code that opens the report page, the telephone."""

from __future__ import annotations

import segno
from flask import render_template

from patrol.clues.domain import KIND_LABELS
from patrol.clues.models import ContactPoint
from patrol.infra.typeset import pdf

#: paper -> the sheet's size and the size of its body type
SIZES = {"a4": ("210mm 297mm", 13), "a3": ("297mm 420mm", 18.4)}
_SHEET = """
@page { size: %s; margin: 0; }
* { box-sizing: border-box; }
html { font: %spt/1.5 "Noto Sans CJK SC", "Source Han Sans SC", sans-serif; color: #10233f; }
body { margin: 0; }
.top { background: #0b4a8f; color: #fff; padding: 2.6em 3em 2em; }
.top h1 { margin: 0; font-size: 3.4em; line-height: 1.2; letter-spacing: .04em; }
.top p { margin: .5em 0 0; font-size: 1.35em; }
.main { padding: 2em 3em 0; }
.main h2 { font-size: 1.5em; margin: 0 0 .5em; }
ul { margin: 0 0 1.6em; padding-left: 1.3em; font-size: 1.25em; line-height: 1.75; }
.qr { float: right; width: 15em; margin: 0 0 1em 2em; text-align: center; }
.qr svg { width: 15em; height: 15em; }
.how { font-size: 1.2em; }
.phone { font-size: 2.6em; font-weight: 700; line-height: 1.3; }
.foot { position: absolute; bottom: 0; left: 0; right: 0; padding: 1.2em 3em; background: #eef3fa; }
.urgent { border-left: .4em solid #b3261e; padding: .4em .8em; font-size: 1.2em; font-weight: 700; clear: both; }
"""


def poster(point: ContactPoint, url: str, *, size: str, language: str) -> bytes:
    """Return the PDF of a poster; ``url`` is what its code opens, the community already filled in."""
    paper, type_pt = SIZES[size]
    qr = segno.make(url, error="q", micro=False).svg_inline(border=1, omitsize=True)
    kinds = [
        label.within(language) for code, label in KIND_LABELS.items() if code not in ("other", "confined")
    ]
    page = render_template("clues/poster.html", point=point, qr=qr, kinds=kinds, zh=language == "zh")
    return pdf(page, _SHEET % (paper, type_pt))
