"""Read one tile of a PMTiles archive (version 3): a base map of one's own in one file, without any tile server."""

from __future__ import annotations

import gzip
import os
import struct
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from patrol.core.errors import PatrolError, problem

UNREADABLE = problem(
    "territory.basemap_unreadable",
    en="The base map file {name} cannot be read: {why}. Set PMTILES_FILE to a PMTiles archive, version 3.",
    zh="无法读取底图文件{name}：{why}。请将 PMTILES_FILE 设为 PMTiles 第 3 版文件。",
    status=500,
)
#: kind of tile by its number in the header
KINDS = {1: "vector", 2: "image/png", 3: "image/jpeg", 4: "image/webp", 5: "image/avif"}
HEADER_BYTES = 127
#: a directory leads to a tile in three steps at most
DEEPEST = 4


@dataclass(frozen=True)
class _Directory:
    ids: list[int]
    runs: list[int]
    lengths: list[int]
    offsets: list[int]


@dataclass(frozen=True)
class Archive:
    """An opened archive: its ``kind`` of tiles and the zooms that it holds."""

    path: str
    kind: str
    min_zoom: int
    max_zoom: int
    root: tuple[int, int]
    leaves: int
    data: int
    packed: int
    tiles_packed: int

    def tile(self, zoom: int, column: int, row: int) -> bytes | None:
        """Return the bytes of one tile, unpacked; ``None`` where the archive holds none."""
        side = 1 << zoom if 0 <= zoom <= 30 else 0
        if not (self.min_zoom <= zoom <= self.max_zoom and 0 <= column < side and 0 <= row < side):
            return None
        wanted = tile_number(zoom, column, row)
        offset, length = self.root
        for _ in range(DEEPEST):
            directory = _directory(self.path, offset, length, self.packed)
            at = bisect_right(directory.ids, wanted) - 1
            if at < 0:
                return None
            if directory.runs[at]:
                if wanted >= directory.ids[at] + directory.runs[at]:
                    return None
                held = _read(self.path, self.data + directory.offsets[at], directory.lengths[at])
                return _unpack(held, self.tiles_packed, self.path)
            offset, length = self.leaves + directory.offsets[at], directory.lengths[at]
        return None


@lru_cache(maxsize=4)
def open_archive(path: Path) -> Archive:
    """Open an archive; raises :class:`PatrolError` for a file that is missing or is none."""
    try:
        head = _read(str(path), 0, HEADER_BYTES)
    except OSError as error:
        raise PatrolError(UNREADABLE, name=path.name, why=error.strerror or "?") from error
    if len(head) < HEADER_BYTES or head[:7] != b"PMTiles" or head[7] != 3:
        raise PatrolError(UNREADABLE, name=path.name, why="PMTiles v3?")
    root, root_length, _m, _n, leaves, _l, data, _d = struct.unpack_from("<8Q", head, 8)
    packed, tiles_packed, kind, least, most = head[97:102]
    if kind not in KINDS or packed not in (1, 2) or tiles_packed not in (0, 1, 2):
        raise PatrolError(UNREADABLE, name=path.name, why=f"{kind}/{packed}/{tiles_packed}")
    return Archive(
        str(path), KINDS[kind], least, most, (root, root_length), leaves, data, packed, tiles_packed
    )  # fmt: skip


def tile_number(zoom: int, column: int, row: int) -> int:
    """Return a tile's number: all smaller zooms first, then along a Hilbert curve.

    Source: PMTiles specification, version 3, section 4.1.

    >>> [tile_number(*each) for each in ((0, 0, 0), (1, 0, 0), (1, 1, 0), (2, 0, 0), (12, 3423, 1763))]
    [0, 1, 4, 5, 19078479]
    """
    number, x, y = (4**zoom - 1) // 3, column, row
    side = 1 << zoom >> 1
    while side:
        right, low = int(x & side > 0), int(y & side > 0)
        number += side * side * ((3 * right) ^ low)
        if not low:
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        side >>= 1
    return number


@lru_cache(maxsize=256)
def _directory(path: str, offset: int, length: int, packed: int) -> _Directory:
    body = _unpack(_read(path, offset, length), packed, path)
    many, at = varint(body, 0)
    columns: list[list[int]] = []
    for _ in range(4):
        values = []
        for _each in range(many):
            value, at = varint(body, at)
            values.append(value)
        columns.append(values)
    steps, runs, lengths, told = columns
    ids: list[int] = []
    offsets: list[int] = []
    last = 0
    for index in range(many):
        last += steps[index]
        ids.append(last)
        following = told[index] == 0 and index > 0
        offsets.append(offsets[-1] + lengths[index - 1] if following else told[index] - 1)
    return _Directory(ids, runs, lengths, offsets)


def varint(body: bytes, at: int) -> tuple[int, int]:
    """Return a variable-length whole number at a position, and where the next begins.

    >>> varint(bytes([0b10101100, 0b00000010]), 0)
    (300, 2)
    """
    value = shift = 0
    while True:
        byte = body[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _read(path: str, offset: int, length: int) -> bytes:
    with Path(path).open("rb") as file:
        return os.pread(file.fileno(), length, offset)


def _unpack(body: bytes, packed: int, path: str) -> bytes:
    if packed != 2:
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError) as error:
        raise PatrolError(UNREADABLE, name=Path(path).name, why="gzip") from error
