"""Computes the risk of the register's places anew from everything on record.

The model and the words are the venues' (pure, a lower room); what it learns from lies in rooms above them:
visits, findings, sightings, dens. Imports only go down and this room is the lowest that sees all four, so the facts
are gathered here and handed down as arrays. Each person's work is bounded by the own division: it learns from, and
writes, what that person may see.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from patrol.core.clock import Clock, china_date
from patrol.core.errors import PatrolError, problem
from patrol.enforcement.risk_facts import places_in_scope, signs_in_scope, visits_in_scope
from patrol.infra import audit
from patrol.infra.db import Principal
from patrol.venues import Progress, Scores, keep_risks, score_places

NO_VISITS = problem(
    "enforcement.risk.no_visits",
    en="No visit is on record in your division yet, so there is nothing to compute a risk from. No venue was changed.",
    zh="您所辖区域尚无到访记录，无法计算风险，未更改任何场所。",
    status=409,
)
STEPS = 4
#: a history whose last visit lies longer ago is an archive: it is judged for the day after that visit
ARCHIVE_DAYS = 180


@dataclass(frozen=True)
class Judgement:
    """The scores of venues, by their ids in the same order."""

    ids: tuple[int, ...]
    scores: Scores


def judge_venues(session: Session, progress: Progress, *, clock: Clock) -> Judgement:
    """Learn from what is on record until today and score every venue in scope for tomorrow; writes nothing.

    Where the last visit lies more than ``ARCHIVE_DAYS`` back (imported past inspections), every fact has faded and all
    places would look alike: then the day after that visit is judged, and named. Raises :class:`PatrolError` where no
    visit is on record.
    """
    tomorrow = china_date(clock.now()).toordinal() + 1
    progress(0, STEPS, "正在读取到访、发现、线索和窝点", "Reading visits, findings, sightings and dens")
    ids, places = places_in_scope(session)
    visits, signs = visits_in_scope(session, ids), signs_in_scope(session)
    known = visits.before(tomorrow)
    if not len(known):
        raise PatrolError(NO_VISITS)
    day = judged_day(int(known.day.max()), tomorrow)
    as_of = dt.date.fromordinal(day).isoformat()
    progress(
        1,
        STEPS,
        f"正在从{len(visits):,}次到访中学习，按{as_of}评估",
        f"Learning from {len(visits):,} visits, judged for {as_of}",
    )
    return Judgement(tuple(ids), score_places(places, visits, signs, day))


def judged_day(last_visit: int, tomorrow: int) -> int:
    """Return the day (ordinal) that scores are for: tomorrow, or the day after the last visit of an archive."""
    return last_visit + 1 if tomorrow - last_visit > ARCHIVE_DAYS else tomorrow


def keep_judgement(
    session: Session, actor: Principal | None, judged: Judgement, progress: Progress, *, clock: Clock
) -> dict[str, int | bool | str]:
    """Write risk and reasons to the venues, with one entry in the audit; return what that entry says."""
    scores = judged.scores
    count = len(judged.ids)
    progress(3, STEPS, f"正在写入{count:,}个场所的风险", f"Writing the risk of {count:,} venues")
    keep_risks(
        session,
        {
            key: (risk, list(words))
            for key, risk, words in zip(judged.ids, scores.risk.tolist(), scores.words, strict=True)
        },
    )
    said: dict[str, int | bool | str] = {
        "weights_version": scores.version,
        "as_of": dt.date.fromordinal(scores.day).isoformat(),
        "visits": scores.visits,
        "found": scores.found,
        "venues": count,
        "told_apart": scores.told_apart,
    }
    subject = f"scope:{actor.scope_path}" if actor else "scope:"
    audit.record(session, actor, "venues.rescore", subject[:80], dict(said), at=clock.now())
    progress(STEPS, STEPS, "完成", "Done")
    return said
