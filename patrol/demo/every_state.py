"""What else a year holds: every ledger through all its months, every state of it, and what managers made of it all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from random import Random
from typing import Any

from sqlalchemy import select

from patrol.accounts import principal_of_person
from patrol.clues import Clue, ClueStep, claim_reward, offer_reward, pay_reward
from patrol.core.clock import CHINA, Clock
from patrol.demo.records import BUREAU, DISTRICTS, Writer
from patrol.demo.store import demo_uid
from patrol.enforcement import CASES, DENS
from patrol.prevention import (
    ADDRESSEES,
    CAMPUS,
    CHECKS,
    COMMUNITIES,
    FILINGS,
    LETTERS,
    MEETINGS,
    STATEMENTS,
    STOCK,
    TEXTS,
    WARNINGS,
    Community,
    CommunityItem,
    DirectSeller,
    close_inspection,
    draw_inspection,
    note_evidence,
)
from patrol.reports import (
    Period,
    announce_scores,
    begin_scheme,
    begin_summary,
    freeze,
    publish_scheme,
    shipped_items,
)
from patrol.territory import Division

#: what three first reporters were granted, in yuan, and how far it went
CAMPUS_YEAR = (
    ("holiday", "寒假离校"), ("term", "春季开学"), ("lesson", "防范传销讲座"), ("graduation", "毕业生离校"),
    ("jobs", "夏季招聘会"),
)  # fmt: skip
REMINDER = "【市场监管局】警惕“拉人头、交入门费”，发现可疑请拨打12315。"
#: what the demo city's scheme asks of a district in a year, where the shipped one asks less than both do
TARGETS = {"venues_seen": 1600, "actions": 20, "events": 20, "communities_new": 7, "clues_closed": 100}
PAID = ((500, "paid"), (300, "claimed"), (200, "offered"))


def store_every_state(session: Any, city: Any, clock: Clock, random: Random) -> None:
    """Store what the year's records leave out; last of all what managers write from them."""
    writer = Writer(session, city, clock, random)
    for district in DISTRICTS:
        _enforcement(writer, district)
        _publicity(writer, district)
        _joint(writer, district)
        _communities(writer, district)
    _direct_selling(writer)
    session.flush()
    _inspections(writer)
    _clues(writer)
    _papers(writer)
    session.flush()


def _enforcement(w: Writer, district: str) -> None:
    name = BUREAU[district][:2]
    w.add(DENS, name=f"{name}已确认窝点", division=district, found_on=w.day(3), confirmed_on=w.day(2),
          state="confirmed", persons=11, **w.somewhere(district))  # fmt: skip
    w.add(DENS, name=f"{name}回流窝点", division=district, found_on=w.day(150), confirmed_on=w.day(150),
          closed_on=w.day(149), state="returned", persons=14, **w.somewhere(district))  # fmt: skip
    w.add(CASES, title="涉嫌参加传销案", division=district, filed_on=w.day(12), state="filed", acts="entry_fee",
          persons=12, levels=2)  # fmt: skip


def _publicity(w: Writer, district: str) -> None:
    for number, (addressee, label) in enumerate(ADDRESSEES.items()):
        w.add(LETTERS, title=f"{label.zh}的一封信", division=_town(w, district, number), addressee=addressee,
              sent_on=w.day(330 - 45 * number), copies=w.some(100, 500))  # fmt: skip
    for number, (kind, title) in enumerate(CAMPUS_YEAR):
        w.add(CAMPUS, title=title, division=district,
              school="江城职业技术学院", kind=kind, begins_on=w.day(310 - 45 * number), students=w.some(300, 2600),
              contact="学生处")  # fmt: skip
    for ago in (300, 210, 120):
        text = w.add(TEXTS, title="季度防范提醒", division=_town(w, district, ago), audience="社区居民",
                     written_on=w.day(ago), text=REMINDER)  # fmt: skip
        text.delivered, text.last_sent_at = w.some(200, 900), w.clock.now()
    w.add(
        STOCK,
        title="仓库受潮报损",
        division=district,
        material="leaflets",
        way="out",
        moved_on=w.day(140),
        count=60,
    )
    w.add(
        STOCK,
        title="年中补充",
        division=district,
        material="posters",
        way="in",
        moved_on=w.day(170),
        count=200,
    )


def _town(w: Writer, district: str, number: int) -> str:
    towns = [code for code in w.towns if code.startswith(district)]
    return towns[number % len(towns)] if towns else district


def _joint(w: Writer, district: str) -> None:
    for ago in (250, 125, 15):
        w.add(MEETINGS, title="打击传销工作调度会", division=district, held_on=w.day(ago), chair="分管局领导",
              present="市场监管、公安、街道", agenda="通报线索办理，安排下一阶段巡查。")  # fmt: skip
    if district == DISTRICTS[0]:  # the other district signed nothing, which is a stated problem
        signed = min(200, w.today.timetuple().tm_yday - 1)
        for number in range(3):
            w.add(STATEMENTS, title="年度打击传销责任状", division=_town(w, district, number), year=w.today.year,
                  level="township", signer="街道办事处", receiver="区政府", signed_on=w.day(signed))  # fmt: skip


def _communities(w: Writer, district: str) -> None:
    w.add(COMMUNITIES, title="向阳社区", division=_town(w, district, 1), kind="community", state="revoked",
          households=w.some(300, 900), contact="钱芳", applied_on=w.day(350), creating_on=w.day(330),
          inspected_on=w.day(250), awarded_on=w.day(240), revoked_on=w.day(60), revoked_reason="发现回流窝点一处",
          **{k: v for k, v in w.somewhere(district).items() if k != "address"})  # fmt: skip


def _direct_selling(w: Writer) -> None:
    for number, company in enumerate(w.session.scalars(select(DirectSeller).order_by(DirectSeller.id))):
        district = DISTRICTS[number % 2]
        for ago in (220, 75):
            w.add(CHECKS, title="企业自查", division=district, company=company.number, kind="self",
                  checked_on=w.day(ago + number))  # fmt: skip
        w.add(CHECKS, title="门店走访", division=district, company=company.number, kind="visit", faulty="pay",
              checked_on=w.day(320 - 40 * number), problems="报酬公示不清", mend_by=w.day(290 - 40 * number),
              mended_on=w.day(300 - 40 * number))  # fmt: skip
        for ago in range(320 + number, 20, -60):
            w.add(FILINGS, title="产品说明会", division=district, company=company.number, filed_on=w.day(ago + 8),
                  held_on=w.day(ago), begins="14:00", ends="16:00", size=w.some(30, 90), speakers="讲师",
                  address=f"会议中心{number}厅")  # fmt: skip
    for number, title in enumerate(
        ("警惕“云养殖”传销", "谨防“资本运作”骗局", "暑期兼职防骗提示", "岁末防范提示")
    ):
        w.add(
            WARNINGS,
            title=title,
            division="4201",
            issued_on=w.day(340 - 90 * number),
            text="发现可疑请举报。",
        )


def _inspections(w: Writer) -> None:
    """Inspect a community of each district, one of them in vain, with evidence for its checklist."""
    session = w.session
    items = session.scalars(select(CommunityItem).order_by(CommunityItem.position)).all()
    for district, manager in zip(DISTRICTS, ("manager", "manager2"), strict=True):
        actor = principal_of_person(w.city.people[manager])
        inside = Community.scope_path.contains(f"/{district}/", autoescape=True)
        for state in ("awarded", "creating"):
            row = session.scalars(
                select(Community).where(inside, Community.state == state).order_by(Community.id).limit(1)
            ).first()
            if row is None:
                continue
            for item in items:
                note_evidence(session, actor, row, item.id, "台账、照片已存档", True, clock=w.clock)
            found = draw_inspection(session, actor, row, f"{w.today:%Y}.{district}", clock=w.clock)
            found.uid = demo_uid(w.random)
            if state == "awarded":
                close_inspection(session, actor, row, found, asked=20, knew=18, passed=True, inspectors="王磊、李娜",
                                 note="居民知晓率高", clock=w.clock)  # fmt: skip


def _clues(w: Writer) -> None:
    """Leave a clue in each early state of the loop, and reward three first reporters."""
    session, now = w.session, w.clock.now()
    waiting = session.scalars(select(Clue).where(Clue.state == "received").order_by(Clue.id.desc())).all()
    for row, way in zip(waiting, (("accept",), ("accept", "triage")), strict=False):
        manager = w.city.people["manager" if "/420102/" in row.scope_path else "manager2"]
        for move in way:
            after = {"accept": "accepted", "triage": "triaged"}[move]
            session.add(ClueStep(clue_id=row.id, move=move, before=row.state, after=after, at=now, detail={},
                                 person_id=manager.id))  # fmt: skip
            row.state = after
        row.accepted_on = now.astimezone(CHINA).date()
        row.agency_id = manager.agency_id if row.state == "triaged" else None
    true = session.scalars(
        select(Clue).where(Clue.verdict == "true", Clue.state == "closed").order_by(Clue.id)
    ).all()
    actor = principal_of_person(w.city.people["city"])
    first = {row.venue_id: row for row in reversed(true)}  # the earliest of each place comes last
    for row, (yuan, state) in zip(reversed(first.values()), PAID, strict=False):
        offer_reward(session, actor, row, yuan=yuan, shares=1, reason="线索属实", clock=w.clock)
        if state != "offered":
            claim_reward(session, row, clock=w.clock)
        if state == "paid":
            pay_reward(session, actor, row, clock=w.clock)


def _papers(w: Writer) -> None:
    """Publish the assessment scheme of the city, and freeze the summary of the year so far."""
    session, city = w.session, w.city.divisions["4201"]
    actor = principal_of_person(w.city.people["city"])
    area = session.scalars(select(Division).where(Division.id == city.id)).one()
    title, uid = f"{w.today.year}年打击传销工作考核方案（演示）", demo_uid(w.random)
    items = [replace(item, target=TARGETS.get(item.indicator, item.target)) for item in shipped_items()]
    scheme = begin_scheme(session, actor, title, area, "divisions", items, clock=w.clock, uid=uid)
    publish_scheme(session, actor, scheme, clock=w.clock)
    so_far = Period(dt.date(w.today.year, 1, 1), w.today)
    announce_scores(session, actor, scheme, so_far, clock=w.clock).uid = demo_uid(w.random)
    given = {"template": "yearly", "since": f"{w.today.year}-01-01", "until": w.today.isoformat(),
             "signature": "武汉市打击传销办公室（演示）"}  # fmt: skip
    summary = begin_summary(session, actor, given, area, clock=w.clock)
    summary.uid = demo_uid(w.random)
    freeze(session, actor, summary, clock=w.clock).uid = demo_uid(w.random)
