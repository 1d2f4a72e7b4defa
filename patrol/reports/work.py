"""Long work of reports: a summary or an edition as a document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app

from patrol.core.clock import SystemClock, china_date
from patrol.infra.db import db
from patrol.infra.files import require_space
from patrol.infra.jobs import JobContext, job
from patrol.reports import queries
from patrol.reports.documents import as_docx, as_pdf
from patrol.reports.domain import Line, Period, Segment, figure_text
from patrol.reports.registry import BY_CODE
from patrol.reports.rendering import Figures, annex, render

CLOCK = SystemClock()
KINDS = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def document_path(job_uid: str, kind: str) -> Path:
    """Return where a document made by a job lies."""
    folder: Path = current_app.config["SETTINGS"].DATA_DIR / "documents"
    return folder / f"{job_uid}.{kind}"


@job("reports.document")
def make_document(context: JobContext) -> dict[str, Any]:
    """Set a draft (with its figures of now) or a frozen edition (as it was frozen) as DOCX or PDF."""
    require_space(current_app.config["SETTINGS"])
    session, kind = db.session(), context.params["kind"]
    context.progress(0, 3, "正在计算数字", "Computing the figures")
    if context.params.get("edition"):
        edition = queries.edition_by_uid(session, context.params["edition"])
        content, day = edition.content, china_date(edition.frozen_at)
        template, signature, table = content["template"], content["signature"], content["annex"]
        lines = lines_of(content)
        notes = restatements(content["restated"])
    else:
        summary = queries.summary_by_uid(session, context.params["summary"])
        figures = Figures(session, summary.scope_path, Period(summary.since, summary.until))
        template, signature, day = summary.template, summary.signature, china_date(CLOCK.now())
        lines, table, notes = render(summary.text, figures), annex(figures), []
    context.progress(1, 3, "正在排版", "Setting the page")
    made = as_docx if kind == "docx" else as_pdf
    document = made(template, lines, signature=signature, day=day, annex=table, notes=notes)
    path = document_path(context.uid, kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(document)
    unfinished.replace(path)
    context.progress(3, 3, "完成", "Done")
    return {"result_url": f"/summaries/files/{context.uid}", "size": len(document), "kind": kind}


def lines_of(content: dict[str, Any]) -> list[Line]:
    """Return the lines of a frozen edition."""
    return [
        Line(each["level"], "", tuple(Segment(**s) for s in each["segments"])) for each in content["lines"]
    ]


def restatements(restated: list[list[Any]]) -> list[str]:
    """Say in Chinese which figures differ from the edition before."""
    return [
        f"注：{BY_CODE[key.partition('@')[0]].label.zh}较前一版有更正，由{figure_text(before)}更正为{figure_text(now)}。"
        for key, before, now in restated
    ]
