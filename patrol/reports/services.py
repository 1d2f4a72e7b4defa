"""Changes to summaries: begin, edit, freeze; and the targets of a campaign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError
from patrol.enforcement import Campaign, CampaignTarget
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.ledgers import CHANGED_MEANWHILE
from patrol.reports import domain as d
from patrol.reports.drafting import TEMPLATES, draft
from patrol.reports.editions import keep_edition, last_edition
from patrol.reports.models import Summary, SummaryEdition
from patrol.reports.registry import BY_CODE
from patrol.reports.rendering import Figures, annex, judge_text, render
from patrol.territory import Division


def read_period(since: str, until: str, faults: Faults) -> d.Period | None:
    """Read a period as a form says it; adds every fault."""
    days = []
    for name, text in (("since", since), ("until", until)):
        try:
            days.append(dt.date.fromisoformat(text.strip()))
        except ValueError:
            if text.strip():
                faults.add(d.PERIOD_UNREADABLE, where=name, text=text.strip()[:40])
            else:
                faults.add(d.DAY_MISSING, where=name)
    if len(days) == 2 and days[1] < days[0]:
        faults.add(d.PERIOD_BACKWARDS, where="until")
        return None
    return d.Period(*days) if len(days) == 2 else None


def begin_summary(
    session: Session, actor: Principal, given: Mapping[str, str], area: Division | None, *, clock: Clock
) -> Summary:
    """Draft a summary of a template for an area and period; raises :class:`PatrolError` with every fault."""
    faults = Faults()
    period = read_period(given.get("since", ""), given.get("until", ""), faults)
    template = given.get("template", "")
    if template not in TEMPLATES:
        faults.add(d.UNKNOWN_TEMPLATE, where="template")
    if area is None:
        faults.add(d.UNKNOWN_AREA, where="division")
    faults.raise_if_any()
    if period is None or area is None:
        raise ValueError("faults were raised before")
    title, text = draft(session, template, area, period)
    summary = Summary(
        template=template, title=title, text=text, since=period.since, until=period.until, division_id=area.id,
        scope_path=area.scope_path, signature=given.get("signature", "").strip()[:80], created_at=clock.now(),
        updated_at=clock.now(), created_by_id=actor.person_id,
    )  # fmt: skip
    session.add(summary)
    session.flush()
    audit.record(session, actor, "summaries.begin", summary.uid, {"template": template}, at=clock.now())
    return summary


def edit_summary(
    session: Session,
    actor: Principal,
    summary: Summary,
    text: str,
    signature: str,
    version: int,
    *,
    clock: Clock,
) -> Summary:
    """Replace a draft's text; its tokens must be known. Frozen editions stay as they are."""
    faults = Faults()
    judge_text(text, faults)
    faults.raise_if_any()
    if version != summary.version:
        raise PatrolError(CHANGED_MEANWHILE)
    lines = d.read_lines(text)
    summary.text, summary.signature = d.write_lines(lines), signature.strip()[:80]
    summary.title = next((line.text[:200] for line in lines if line.level == 0), summary.title)
    summary.version, summary.updated_at = summary.version + 1, clock.now()
    audit.record(session, actor, "summaries.edit", summary.uid, {"version": summary.version}, at=clock.now())
    session.flush()
    return summary


def freeze(session: Session, actor: Principal, summary: Summary, *, clock: Clock) -> SummaryEdition:
    """Keep a summary as it reads now, with every figure and a hash; marks what differs from the edition before."""
    figures = Figures(session, summary.scope_path, d.Period(summary.since, summary.until))
    lines = render(summary.text, figures)
    before = last_edition(session, summary)
    values = figures_of(lines)
    content = {
        "title": summary.title, "template": summary.template, "signature": summary.signature,
        "since": summary.since.isoformat(), "until": summary.until.isoformat(), "annex": annex(figures),
        "lines": [{"level": line.level, "segments": [s.as_data() for s in line.segments]} for line in lines],
        "figures": values,
        "restated": differences(before.content["figures"], values) if before else [],
    }  # fmt: skip
    return keep_edition(
        session,
        actor,
        summary,
        content,
        after=before,
        on_record=("summaries.freeze", summary.uid),
        clock=clock,
    )


def figures_of(lines: list[d.Line]) -> dict[str, float]:
    """Return the value of every figure by indicator and district ("dispersed", "dispersed@350303")."""
    return {
        segment.code + (f"@{segment.area}" if segment.area else ""): segment.value
        for line in lines
        for segment in line.segments
        if segment.value is not None
    }


def differences(before: Mapping[str, float], now: Mapping[str, float]) -> list[list[Any]]:
    """Return [figure, before, now] of every figure that both name and that differs."""
    return [[key, before[key], now[key]] for key in before if key in now and before[key] != now[key]]


def set_targets(
    session: Session, actor: Principal, campaign: Campaign, given: Mapping[str, str], *, clock: Clock
) -> None:
    """Replace a campaign's targets: form fields ``indicator`` or ``indicator@division`` with whole numbers."""
    faults, rows = Faults(), []
    for name, text in given.items():
        code, _, division = name.partition("@")
        if code not in BY_CODE or not text.strip():
            continue
        if not text.strip().isascii() or not text.strip().isdigit() or not 0 < int(text) < 10**9:
            label = BY_CODE[code].label
            faults.add(d.BAD_TARGET, where=name, text=text[:20], label=label)
        else:
            rows.append(
                CampaignTarget(
                    campaign_id=campaign.id, indicator=code, division_code=division, value=int(text)
                )
            )
    faults.raise_if_any()
    session.execute(delete(CampaignTarget).where(CampaignTarget.campaign_id == campaign.id))
    session.add_all(rows)
    session.flush()
    audit.record(session, actor, "campaigns.targets", campaign.uid, {"targets": len(rows)}, at=clock.now())
