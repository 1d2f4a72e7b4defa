"""What a base map draws of a vector tile: water, green, buildings and streets by rank; everything else is left out."""

from __future__ import annotations

from typing import Any

from patrol.territory.pmtiles import varint

#: name of a layer (Protomaps, OpenMapTiles, Shortbread) -> what it is drawn as
LAYERS = {
    "water": "water", "waterway": "water", "ocean": "water", "water_polygons": "water", "earth": "", "landuse": "green",
    "landcover": "green", "park": "green", "natural": "green", "buildings": "building", "building": "building",
    "roads": "street", "transportation": "street", "streets": "street",
}  # fmt: skip
GREEN = {
    "park",
    "forest",
    "wood",
    "grass",
    "garden",
    "nature_reserve",
    "recreation_ground",
    "meadow",
    "scrub",
}
RANKS = {
    "highway": 4, "motorway": 4, "trunk": 4, "major_road": 3, "primary": 3, "medium_road": 2, "secondary": 2,
    "tertiary": 1, "minor_road": 0, "minor": 0, "residential": 0, "path": -1, "service": -1, "other": -1,
}  # fmt: skip
Part = tuple[str, int, bool, list[list[int]]]


def parts_of(body: bytes) -> dict[str, Any]:
    """Decode a vector tile (Mapbox Vector Tile 2.1) into ``extent`` and ``parts``.

    A part is what it is drawn as, its rank, whether it is an area, and its lines as x, y, x, y … in units of
    the extent, y growing to the south. Bytes that are no vector tile raise ``ValueError``.
    """
    try:
        found, extent = [], 4096
        for field, value in fields(body):
            if field == 3 and isinstance(value, bytes):
                extent, parts = _layer(value)
                found += parts
    except IndexError as error:
        raise ValueError("no vector tile") from error
    return {"extent": extent, "parts": found}


def fields(body: bytes) -> list[tuple[int, int | bytes]]:
    """Return number and value of each field of a protocol buffer: whole numbers, else bytes."""
    at, found = 0, []
    while at < len(body):
        tag, at = varint(body, at)
        value: int | bytes
        if tag & 7 == 0:
            value, at = varint(body, at)
        else:
            length, at = {1: (8, at), 5: (4, at)}.get(tag & 7) or varint(body, at)
            value, at = body[at : at + length], at + length
        found.append((tag >> 3, value))
    return found


def _layer(body: bytes) -> tuple[int, list[Part]]:
    name, extent, keys, values, features = "", 4096, [], [], []
    for field, value in fields(body):
        if isinstance(value, int):
            extent = value if field == 5 else extent
        elif field == 1:
            name = value.decode()
        elif field == 2:
            features.append(value)
        elif field == 3:
            keys.append(value.decode())
        elif field == 4:
            values.append(next((v.decode() for f, v in fields(value) if f == 1 and isinstance(v, bytes)), ""))
    drawn = LAYERS.get(name, "")
    parts = [_feature(feature, drawn, keys, values) for feature in features] if drawn else []
    return extent, [part for part in parts if part]


def _feature(body: bytes, drawn: str, keys: list[str], values: list[str]) -> Part | None:
    kind, tags, shape = 0, b"", b""
    for field, value in fields(body):
        if field == 3 and isinstance(value, int):
            kind = value
        elif isinstance(value, bytes):
            tags, shape = (value, shape) if field == 2 else (tags, value if field == 4 else shape)
    if kind not in (2, 3):
        return None
    numbers = _numbers(tags)
    said = {keys[k]: values[v] for k, v in zip(numbers[::2], numbers[1::2], strict=False)}
    named = said.get("kind") or said.get("class") or said.get("highway") or ""
    if drawn == "green" and named not in GREEN:
        return None
    return drawn, RANKS.get(named, 0), kind == 3, _lines(_numbers(shape))


def _numbers(body: bytes) -> list[int]:
    at, found = 0, []
    while at < len(body):
        value, at = varint(body, at)
        found.append(value)
    return found


def _lines(told: list[int]) -> list[list[int]]:
    """Turn the commands of a geometry into lines: 1 moves, 2 draws, 7 closes; steps are zigzag numbers."""
    lines: list[list[int]] = []
    at = x = y = 0
    while at < len(told):
        command, many = told[at] & 7, told[at] >> 3
        at += 1
        if command == 7:
            lines[-1] += lines[-1][:2]
            continue
        for _ in range(many):
            x += (told[at] >> 1) ^ -(told[at] & 1)
            y += (told[at + 1] >> 1) ^ -(told[at + 1] & 1)
            at += 2
            if command == 1:
                lines.append([x, y])
            else:
                lines[-1] += [x, y]
    return lines
