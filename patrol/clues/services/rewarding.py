"""The reward ledger (举报奖励): only the first reporter is paid, joint reporters share, the anonymous claim by code."""

from __future__ import annotations

import hashlib

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from patrol.clues.domain import NO_REASON
from patrol.clues.models import Clue, ClueReward
from patrol.core.clock import Clock
from patrol.core.errors import Faults, PatrolError, problem
from patrol.infra.audit import record
from patrol.infra.db import Principal, unscoped

NOT_TRUE = problem(
    "clues.reward_not_true",
    en="A reward is only for a clue that proved true.",
    zh="只有查证属实（含部分属实）的线索可以奖励。",
    status=409,
)
NOT_FIRST = problem(
    "clues.reward_not_first",
    en="Clue {number} came in earlier about the same place: only the first reporter is rewarded.",
    zh="线索{number}反映同一地点且时间更早，奖励只给第一举报人。",
    status=409,
)
BAD_AMOUNT = problem(
    "clues.reward_amount", en="Give an amount from 1 to 300,000 yuan.", zh="请填写1元至30万元之间的金额。"
)
BAD_SHARES = problem(
    "clues.reward_shares",
    en="Give how many reporters share it: a whole number from 1 to {most}.",
    zh="请填写分享奖励的举报人数：1至{most}的整数。",
)
NOT_OFFERED = problem(
    "clues.reward_not_offered",
    en="No reward is waiting for this code.",
    zh="该查询码没有待领取的奖励。",
    status=409,
)
MOST_YUAN = 300_000
MOST_SHARES = 20


def first_of(session: Session, clue: Clue) -> Clue:
    """Return the earliest clue about the same place: the same venue, or one merged with the other."""
    same = (Clue.id == clue.id) | (Clue.merged_into_id == clue.id)
    if clue.venue_id is not None:
        same = same | (Clue.venue_id == clue.venue_id)
    if clue.merged_into_id is not None:
        same = same | (Clue.id == clue.merged_into_id)
    return session.scalars(select(Clue).where(same).order_by(Clue.received_at, Clue.id).limit(1)).one()


def proof_of(clue: Clue) -> str:
    """Return the SHA-256 of what makes a clue the first: number, instant, words and the hash of its code."""
    facts = {
        "number": clue.number, "received_at": clue.received_at.isoformat(), "text": clue.text,
        "address": clue.address, "follow_sha256": clue.follow_sha256 or "",
    }  # fmt: skip
    return hashlib.sha256(rfc8785.dumps(facts)).hexdigest()


def offer_reward(
    session: Session, actor: Principal, clue: Clue, *, yuan: float, shares: int, reason: str, clock: Clock
) -> ClueReward:
    """Grant a reward that is claimed later with the code; the reporter stays unknown.

    Raises :class:`PatrolError` unless the clue proved true and was the first about its place.
    """
    faults = Faults()
    if not 1 <= yuan <= MOST_YUAN:
        faults.add(BAD_AMOUNT, where="yuan")
    if not 1 <= shares <= MOST_SHARES:
        faults.add(BAD_SHARES, where="shares", most=MOST_SHARES)
    if not reason.strip():
        faults.add(NO_REASON, where="reason")
    faults.raise_if_any()
    if clue.verdict not in ("true", "partly"):
        raise PatrolError(NOT_TRUE)
    first = first_of(session, clue)
    if first.id != clue.id:
        raise PatrolError(NOT_FIRST, number=first.number)
    reward = session.get(ClueReward, clue.id) or ClueReward(clue_id=clue.id)
    reward.state, reward.amount_fen, reward.shares = "offered", round(yuan * 100), shares
    reward.reason, reward.proof_sha256 = reason.strip(), proof_of(clue)
    session.add(reward)
    session.flush()
    record(session, actor, "clues.reward", clue.uid, {"fen": reward.amount_fen}, at=clock.now())
    return reward


def claim_reward(session: Session, clue: Clue, *, clock: Clock) -> ClueReward:
    """Let whoever has the code claim what was granted; said twice it stays one claim."""
    with unscoped(session, "the code itself is the permission"):
        reward = session.get(ClueReward, clue.id)
        if reward is None or reward.state not in ("offered", "claimed"):
            raise PatrolError(NOT_OFFERED)
        if reward.state == "offered":
            reward.state, reward.claimed_at = "claimed", clock.now()
            session.flush()
            record(session, None, "clues.reward_claim", clue.uid, {}, at=clock.now())
    return reward


def pay_reward(session: Session, actor: Principal, clue: Clue, *, clock: Clock) -> ClueReward:
    """Write down that a claimed reward was handed over."""
    reward = session.get(ClueReward, clue.id)
    if reward is None or reward.state != "claimed":
        raise PatrolError(NOT_OFFERED)
    reward.state, reward.paid_at = "paid", clock.now()
    session.flush()
    record(session, actor, "clues.reward_pay", clue.uid, {"fen": reward.amount_fen}, at=clock.now())
    return reward


def rewards_paid_fen(session: Session) -> int:
    """Return what was paid in scope, in fen."""
    paid = select(func.coalesce(func.sum(ClueReward.amount_fen), 0)).join(Clue, Clue.id == ClueReward.clue_id)
    return int(session.scalar(paid.where(ClueReward.state == "paid")) or 0)
