"""What the law asks of an action, the life of a den, and the words for both."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from patrol.core.errors import Faults, problem
from patrol.core.labels import Label

TWO_OFFICERS = problem(
    "enforcement.two_officers",
    en="At least two officers must act (Regulation on Prohibition of Pyramid Selling, article 15).",
    zh="执法人员不得少于两人（《禁止传销条例》第十五条）。",
)
MORE_NAMES = problem(
    "enforcement.more_names",
    en="{names} officers are named, but only {count} are counted.",
    zh="列出了{names}名执法人员，但人次只填了{count}。",
)
OUTSIDE_CAMPAIGN = problem(
    "enforcement.outside_campaign",
    en="The action lies outside its campaign ({begun} to {ended}). Correct the date, or choose another campaign "
    "or none.",
    zh="行动日期不在所属专项行动期间（{begun}至{ended}），请更正日期，或改选、清空所属专项行动。",
)
ACTIONS_OUTSIDE = problem(
    "enforcement.actions_outside",
    en="{count} of this campaign's actions lie outside these days, the first is {number} on {day}. "
    "Correct the days, or take those actions out of the campaign first.",
    zh="已有{count}次归入本专项行动的执法行动不在此期间，最早的是{day}的{number}。请更正日期，或先将这些行动移出。",
)
NO_PRIOR_APPROVAL = problem(
    "enforcement.no_prior_approval",
    en="Sealing, seizing, account queries and freezing need the written approval of the bureau's head beforehand, "
    "with its number and date (article 14).",
    zh="查封、扣押、查询账户、申请冻结须事先经主要负责人书面批准，并填写批准文号和日期（《禁止传销条例》第十四条）。",
)
APPROVED_LATE = problem(
    "enforcement.approved_late",
    en="The approval is dated {approved}, after the measure on {sealed}.",
    zh="批准日期{approved}晚于采取措施的日期{sealed}。",
)
LIFTED_LATE = problem(
    "enforcement.lifted_late",
    en="Lifted on {lifted}, after the last lawful day {last} (article 18: 30 days, 15 more for complex cases).",
    zh="解除日期{lifted}超过法定期限{last}（第十八条：30日，案情复杂可延长15日）。",
)
TRANSFER_NEEDS = problem(
    "enforcement.transfer_needs",
    en="A transferred case needs the day and the authority it went to.",
    zh="移交案件须填写移交日期和接收机关。",
)
CLOSING_NEEDS = problem(
    "enforcement.closing_needs",
    en="A den in the state “{state}” needs the day it was closed.",
    zh="状态为“{state}”的窝点须填写取缔日期。",
)

SEAL_DAYS = 30
SEAL_MORE = 15
WATCH_DAYS = 90

ACTION_KINDS = {
    "planned": Label("计划行动", "Planned"),
    "spontaneous": Label("临时行动", "Spontaneous"),
}
#: the eight measures of article 14; those that need prior written approval are in ``NEEDS_APPROVAL``
MEASURES = {
    "order_stop": Label("责令停止", "Ordered to stop"),
    "question": Label("调查询问", "Questioned those concerned"),
    "inspect": Label("现场检查", "Inspected the premises"),
    "consult": Label("查阅复制资料", "Consulted and copied papers"),
    "seize_papers": Label("查封扣押资料", "Sealed or seized papers"),
    "seize_goods": Label("查封扣押财物", "Sealed or seized goods"),
    "seal_place": Label("查封经营场所", "Sealed the premises"),
    "accounts": Label("查询账户、申请冻结", "Queried accounts, asked for freezing"),
}
NEEDS_APPROVAL = frozenset({"seize_papers", "seize_goods", "seal_place", "accounts"})
APPROVALS = {
    "prior": Label("事先书面批准", "Written approval beforehand"),
    "after": Label("现场先行，事后补办", "Urgent on the spot, made up after"),
}
ACTS = {
    "recruit": Label("拉人头", "Paid by persons recruited"),
    "entry_fee": Label("入门费", "Entry fee"),
    "team_pay": Label("团队计酬", "Paid from the team's sales"),
}
CASE_STATES = {
    "filed": Label("已立案", "Filed"),
    "decided": Label("已处罚", "Decided"),
    "transferred": Label("已移交公安", "Transferred to the police"),
    "dropped": Label("已销案", "Dropped"),
}
DEN_STATES = {
    "suspected": Label("疑似", "Suspected"),
    "confirmed": Label("已确认", "Confirmed"),
    "closed": Label("已取缔", "Closed"),
    "watched": Label("回访监控", "Watched"),
    "quiet": Label("已平静", "Quiet"),
    "returned": Label("回流", "Returned"),
}
WATCH_OVER = Label("回访期满，待认定", "Watch is over")
#: states of a den that was closed once
CLOSED_ONCE = frozenset({"closed", "watched", "quiet", "returned"})
#: states in which a den is looked at again and again
WATCHED = frozenset({"closed", "watched"})
#: from where a den may go; a step says the new state
DEN_NEXT: dict[str, tuple[str, ...]] = {
    "suspected": ("confirmed", "quiet"),
    "confirmed": ("closed",),
    "closed": ("watched", "quiet", "returned"),
    "watched": ("quiet", "returned"),
    "quiet": ("returned",),
    "returned": ("closed",),
}
CRIMINAL_PERSONS, CRIMINAL_LEVELS = 30, 3


@dataclass(frozen=True)
class Seal:
    """How a sealing stands on a day: its last lawful day, days left (negative when overdue), whether it is open."""

    last: dt.date
    left: int
    open: bool


def seal_of(sealed_on: dt.date, *, extended: bool, lifted_on: dt.date | None, today: dt.date) -> Seal:
    """Count the term of article 18: 30 days from the day of sealing, 15 more where it was extended.

    >>> seal_of(dt.date(2026, 3, 1), extended=False, lifted_on=None, today=dt.date(2026, 3, 21))
    Seal(last=datetime.date(2026, 3, 31), left=10, open=True)
    """
    last = sealed_on + dt.timedelta(days=SEAL_DAYS + (SEAL_MORE if extended else 0))
    return Seal(last, (last - today).days, lifted_on is None)


def judge_action(values: dict[str, Any], faults: Faults) -> None:
    """Add what the Regulation forbids in an action: one officer alone, sealing without approval, terms overrun."""
    count, names = values.get("officers_count"), values.get("officers") or []
    if count is not None and 0 < count < 2:
        faults.add(TWO_OFFICERS, where="officers_count")
    if count and len(names) > count:
        faults.add(MORE_NAMES, where="officers", names=len(names), count=count)
    begun = values.get("begun_on")
    sealed, approved = values.get("sealed_on"), values.get("approved_on")
    if sealed or NEEDS_APPROVAL & set(values.get("measures") or ()):
        if values.get("approval") != "prior" or not values.get("approval_number") or not approved:
            faults.add(NO_PRIOR_APPROVAL, where="approval")
        elif approved > (sealed or begun or approved):
            faults.add(APPROVED_LATE, where="approved_on", approved=approved, sealed=sealed or begun)
    _judge_lifting(values, sealed, faults)


def _judge_lifting(values: dict[str, Any], sealed: dt.date | None, faults: Faults) -> None:
    lifted = values.get("seal_lifted_on")
    if not sealed or not lifted:
        return
    last = seal_of(sealed, extended=bool(values.get("seal_extended")), lifted_on=lifted, today=lifted).last
    if lifted > last:
        faults.add(LIFTED_LATE, where="seal_lifted_on", lifted=lifted, last=last)


def judge_case(values: dict[str, Any], faults: Faults) -> None:
    """Add what cannot be in a case: a transfer without its day."""
    if values.get("state") == "transferred" and not (
        values.get("transferred_on") and values.get("transferred_to")
    ):
        faults.add(TRANSFER_NEEDS, where="transferred_on")


def judge_den(values: dict[str, Any], faults: Faults) -> None:
    """Add what cannot be in a den's life: closed without a day. A suspicion that was never confirmed may go quiet."""
    state = values.get("state")
    dismissed = state == "quiet" and not values.get("confirmed_on")
    if state in CLOSED_ONCE and not dismissed and not values.get("closed_on"):
        faults.add(CLOSING_NEEDS, where="closed_on", state=DEN_STATES[state])


def watched_until(closed_on: dt.date) -> dt.date:
    """Return the last day on which a den that was closed is watched.

    >>> watched_until(dt.date(2026, 3, 1))
    datetime.date(2026, 5, 30)
    """
    return closed_on + dt.timedelta(days=WATCH_DAYS)


def watch_is_over(state: str, closed_on: dt.date | None, today: dt.date) -> bool:
    """Say whether a den's days of watching have passed and nobody has said yet what became of it.

    It does not turn quiet by itself: where nobody looked, nothing is known.
    """
    return state in WATCHED and closed_on is not None and today > watched_until(closed_on)


def concerns_criminal_law(persons: int, levels: int) -> bool:
    """Say whether a case reaches article 224-1 of the Criminal Law: 30 persons and 3 levels."""
    return persons >= CRIMINAL_PERSONS and levels >= CRIMINAL_LEVELS
