"""The demo's ground: divisions from shipped polygons, grids from streets, venues placed along them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import shapely
from numpy.random import Generator
from shapely.geometry import shape

from patrol.infra.resources import resource
from patrol.territory import Streets

DISTRICTS = ("420102", "420103")

#: kind, share of all venues, minutes of a visit, revisit interval in days, opening hours, capacity range
KINDS: tuple[tuple[str, float, int, int, list[list[str]], tuple[int, int]], ...] = (
    ("rental", 0.60, 8, 45, [], (4, 30)),
    ("hotel", 0.20, 15, 30, [], (20, 300)),
    ("meeting", 0.08, 15, 21, [["08:30", "21:30"]], (30, 600)),
    ("direct_selling", 0.05, 12, 60, [["09:00", "18:00"]], (5, 40)),
    ("campus", 0.02, 20, 60, [["08:00", "18:00"]], (500, 8000)),
    ("other", 0.05, 10, 60, [["09:00", "20:00"]], (5, 80)),
)
_STEMS = {
    "rental": ("出租屋", "合租公寓", "租赁住房"),
    "hotel": ("宾馆", "快捷酒店", "旅馆", "公寓酒店"),
    "meeting": ("会议中心", "培训教室", "活动中心"),
    "direct_selling": ("直销服务网点", "健康体验店"),
    "campus": ("职业培训学校", "校区"),
    "other": ("茶楼", "写字间", "仓储点"),
}
_WORDS = [
    "晨光",
    "江韵",
    "汉风",
    "沿江",
    "云鹤",
    "楚望",
    "花园",
    "长青",
    "梧桐",
    "芳草",
    "望江",
    "金桥",
    "百合",
    "星河",
    "东湖",
    "临江",
    "翠微",
    "和顺",
    "锦绣",
    "鹤翔",
]


_IMPORTANCE = {"motorway": 3, "trunk": 3, "primary": 3, "secondary": 2, "tertiary": 1}


@dataclass(frozen=True)
class Place:
    """An invented venue before it is stored."""

    lon: float
    lat: float
    kind: str
    name: str
    address: str
    service_minutes: int
    interval_days: int
    opening_hours: list[Any]
    capacity: int


def district_shape(code: str) -> shapely.MultiPolygon:
    """Return the shipped polygon of a district in WGS-84."""
    loaded = json.loads(resource("geodata", "divisions", f"{code}.geojson").read_text(encoding="utf-8"))
    geometry = shape(loaded.get("geometry") or loaded)
    return geometry if geometry.geom_type == "MultiPolygon" else shapely.MultiPolygon([geometry])


def streets() -> Streets:
    """Return the shipped streets (WGS-84), each with how much of a border it makes: 0 lane … 3 main road."""
    table = pq.read_table(resource("geodata", "wuhan_streets.parquet"))
    lines = shapely.from_wkb(np.array(table.column("geometry").to_pylist(), dtype=object))
    rank = [
        _IMPORTANCE.get(str(kind).removesuffix("_link"), 0) for kind in table.column("highway").to_pylist()
    ]
    return Streets(lines, np.array(rank, dtype=np.int64))


def township_names(district: str) -> list[tuple[str, str]]:
    """Return (code, name) of every township of a district."""
    rows = resource("geodata", "townships.csv").read_text(encoding="utf-8").splitlines()[1:]
    cells = [row.split(",") for row in rows]
    return [(c[0], c[1].strip('"')) for c in cells if c[2] == district]


def scatter(boundary: Any, lines: Any, count: int, rng: Generator) -> np.ndarray:
    """Place ``count`` points 8–30 m beside streets inside ``boundary``, denser towards its old centre.

    Returns an array of shape (count, 2) in lon, lat degrees.
    """
    inside = [
        part for part in shapely.intersection(np.array(lines, dtype=object), boundary) if part.length > 0
    ]
    lengths = np.array([part.length for part in inside])
    centre = boundary.centroid
    pull = np.exp(-np.array([part.distance(centre) for part in inside]) / 0.02)
    weights = lengths * (0.25 + pull)
    points: list[tuple[float, float]] = []
    while len(points) < count:
        part = inside[rng.choice(len(inside), p=weights / weights.sum())]
        spot = part.interpolate(rng.uniform(0, part.length))
        angle, metres = rng.uniform(0, 2 * np.pi), rng.uniform(8, 30)
        lon = spot.x + np.cos(angle) * metres / 95_700
        lat = spot.y + np.sin(angle) * metres / 111_195
        if boundary.contains(shapely.Point(lon, lat)):
            points.append((round(lon, 6), round(lat, 6)))
    return np.array(points)


def invent_places(points: np.ndarray, township: Sequence[str], rng: Generator) -> list[Place]:
    """Give every point a kind, a name and an address that says it is invented."""
    shares = np.array([kind[1] for kind in KINDS])
    chosen = rng.choice(len(KINDS), size=len(points), p=shares / shares.sum())
    places = []
    for number, ((lon, lat), pick, town) in enumerate(zip(points, chosen, township, strict=True), start=1):
        kind, _, minutes, interval, hours, (low, high) = KINDS[pick]
        stem = _STEMS[kind][int(rng.integers(len(_STEMS[kind])))]
        word = _WORDS[int(rng.integers(len(_WORDS)))]
        name = f"{word}{stem}{number:04d}"
        address = f"{town}{word}路{int(rng.integers(1, 300))}号（虚构）"
        places.append(
            Place(
                float(lon),
                float(lat),
                kind,
                name,
                address,
                minutes,
                interval,
                list(hours),
                int(rng.integers(low, high)),
            )
        )
    return places
