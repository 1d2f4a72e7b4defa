"""The certificate of an awarded community as a PDF of one page."""

from __future__ import annotations

import datetime as dt
from html import escape
from typing import Any

from patrol.infra.typeset import pdf

SHEET = """
@page { size: A4 landscape; margin: 14mm }
body { font-family: "Noto Serif CJK SC", "Noto Sans CJK SC", SimSun, serif; text-align: center; color: #222 }
.frame { border: 1.2mm double #a4161a; padding: 20mm 24mm; height: 138mm }
h1 { font-size: 40pt; letter-spacing: .3em; margin: 4mm 0 12mm; color: #a4161a }
p { font-size: 19pt; line-height: 1.9; margin: 0 }
.to { font-size: 24pt; font-weight: bold }
.foot { margin-top: 14mm; font-size: 15pt; display: flex; justify-content: space-between }
"""


def certificate_pdf(community: Any, kind: str, bureau: str) -> bytes:
    """Return the certificate of a community; ``kind`` is what it is called, ``bureau`` who awards it."""
    day: dt.date = community.awarded_on
    page = (
        f'<div class="frame"><h1>命名证书</h1><p class="to">{escape(community.title)}</p>'
        f"<p>经申报、创建并随机抽样验收合格，命名为</p><p class='to'>“{escape(kind)}”</p>"
        f'<div class="foot"><span>编号：{escape(community.certificate or community.number)}</span>'
        f"<span>{escape(bureau)}<br>{day.year}年{day.month}月{day.day}日</span></div></div>"
    )
    return pdf(page, SHEET)
