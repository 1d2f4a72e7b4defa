"""A year of invented visits, findings and sightings around dens that close and reappear elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

DAYS = 365
#: how much more or less an officer finds than the average one, at the same doors
STRICTNESS = (0.7, 0.9, 1.0, 1.1, 1.3, 1.0, 0.8, 1.2)
BASE_RATE = {
    "rental": 0.012,
    "hotel": 0.014,
    "meeting": 0.03,
    "direct_selling": 0.025,
    "campus": 0.01,
    "other": 0.012,
}
OUTCOMES = ("nothing_found", "no_answer", "refused", "suspicious", "violation")

TEXTS = (
    "客厅摆放大量桌椅，墙面有课程表痕迹，现场人员称系“学习交流”。",
    "屋内打地铺十余处，洗漱用品成套摆放，住客说法不一。",
    "发现收取“入会费”“入门费”的手写记录，已拍照固定。",
    "门窗紧闭，屋内有多人听课声，敲门后安静，稍后一人开门。",
    "现场有讲解奖金制度的白板，人员以拉人数量计算奖励。",
    "邻居反映每日早晚有成队人员进出，房东称已转租。",
)
SIGHTING_TEXTS = (
    "楼上每天早上很多人一起出门，晚上一起回来，屋里好像在上课。",
    "有人上门邀请去听投资课，说交会费就能赚钱。",
    "隔壁出租屋住了十几个人，地上都是铺盖。",
    "会议室里连续几天有人讲课，门口有人看着。",
    "有人在小区里发传单，介绍“连锁经营”。",
)


@dataclass(frozen=True)
class DenLife:
    """One den: where, from which day to which (days before the end of the year), and how strong."""

    name: str
    lon: float
    lat: float
    opened: int
    closed: int | None
    moved_from: int | None


def den_lives(centres: np.ndarray) -> list[DenLife]:
    """Return two dens that were closed and reappeared about a kilometre away. ``centres``: shape (4, 2), lon/lat."""
    plan = ((0, 300, 170, None), (1, 150, None, 0), (2, 230, 95, None), (3, 60, None, 2))
    return [
        DenLife(f"演示窝点{number + 1}", float(centres[i][0]), float(centres[i][1]), opened, closed, moved)
        for number, (i, opened, closed, moved) in enumerate(plan)
    ]


def heat(points: np.ndarray, dens: list[DenLife], days_ago: np.ndarray) -> np.ndarray:
    """Return the added chance of a finding at ``points`` (n, 2) on the day ``days_ago`` (n,), shape (n,)."""
    added = np.zeros(len(points))
    for den in dens:
        metres = np.hypot((points[:, 0] - den.lon) * 95_700, (points[:, 1] - den.lat) * 111_195)
        active = (days_ago <= den.opened) & (days_ago > (den.closed if den.closed is not None else -1))
        added += np.where(active, 0.8 * np.exp(-((metres / 320) ** 2)), 0.0)
    return added


def visit_days(intervals: np.ndarray, diligence: np.ndarray, rng: Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw when each venue was visited during the year.

    ``intervals`` (n,) days; ``diligence`` (n,) share of due visits really made: uneven on purpose, so that a map
    of raw findings would mislead. Returns (venue index, days ago), both of shape (visits,).
    """
    venue, ago = [], []
    for index, (interval, share) in enumerate(zip(intervals, diligence, strict=True)):
        day = DAYS - rng.uniform(0, interval)
        while day > 1:
            if rng.random() < share:
                venue.append(index)
                ago.append(int(day))
            day -= interval * rng.uniform(0.75, 1.3)
    return np.array(venue, dtype=int), np.array(ago, dtype=int)


def outcomes(chance: np.ndarray, rng: Generator) -> np.ndarray:
    """Draw an outcome index into ``OUTCOMES`` for each visit with the given chance of a finding, shape (n,)."""
    draw = rng.random(len(chance))
    result = np.zeros(len(chance), dtype=int)
    quiet = rng.random(len(chance))
    result[quiet < 0.17] = 1
    result[(quiet >= 0.17) & (quiet < 0.185)] = 2
    found = (draw < chance) & (result == 0)
    result[found] = np.where(rng.random(found.sum()) < 0.75, 3, 4)
    return result


def arrival(end: dt.datetime, days_ago: int, rng: Generator) -> dt.datetime:
    """Return a working-hours instant on the day ``days_ago`` before ``end`` (local midnight, aware)."""
    minutes = int(rng.integers(9 * 60, 17 * 60))
    return (end - dt.timedelta(days=days_ago) + dt.timedelta(minutes=minutes)).astimezone(dt.UTC)


def answers_for(violation: bool, items: list[dict[str, Any]], rng: Generator) -> dict[str, Any]:
    """Answer the checklist's yes/no items, more of them "yes" for a violation."""
    share = 0.4 if violation else 0.2
    return {item["code"]: bool(rng.random() < share) for item in items if item.get("kind") == "yesno"}
