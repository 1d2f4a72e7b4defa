"""A summary as a document: DOCX through its docxtpl form, PDF of the same page, both from rendered lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape
from io import BytesIO
from typing import Any

from patrol.reports.domain import Line, numbered
from patrol.reports.drafting import form_bytes, template_data

#: GB/T 9704-2012 in CSS, 22 lines of 28 characters: a character set 15.79 pt apart from the next, a title of two lines;
#: fonts are named, the reader's machine has them or a relative of theirs
SHEET = """
@page { size: A4; margin: 37mm 26mm 35mm 28mm }
@page :right { @bottom-right { content: "— " counter(page) " —"; font: 14pt SimSun, "Noto Serif CJK SC", serif;
  vertical-align: top; padding-top: 7mm; padding-right: 14pt } }
@page :left { @bottom-left { content: "— " counter(page) " —"; font: 14pt SimSun, "Noto Serif CJK SC", serif;
  vertical-align: top; padding-top: 7mm; padding-left: 14pt } }
body { margin: 0; font: 16pt/28.95pt FangSong_GB2312, FangSong, "Noto Serif CJK SC", "Noto Sans CJK SC", serif;
  letter-spacing: -.21pt; orphans: 1; widows: 1 }
h1 { font: normal 22pt/34pt "FZXiaoBiaoSong-B05S", SimSun, "Noto Serif CJK SC", serif; text-align: center;
  letter-spacing: 0; margin: 0 0 23.9pt }
h2, h3, p { margin: 0; text-indent: 2em; font-size: 16pt; font-weight: normal }
h2 { font-family: SimHei, "Noto Sans CJK SC", sans-serif }
h3 { font-family: KaiTi_GB2312, KaiTi, "Noto Serif CJK SC", serif }
p { text-align: justify }
.note { font-size: 12pt; line-height: 20pt }
.sign { text-align: right; text-indent: 0; padding-right: 4em }
.sign, .attached, .free { break-before: avoid }
.attached { text-indent: -3em; padding-left: 5em; text-align: left }
.annex { page-break-before: always }
.annex p { text-indent: 0; font-family: SimHei, "Noto Sans CJK SC", sans-serif }
table { letter-spacing: 0; border-collapse: collapse; width: 100%;
  font: 10.5pt/16pt SimSun, "Noto Serif CJK SC", serif }
td, th { border: .5pt solid #000; text-align: center; padding: 2pt; font-weight: normal }
"""
_TAGS = {0: "h1", 1: "h2", 2: "h3"}


def day_text(day: dt.date) -> str:
    """Write a date with Arabic digits as documents do.

    >>> day_text(dt.date(2026, 11, 30))
    '2026年11月30日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def signature_indent_em(signature: str, day: str) -> float:
    """Return how far from the right a signature ends so that its middle is that of the day below it.

    The day ends 4 characters from the right (GB/T 9704-2012, 7.3.5.1); a signature too long for that ends at the edge.

    >>> signature_indent_em("武汉市市场监督管理局", "2026年12月1日"), signature_indent_em("办公室", "2026年12月1日")
    (2.25, 5.75)
    """
    widths = [sum(0.5 if each.isascii() else 1.0 for each in text) for text in (signature, day)]
    return max(0.0, 4 + (widths[1] - widths[0]) / 2)


def annex_title(template: str) -> str:
    """Return what a template's annex is called: the same words below the text (附件说明) and above the table."""
    title: str = template_data(template)["annex"]
    return title


def texts_of(lines: Sequence[Line]) -> list[tuple[int, str]]:
    """Return level and numbered text of every line; a paragraph that renders to nothing is left out."""
    kept = [line for line in lines if line.plain.strip("。 ")]
    return [(line.level, number + line.plain) for line, number in zip(kept, numbered(kept), strict=True)]


def as_docx(
    template: str,
    lines: Sequence[Line],
    *,
    signature: str,
    day: dt.date,
    annex: dict[str, Any],
    notes: Sequence[str] = (),
) -> bytes:
    """Fill the form of ``template``; nothing that a person wrote is taken for markup."""
    from docxtpl import DocxTemplate  # takes 0.3 s, which no start should wait for
    from jinja2.sandbox import SandboxedEnvironment

    form = DocxTemplate(BytesIO(form_bytes(template)))
    content = {
        "lines": [{"level": level, "text": text} for level, text in texts_of(lines)],
        "signature": signature, "day": day_text(day), "annex": annex, "notes": list(notes),
        "annex_title": annex_title(template),
    }  # fmt: skip
    form.render(content, jinja_env=SandboxedEnvironment(), autoescape=True)
    _place_signature(form, signature_indent_em(signature, day_text(day)))
    out = BytesIO()
    form.save(out)
    return out.getvalue()


def _place_signature(form: Any, indent_em: float) -> None:
    """Set the line above the day so that both have one middle; a character is 16 pt wide."""
    from docx.shared import Pt

    signed = [each for each in form.docx.paragraphs if each.style.name == "Official Sign"]
    if signed:
        signed[0].paragraph_format.right_indent = Pt(16 * indent_em)


def as_pdf(
    template: str,
    lines: Sequence[Line],
    *,
    signature: str,
    day: dt.date,
    annex: dict[str, Any],
    notes: Sequence[str] = (),
) -> bytes:
    """Set the same page as a PDF."""
    from weasyprint import CSS, HTML  # takes 0.4 s, which no start should wait for

    body = "".join(
        f"<{_TAGS.get(level, 'p')}>{escape(text)}</{_TAGS.get(level, 'p')}>"
        for level, text in texts_of(lines)
    )
    body += "".join(f'<p class="note">{escape(note)}</p>' for note in notes)
    title = escape(annex_title(template))
    indent = signature_indent_em(signature, day_text(day))
    if annex["rows"]:
        body += f'<p class="free">&#160;</p><p class="attached">附件：{title}</p>'
    body += f'<p class="free">&#160;</p><p class="sign" style="padding-right: {indent:g}em">{escape(signature)}</p>'
    body += f'<p class="sign">{day_text(day)}</p>'
    if annex["rows"]:
        heads = "".join(f"<th>{escape(head)}</th>" for head in annex["heads"])
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in annex["rows"]
        )
        body += f'<div class="annex"><p>附件</p><h1>{title}</h1><table><tr>{heads}</tr>{rows}</table></div>'
    pdf: bytes = HTML(string=body, url_fetcher=_fetch_nothing).write_pdf(stylesheets=[CSS(string=SHEET)])
    return pdf


def _fetch_nothing(url: str, *args: Any, **kwargs: Any) -> Any:
    from weasyprint.urls import URLFetchingError

    raise URLFetchingError(f"summaries need no other file: {url}")
