"""A tiny PMTiles archive, written by the specification, to be read back."""

import gzip
import struct

PNG = b"the bytes of a picture, served as they are"


def number(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(index, kind, body):
    return number(index << 3 | kind) + (number(body) if kind == 0 else number(len(body)) + body)


def zigzag(value):
    return value * 2 if value >= 0 else -2 * value - 1


def line(points, *, closed=False):
    """The geometry of one line: a move, then draws, then perhaps a close."""
    (x, y), rest = points[0], points[1:]
    out = number(1 << 3 | 1) + number(zigzag(x)) + number(zigzag(y)) + number(len(rest) << 3 | 2)
    for nx, ny in rest:
        out += number(zigzag(nx - x)) + number(zigzag(ny - y))
        x, y = nx, ny
    return out + (number(1 << 3 | 7) if closed else b"")


def vector_tile():
    """A tile with a street, a lake, a park, and a label that no map of ours draws."""
    layers = b""
    for name, kind, said, geometry in (
        ("roads", 2, "major_road", line([(0, 100), (4096, 2000)])),
        ("water", 3, "lake", line([(10, 10), (500, 10), (500, 400)], closed=True)),
        ("landuse", 3, "park", line([(1000, 1000), (2000, 1000), (2000, 2000)], closed=True)),
        ("landuse", 3, "industrial", line([(0, 0), (9, 0), (9, 9)], closed=True)),
        ("places", 1, "city", number(1 << 3 | 1) + number(8) + number(8)),
    ):
        feature = field(2, 2, number(0) + number(0)) + field(3, 0, kind) + field(4, 2, geometry)
        layers += field(3, 2, field(1, 2, name.encode()) + field(2, 2, feature) + field(3, 2, b"kind")
                        + field(4, 2, field(1, 2, said.encode())) + field(5, 0, 4096))  # fmt: skip
    return layers


def directory(entries):
    """Entries of number, run, length, offset as the specification packs them."""
    columns = [[], [], [], []]
    last = 0
    for each, run, length, offset in entries:
        columns[0].append(each - last)
        columns[1].append(run)
        columns[2].append(length)
        columns[3].append(offset + 1)
        last = each
    return gzip.compress(number(len(entries)) + b"".join(number(v) for column in columns for v in column))


def write_archive(path, tiles, *, kind, most=14, leaves=False):
    """Write ``tiles``, (number, run, body), as an archive; ``leaves`` puts them into a leaf directory."""
    data, entries = b"", []
    for each, run, body in sorted(tiles):
        packed = gzip.compress(body) if kind == 1 else body
        entries.append((each, run, len(packed), len(data)))
        data += packed
    inner = directory(entries)
    leaf = inner if leaves else b""
    root = directory([(entries[0][0], 0, len(leaf), 0)]) if leaves else inner
    at = [127, 127 + len(root), 127 + len(root), 127 + len(root) + len(leaf)]
    head = b"PMTiles\x03" + struct.pack(
        "<11Q", at[0], len(root), at[1], 0, at[2], len(leaf), at[3], len(data), len(tiles), len(tiles), len(tiles)
    )  # fmt: skip
    head += bytes([1, 2, 2 if kind == 1 else 1, kind, 0, most])
    path.write_bytes(head.ljust(127, b"\0") + root + leaf + data)
