"""The page of a summary: where its signature stands."""

import datetime as dt
import io

import pytest
from docx import Document
from docx.shared import Pt

from patrol.reports.documents import as_docx
from patrol.reports.domain import Line, Segment

DAY = dt.date(2026, 12, 1)
LINES = [Line(0, "总结", (Segment("总结"),)), Line(3, "正文", (Segment("正文"),))]


@pytest.mark.parametrize("template", ["yearly", "campaign"])
@pytest.mark.parametrize(("signature", "characters"), [
    ("武汉市市场监督管理局", 2.25), ("办公室", 5.75), ("武汉市打击传销工作联席会议办公室", 0), ("", 7.25),
])  # fmt: skip
def test_a_signature_has_its_middle_over_the_day_which_ends_four_characters_from_the_right(
    template, signature, characters
):
    content = as_docx(template, LINES, signature=signature, day=DAY, annex={"heads": [], "rows": []})
    said, day = [p for p in Document(io.BytesIO(content)).paragraphs if p.style.name == "Official Sign"]
    assert (said.text, day.text) == (signature, "2026年12月1日")
    assert said.paragraph_format.right_indent == Pt(16 * characters)
    assert day.paragraph_format.right_indent is None
    assert day.style.paragraph_format.right_indent == Pt(16 * 4)
