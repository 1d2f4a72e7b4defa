"""Scores as they were announced (通报): kept with their hash, whatever is recorded later; restatement is marked.

They are editions like those of a summary, of a paper whose form is ``scores`` and whose text names the scheme.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import PatrolError
from patrol.infra.db import NOT_FOUND, Principal, principal_of, unscoped
from patrol.reports.assessment import domain as d
from patrol.reports.assessment import queries
from patrol.reports.assessment.models import AssessmentScheme
from patrol.reports.domain import SCORES, Period
from patrol.reports.editions import keep_edition, last_edition
from patrol.reports.models import Summary, SummaryEdition


def announce_scores(
    session: Session, actor: Principal, scheme: AssessmentScheme, period: Period, *, clock: Clock
) -> SummaryEdition:
    """Keep the scores of a period as they are now; tells what they restate of those announced before.

    Raises :class:`PatrolError` unless the scheme is the version in force and assesses somebody.
    """
    if scheme.state != "published":
        raise PatrolError(d.NOT_IN_FORCE)
    scores = queries.scores(session, scheme, period)
    if not scores:
        raise PatrolError(d.NOBODY_ASSESSED)
    paper = _paper(session, actor, scheme, period, clock)
    before = last_edition(session, paper)
    content = content_of(scheme, queries.known_items(scheme), scores, period)
    content["restated"] = differences(before.content, content) if before else []
    return keep_edition(
        session,
        actor,
        paper,
        content,
        after=before,
        on_record=("assessment.announce", scheme.uid),
        clock=clock,
    )


def _paper(
    session: Session, actor: Principal, scheme: AssessmentScheme, period: Period, clock: Clock
) -> Summary:
    found = session.scalars(
        select(Summary).where(
            Summary.template == SCORES, Summary.text == scheme.family,
            Summary.since == period.since, Summary.until == period.until,
        )
    ).first()  # fmt: skip
    if found is None:
        found = Summary(
            template=SCORES, title=scheme.title, text=scheme.family, since=period.since, until=period.until,
            division_id=scheme.division_id, scope_path=scheme.scope_path, created_at=clock.now(),
            updated_at=clock.now(), created_by_id=actor.person_id,
        )  # fmt: skip
        session.add(found)
        session.flush()
    return found


def content_of(
    scheme: AssessmentScheme, items: Sequence[d.Item], scores: Sequence[d.Score], period: Period
) -> dict[str, Any]:
    """Return everything that an announcement says, as JSON: the scheme, its items, every unit's figures and points."""
    return {
        "template": SCORES, "scheme": scheme.uid, "number": scheme.number, "scheme_sha256": scheme.sha256,
        "title": scheme.title, "since": period.since.isoformat(), "until": period.until.isoformat(),
        "items": [item.as_data() for item in items],
        "scores": [
            {
                "code": s.code, "name": s.name, "path": s.path, "total": s.total, "possible": s.possible,
                "rank": s.rank, "marks": [[m.value, m.target, m.points] for m in s.marks],
            }
            for s in scores
        ],
    }  # fmt: skip


def scores_in(content: Mapping[str, Any], path: str = "") -> list[d.Score]:
    """Read the scores of an announcement back, those in or below ``path``; ranks stay as announced."""
    return [
        d.Score(**{**each, "marks": tuple(d.Mark(*mark) for mark in each["marks"])})
        for each in content["scores"]
        if each["path"].startswith(path)
    ]


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what reads differently in the later content: figures by unit and indicator, and sums of points.

    An item that only one of both has is told by the sum alone. ``indicator`` is empty for the sum.
    """
    then = {each["code"]: each for each in before["scores"]}
    found: list[dict[str, Any]] = []
    for each in now["scores"]:
        old = then.get(each["code"])
        if old is None:
            continue
        said, says = _figures(before, old), _figures(now, each)
        told = [(key, said[key], says[key]) for key in says if key in said and said[key] != says[key]]
        if old["total"] != each["total"]:
            told.append(("", old["total"], each["total"]))
        found += [
            {"code": each["code"], "name": each["name"], "path": each["path"], "indicator": key.partition("/")[0],
             "before": was, "now": is_now}
            for key, was, is_now in told
        ]  # fmt: skip
    return found


def _figures(content: Mapping[str, Any], unit: Mapping[str, Any]) -> dict[str, float]:
    return {
        f"{item['indicator']}/{item['period']}": mark[0]
        for item, mark in zip(content["items"], unit["marks"], strict=True)
    }


def announced(session: Session, scheme: AssessmentScheme) -> Sequence[tuple[SummaryEdition, Summary]]:
    """Return what was announced by a scheme that the reader may see, the newest first."""
    with unscoped(session, "a scheme is read by whom it assesses, and so is what was announced by it"):
        rows = session.execute(
            select(SummaryEdition, Summary)
            .join(Summary, Summary.id == SummaryEdition.summary_id)
            .where(Summary.template == SCORES, Summary.text == scheme.family)
            .order_by(SummaryEdition.frozen_at.desc(), SummaryEdition.id.desc())
            .limit(100)
        )
        return [(edition, paper) for edition, paper in rows]


def announcement(session: Session, uid: str) -> tuple[SummaryEdition, AssessmentScheme]:
    """Return one announcement and its scheme for readers of its area and for those it assesses, or raise the 404."""
    with unscoped(session, "whom a scheme assesses lies below its area"):
        row = session.execute(
            select(SummaryEdition, Summary)
            .join(Summary, Summary.id == SummaryEdition.summary_id)
            .where(SummaryEdition.uid == uid, Summary.template == SCORES)
        ).first()
    if row is None:
        raise PatrolError(NOT_FOUND)
    return row[0], queries.scheme_to_read(session, row[0].content["scheme"])


def reads_differently(
    session: Session, edition: SummaryEdition, scheme: AssessmentScheme
) -> list[dict[str, Any]]:
    """Return what the records say now against an announcement, for the units within the reader's scope."""
    content = edition.content
    period = Period(dt.date.fromisoformat(content["since"]), dt.date.fromisoformat(content["until"]))
    now = content_of(scheme, queries.known_items(scheme), queries.scores(session, scheme, period), period)
    bound = principal_of(session).scope_path
    return [each for each in differences(content, now) if each["path"].startswith(bound)]
