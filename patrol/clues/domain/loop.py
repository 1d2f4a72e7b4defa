"""The closed loop of a clue (线索闭环): states, moves, and who may not check whose work.

受理 → 分流 → 派遣 → 核实 → 处置 → 反馈 → 核查 → 结案, as digital city management runs it: whether the report is true
(核实) and whether the answer to it is real (核查) are two tasks of two people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from patrol.core.errors import Faults, PatrolError, Problem, problem
from patrol.core.labels import Label

NOT_NOW = problem(
    "clues.not_now",
    en="“{move}” does not follow on “{state}”. Reload the page: somebody may have gone on with this clue.",
    zh="“{state}”状态下不能执行“{move}”。请刷新页面，可能已有人处理。",
    status=409,
)
NEEDS_REASON = problem(
    "clues.needs_reason",
    en="“{move}” needs a reason in words.",
    zh="执行“{move}”须填写原因。",
)
NEEDS_AGENCY = problem(
    "clues.needs_agency", en="Choose the agency that the clue goes to.", zh="请选择承办单位。"
)
NEEDS_PERSON = problem("clues.needs_person", en="Choose who goes and looks.", zh="请选择承办人。")
NEEDS_VERDICT = problem(
    "clues.needs_verdict", en="Say what was established: true, untrue or unclear.", zh="请选择核实结论。"
)
NEEDS_ANSWER = problem(
    "clues.needs_answer",
    en="Write the answer that the reporter may read. Name nobody.",
    zh="请填写可向举报人反馈的内容（不写人名）。",
)
OWN_WORK = problem(
    "clues.own_work",
    en="You verified or handled this clue yourself. Somebody else has to check it.",
    zh="该线索由您本人核实或处置，须由他人核查。",
    status=409,
)
NEEDS_CLOSE_REASON = problem(
    "clues.needs_close_reason", en="Choose why the clue is closed.", zh="请选择结案理由。"
)
BAD_EXTENSION = problem(
    "clues.bad_extension",
    en="An extension takes 1 to {most} working days, once.",
    zh="延期只能申请一次，1至{most}个工作日。",
)


class ClueChannel(StrEnum):
    """By which way a clue came."""

    RESIDENT = "resident"
    LIAISON = "liaison"
    TELEPHONE = "telephone"
    HOTLINE = "hotline"
    DEPARTMENT = "department"
    REGION = "region"
    PATROL = "patrol"


CLUE_CHANNELS: dict[str, Label] = {
    ClueChannel.TELEPHONE: Label("电话举报", "Telephone"),
    ClueChannel.RESIDENT: Label("群众网上举报", "Resident, online"),
    ClueChannel.LIAISON: Label("社区联络员", "Community liaison"),
    ClueChannel.HOTLINE: Label("12315平台", "12315 platform"),
    ClueChannel.DEPARTMENT: Label("其他部门移送", "From another department"),
    ClueChannel.REGION: Label("外地协查", "From another region"),
    ClueChannel.PATROL: Label("巡查发现", "Found on patrol"),
}


class ClueState(StrEnum):
    """How far a clue is."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    VERIFIED = "verified"
    HANDLED = "handled"
    FED_BACK = "fed_back"
    CHECKED = "checked"
    CLOSED = "closed"


CLUE_STATES: dict[str, Label] = {
    ClueState.RECEIVED: Label("待受理", "To be accepted"),
    ClueState.ACCEPTED: Label("已受理", "Accepted"),
    ClueState.TRIAGED: Label("已分流", "Passed to an agency"),
    ClueState.ASSIGNED: Label("已派遣", "Somebody goes"),
    ClueState.VERIFIED: Label("已核实", "Verified"),
    ClueState.HANDLED: Label("已处置", "Acted on"),
    ClueState.FED_BACK: Label("已反馈", "Answered"),
    ClueState.CHECKED: Label("已核查", "Checked"),
    ClueState.CLOSED: Label("已结案", "Closed"),
}
OPEN_STATES = tuple(state for state in ClueState if state is not ClueState.CLOSED)
CLUE_VERDICTS: dict[str, Label] = {
    "true": Label("属实", "True"),
    "partly": Label("部分属实", "Partly true"),
    "untrue": Label("不属实", "Untrue"),
    "unclear": Label("无法查实", "Could not be established"),
}


class MoveKind(StrEnum):
    """What a person does with a clue."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    TRIAGE = "triage"
    ASSIGN = "assign"
    RETURN = "return"
    VERIFY = "verify"
    HANDLE = "handle"
    FEED_BACK = "feed_back"
    CHECK = "check"
    REWORK = "rework"
    CLOSE = "close"
    EXTEND = "extend"
    ESCALATE = "escalate"
    NOTE = "note"


@dataclass(frozen=True)
class MoveRule:
    """One move: from where, to where (``None`` stays), and what it needs."""

    label: Label
    before: tuple[ClueState, ...]
    after: ClueState | None
    needs: frozenset[str] = field(default_factory=frozenset)


S = ClueState


def _rule(zh: str, en: str, before: tuple[ClueState, ...], after: ClueState | None, *needs: str) -> MoveRule:
    return MoveRule(Label(zh, en), before, after, frozenset(needs))


MOVES: Mapping[MoveKind, MoveRule] = {
    MoveKind.ACCEPT: _rule("受理", "Accept", (S.RECEIVED,), S.ACCEPTED),
    MoveKind.REFUSE: _rule("不予受理", "Do not accept", (S.RECEIVED,), S.CLOSED, "reason"),
    MoveKind.TRIAGE: _rule("分流", "Pass to an agency", (S.ACCEPTED,), S.TRIAGED, "agency"),
    MoveKind.ASSIGN: _rule("派遣", "Send somebody", (S.TRIAGED,), S.ASSIGNED, "person"),
    MoveKind.VERIFY: _rule("核实", "Verify", (S.ASSIGNED,), S.VERIFIED, "verdict", "reason"),
    MoveKind.HANDLE: _rule("处置", "Act on it", (S.VERIFIED,), S.HANDLED, "reason"),
    MoveKind.FEED_BACK: _rule("反馈", "Answer the reporter", (S.VERIFIED, S.HANDLED), S.FED_BACK, "answer"),
    MoveKind.CHECK: _rule("核查通过", "Checked and good", (S.FED_BACK,), S.CHECKED, "other_person"),
    MoveKind.REWORK: _rule(
        "核查不通过，返工", "Checked, to be done again", (S.FED_BACK,), S.ASSIGNED, "reason", "other_person"
    ),
    MoveKind.CLOSE: _rule("结案", "Close", (S.CHECKED,), S.CLOSED, "close_reason"),
    MoveKind.RETURN: _rule("退回", "Send back", (S.TRIAGED, S.ASSIGNED), S.ACCEPTED, "reason"),
    MoveKind.EXTEND: _rule("延期", "Extend the term", OPEN_STATES[1:], None, "days", "reason"),
    MoveKind.ESCALATE: _rule("升级督办", "Escalate", OPEN_STATES, None, "reason"),
    MoveKind.NOTE: _rule("备注", "Only a note", tuple(ClueState), None, "reason"),
}
MOST_EXTENSION_DAYS = 15


@dataclass(frozen=True)
class Doing:
    """A move as it is asked for. ``by`` and ``done_by`` are ids of persons: who asks, who did the work so far."""

    kind: MoveKind
    by: int
    reason: str = ""
    answer: str = ""
    verdict: str = ""
    close_reason: str = ""
    agency_uid: str = ""
    person_uid: str = ""
    days: int = 0
    extended_before: int = 0
    done_by: frozenset[int] = frozenset()


def moves_from(state: str) -> tuple[MoveKind, ...]:
    """Return the moves that are open in ``state``, in the order of the loop.

    >>> [str(move) for move in moves_from("received")]
    ['accept', 'refuse', 'escalate', 'note']
    """
    return tuple(kind for kind, rule in MOVES.items() if ClueState(state) in rule.before)


def check_move(state: str, doing: Doing) -> ClueState:
    """Return the state that a move leads to; raises :class:`PatrolError` with everything that is missing."""
    rule = MOVES[doing.kind]
    here = ClueState(state)
    if here not in rule.before:
        raise PatrolError(NOT_NOW, move=rule.label, state=CLUE_STATES[here])
    faults = Faults()
    for need, (missing, where, what) in _needs(doing).items():
        if need in rule.needs and missing:
            faults.add(what, where=where, move=rule.label, most=MOST_EXTENSION_DAYS)
    faults.raise_if_any()
    return here if rule.after is None else rule.after


def _needs(doing: Doing) -> dict[str, tuple[bool, str, Problem]]:
    return {
        "reason": (not doing.reason.strip(), "reason", NEEDS_REASON),
        "agency": (not doing.agency_uid, "agency", NEEDS_AGENCY),
        "person": (not doing.person_uid, "person", NEEDS_PERSON),
        "verdict": (doing.verdict not in CLUE_VERDICTS, "verdict", NEEDS_VERDICT),
        "answer": (not doing.answer.strip(), "answer", NEEDS_ANSWER),
        "other_person": (doing.by in doing.done_by, "", OWN_WORK),
        "close_reason": (not doing.close_reason, "close_reason", NEEDS_CLOSE_REASON),
        "days": (
            doing.extended_before > 0 or not 1 <= doing.days <= MOST_EXTENSION_DAYS, "days", BAD_EXTENSION,
        ),
    }  # fmt: skip
