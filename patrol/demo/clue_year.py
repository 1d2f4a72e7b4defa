"""Stores a year of clues on their way through the loop, and the contact points whose posters hang in the city."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from numpy.random import Generator
from sqlalchemy import insert, select

from patrol.clues import (
    DEFAULT_TERMS,
    Clue,
    ClueNumber,
    ClueState,
    ClueStep,
    ContactPoint,
    SightingKind,
    due_days,
)
from patrol.core.clock import CHINA, Clock, WorkingDays, china_date
from patrol.demo.store import demo_uid
from patrol.infra import spatial
from patrol.venues import Venue

#: clues of the year, and how many more of the last days, so that every column of the kanban holds some
CLUES, RECENT = 140, 30
CHANNELS = ("telephone", "hotline", "department", "region", "patrol", "resident", "liaison")
CHANNEL_WEIGHTS = (0.36, 0.32, 0.1, 0.04, 0.06, 0.07, 0.05)
KINDS = tuple(kind for kind in SightingKind if kind is not SightingKind.CONFINED)
SAID = {
    "lecture": "楼上每天早晨有二三十人集中听课，中午散去。",
    "gathering": "每天七点左右有成群的人排队进出单元门。",
    "lodging": "一套出租房里住了十几个人，打地铺。",
    "recruiting": "朋友介绍来考察“项目”，要求再带两个人。",
    "fee": "要求先交三千八百元购买产品才能加入。",
    "selling": "会议室连续三天开推介会，不让外人进入。",
    "other": "房间窗户长期遮挡，夜间有集体喊口号的声音。",
}
FOUND = {
    "true": "现场情况与反映一致。",
    "partly": "部分情况存在。",
    "untrue": "现场未见异常。",
    "unclear": "多次上门无人应答。",
}
VERDICTS, VERDICT_WEIGHTS = ("true", "partly", "untrue", "unclear"), (0.2, 0.14, 0.48, 0.18)
REASONS = {"true": "confirmed", "partly": "confirmed", "untrue": "unfounded", "unclear": "insufficient"}
#: move, state before, state after, whether the officer (else the manager) does it
WAY = (
    ("accept", "received", "accepted", False),
    ("triage", "accepted", "triaged", False),
    ("assign", "triaged", "assigned", False),
    ("verify", "assigned", "verified", True),
    ("handle", "verified", "handled", True),
    ("feed_back", "handled", "fed_back", False),
    ("check", "fed_back", "checked", False),
    ("close", "checked", "closed", False),
)
POINTS = (
    "一元社区服务站",
    "大智街派出所",
    "球场街市场监管所",
    "满春社区居委会",
    "民族街便民中心",
    "唐家墩社区",
)


@dataclass(frozen=True)
class Crew:
    """Who works on the clues of a district."""

    manager: int
    officers: tuple[int, ...]
    agency: int


def store_clues(session: Any, city: Any, clock: Clock, rng: Generator, random: Random) -> None:
    """Store a year of clues that ended this morning, each as far as its age lets it be."""
    now = clock.now()
    venues = {
        row.id: row for row in session.execute(select(Venue.id, Venue.division_id, Venue.address)).all()
    }
    crews, ways = _crews(city), []
    numbers: dict[int, int] = {}
    ago = np.sort(np.concatenate([rng.integers(0, 360, CLUES), rng.integers(0, 11, RECENT)]))[::-1]
    for days in ago:
        index = int(rng.integers(len(city.venue_ids)))
        received = now - dt.timedelta(days=int(days), minutes=int(rng.integers(30, 600)))
        year = china_date(received).year
        numbers[year] = numbers.get(year, 0) + 1
        crew = crews["420102" if "/420102/" in city.venue_scope[index] else "420103"]
        way = _way(received, now, rng)
        row = _clue(city, index, venues[city.venue_ids[index]], received, crew, way, rng, random)
        row["number"] = f"{year}-{numbers[year]:05d}"
        ways.append((row, crew, way))
    session.add_all(ClueNumber(year=year, last=last) for year, last in numbers.items())
    session.execute(insert(Clue), [row for row, _crew, _way_ in ways])
    ids = dict(session.execute(select(Clue.uid, Clue.id)).all())
    steps = [step for row, crew, way in ways for step in _steps(ids[row["uid"]], row, crew, way)]
    session.execute(insert(ClueStep), steps)
    _store_points(session, city, rng, random)
    session.flush()


def _crews(city: Any) -> dict[str, Crew]:
    found = {}
    for code, manager in (("420102", "manager"), ("420103", "manager2")):
        officers = tuple(
            person.id
            for person in city.people.values()
            if f"/{code}/" in person.scope_path and any(role.name == "inspector" for role in person.roles)
        )
        chief = city.people[manager]
        found[code] = Crew(chief.id, officers, chief.agency_id)
    return found


def _way(received: dt.datetime, now: dt.datetime, rng: Generator) -> list[dt.datetime]:
    """Return when each step of the way was done; what would lie in the future has not happened."""
    hours = np.array([rng.gamma(2, 5), 4, 6, rng.gamma(2, 40), 30, 12, rng.gamma(2, 20), 6])
    moments = [received + dt.timedelta(hours=float(h)) for h in np.cumsum(hours)]
    return [moment for moment in moments if moment < now - dt.timedelta(hours=1)]


def _clue(
    city: Any, index: int, venue: Any, received: dt.datetime, crew: Crew, way: list[dt.datetime],
    rng: Generator, random: Random,
) -> dict[str, Any]:  # fmt: skip
    channel = str(rng.choice(CHANNELS, p=CHANNEL_WEIGHTS))
    kind = KINDS[int(rng.integers(len(KINDS)))].value
    urgent = bool(rng.random() < 0.06)
    due = due_days(received, urgent=urgent, extended_days=0, terms=DEFAULT_TERMS, calendar=WorkingDays())
    done = len(way)
    verdict = str(rng.choice(VERDICTS, p=VERDICT_WEIGHTS)) if done >= 4 else ""
    officer = crew.officers[index % len(crew.officers)]
    state = WAY[done - 1][2] if done else ClueState.RECEIVED.value
    return {
        "uid": demo_uid(random), "scope_path": city.venue_scope[index], "channel": channel, "kind": kind,
        "text": SAID[kind], "address": venue.address, "venue_id": venue.id, "grid_id": city.venue_grid[index],
        "division_id": venue.division_id, "geom": spatial.point(*city.points[index]), "urgent": urgent,
        "source_number": f"HB{received:%y%m%d}{index:04d}" if channel == "hotline" else "",
        "source_name": {"hotline": "12315", "department": "公安经侦", "region": "咸宁市打传办"}.get(channel, ""),
        "received_at": received, "accept_due": due.accept, "close_due": due.close,
        "due_provisional": due.provisional, "state": state, "verdict": verdict,
        "close_reason": REASONS[verdict] if done == len(WAY) else "",
        "agency_id": crew.agency if done >= 2 else None, "person_id": officer if done >= 3 else None,
        "verified_by_id": officer if done >= 4 else None, "handled_by_id": officer if done >= 5 else None,
        "checked_by_id": crew.manager if done >= 7 else None,
        "accepted_on": way[0].astimezone(CHINA).date() if done else None,
        "closed_on": way[-1].astimezone(CHINA).date() if done == len(WAY) else None,
        "acknowledged_at": way[0] if urgent and done else None,
        "rework_count": int(done > 6 and rng.random() < 0.07), "invented": True,
    }  # fmt: skip


def _steps(clue_id: int, row: dict[str, Any], crew: Crew, way: list[dt.datetime]) -> list[dict[str, Any]]:
    found = []
    for moment, (move, before, after, field) in zip(way, WAY, strict=False):
        reason = FOUND[row["verdict"]] if move == "verify" else ("已按规定处置。" if move == "handle" else "")
        detail = {"verdict": row["verdict"]} if move == "verify" else {}
        found.append({
            "clue_id": clue_id, "move": move, "before": before, "after": after, "at": moment,
            "person_id": row["person_id"] if field else crew.manager, "reason": reason,
            "public_note": "感谢您的反映，已核实处理。" if move == "feed_back" else "",
            "detail": {"close_reason": row["close_reason"]} if move == "close" else detail,
        })  # fmt: skip
    return found


def _store_points(session: Any, city: Any, rng: Generator, random: Random) -> None:
    venues = dict(session.execute(select(Venue.id, Venue.division_id)).all())
    for number, name in enumerate(POINTS):
        index = int(rng.integers(len(city.venue_ids)))
        lon, lat = city.points[index]
        session.add(
            ContactPoint(
                uid=demo_uid(random),
                name=f"{name}打击传销工作联系点（演示）",
                telephone=f"027-8{number}000315",
                person_name=("张晓", "刘敏", "陈晨", "林芳", "许婷", "郭亮")[number],
                token=f"demo{number}xyz",
                division_id=venues[city.venue_ids[index]],
                scope_path=city.venue_scope[index],
                lon=round(float(lon), 6),
                lat=round(float(lat), 6),
                address=f"{name}门前",
                response_count=int(rng.integers(0, 14)),
            )
        )
