"""Make the docxtpl forms of the summaries anew: a page of GB/T 9704-2012, fonts named and never shipped.

A4; margins 37, 28, 26, 35 mm; 22 lines of 28 characters; title 22 pt, body 16 pt; page number 14 pt `— 1 —`, odd
pages right, even pages left. What stands between braces is filled in by patrol/reports/documents.py.
"""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

FOLDER = Path(__file__).resolve().parents[1] / "patrol" / "reports" / "forms"
SONG, HEI, KAI, FANG, BIAO = "宋体", "黑体", "楷体_GB2312", "仿宋_GB2312", "方正小标宋简体"
LINE = Pt(28.95)
COLUMNS = 9


def main() -> None:
    """Write both forms."""
    for name in ("yearly", "campaign"):
        make_form().save(str(FOLDER / f"{name}.docx"))
        print(FOLDER / f"{name}.docx")


def make_form() -> Document:
    """Build one form."""
    document = Document()
    page(document)
    styles(document)
    for tag, style, text in (
        ("for line in lines", "", ""),
        ("if line.level == 0", "Official Title", "{{ line.text }}"),
        ("elif line.level == 1", "Official One", "{{ line.text }}"),
        ("elif line.level == 2", "Official Two", "{{ line.text }}"),
        ("elif loop.last", "Official Last", "{{ line.text }}"),
        ("else", "Official Body", "{{ line.text }}"),
        ("endif", "", ""),
        ("endfor", "", ""),
        ("if notes", "Official Body", ""),
        ("for note in notes", "Official Note", "{{ note }}"),
        ("endfor", "", ""),
        ("endif", "", ""),
    ):
        document.add_paragraph("{%p " + tag + " %}")
        if style:
            document.add_paragraph(text, style=style)
    attached(document)
    together(document.add_paragraph("", style="Official Body"))
    together(document.add_paragraph("{{ signature }}", style="Official Sign"))
    document.add_paragraph("{{ day }}", style="Official Sign")
    annex(document)
    return document


def together(paragraph) -> None:
    """Keep a paragraph on the page of the next: no page carries a signature's day alone (GB/T 9704-2012, 7.3.5.5)."""
    paragraph.paragraph_format.keep_with_next = True


def page(document: Document) -> None:
    """Set paper, margins, grid and page numbers."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        paragraph.paragraph_format.right_indent = paragraph.paragraph_format.left_indent = Pt(14)
        for text in ("— ", None, " —"):
            run = paragraph.add_run(text or "")
            font(run, SONG, 14)
            if text is None:
                number(run)


def number(run) -> None:
    """Put the field of the page number into a run."""
    for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def font(thing, name: str, points: float) -> None:
    """Give a run or style a font for Chinese and Latin text alike."""
    thing.font.name, thing.font.size = name, Pt(points)
    properties = (
        thing._element.get_or_add_rPr() if hasattr(thing._element, "get_or_add_rPr") else thing.element.rPr
    )
    fonts = properties.find(qn("w:rFonts"))
    for attribute in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(attribute), name)


def styles(document: Document) -> None:
    """Make the paragraph styles of the page."""
    for name, face, points, indent, side in (
        ("Official Title", BIAO, 22, 0, WD_ALIGN_PARAGRAPH.CENTER),
        ("Official One", HEI, 16, 32, WD_ALIGN_PARAGRAPH.LEFT),
        ("Official Two", KAI, 16, 32, WD_ALIGN_PARAGRAPH.LEFT),
        ("Official Body", FANG, 16, 32, WD_ALIGN_PARAGRAPH.JUSTIFY),
        ("Official Last", FANG, 16, 32, WD_ALIGN_PARAGRAPH.JUSTIFY),
        ("Official Note", FANG, 12, 24, WD_ALIGN_PARAGRAPH.LEFT),
        ("Official Sign", FANG, 16, 0, WD_ALIGN_PARAGRAPH.RIGHT),
        ("Official Cell", SONG, 10.5, 0, WD_ALIGN_PARAGRAPH.CENTER),
    ):
        style = document.styles.add_style(name, 1)
        style.base_style = document.styles["Normal"]
        font(style, face, points)
        form = style.paragraph_format
        form.alignment, form.first_line_indent = side, Pt(indent)
        form.space_before = form.space_after = Pt(0)
        form.widow_control = False  # a page is filled to its 22nd line
        form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        form.line_spacing = Pt(16) if name == "Official Cell" else Pt(20) if name == "Official Note" else LINE
        if name == "Official Title":
            form.space_after, form.line_spacing = LINE, Pt(34)
        if name == "Official Sign":
            form.right_indent = Pt(64)
        if name == "Official Last":
            form.keep_with_next = True  # the signature never stands on a page without text
        if name == "Official Cell":
            off = OxmlElement("w:snapToGrid")
            off.set(qn("w:val"), "0")
            style.element.get_or_add_pPr().append(off)


def attached(document: Document) -> None:
    """Say below the text what is attached (GB/T 9704-2012, 7.3.4): one line free, two characters in, no full stop."""
    document.add_paragraph("{%p if annex.rows %}")
    together(document.add_paragraph("", style="Official Body"))
    line = document.add_paragraph("附件：{{ annex_title }}", style="Official Body")
    line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Pt(80), Pt(-48)
    line.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
    together(line)
    document.add_paragraph("{%p endif %}")


def annex(document: Document) -> None:
    """Add the table of districts on a page of its own."""
    document.add_paragraph("{%p if annex.rows %}")
    heading = document.add_paragraph("附件", style="Official One")
    heading.paragraph_format.page_break_before = True
    heading.paragraph_format.first_line_indent = Pt(0)
    document.add_paragraph("{{ annex_title }}", style="Official Title")
    table = document.add_table(rows=4, cols=COLUMNS)
    table.style, table.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    for at in range(COLUMNS):
        cell(table.cell(0, at), f"{{{{ annex.heads[{at}] }}}}")
        cell(table.cell(2, at), f"{{{{ row[{at}] }}}}")
    cell(table.cell(1, 0), "{%tr for row in annex.rows %}")
    cell(table.cell(3, 0), "{%tr endfor %}")
    document.add_paragraph("{%p endif %}")


def cell(place, text: str) -> None:
    """Write one cell in the table's type."""
    place.paragraphs[0].text = text
    place.paragraphs[0].style = "Official Cell"


if __name__ == "__main__":
    main()
