"""Reading divisions and grids from GeoJSON: every fault of every feature at once, doubts as warnings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, shape
from shapely.geometry.base import BaseGeometry

from patrol.core.datum import Datum, convert
from patrol.core.encodings import looks_chinese
from patrol.core.errors import Fault, Faults, PatrolError
from patrol.core.geo import invalid_place, points_inside, polygonal
from patrol.territory.domain import problems as p

MAX_BYTES = 64_000_000
MAX_FEATURES = 20_000
MAX_POINTS = 3_000_000
#: A boundary from another source never agrees exactly: below this share outside nothing is said.
_TOLERATED_OUTSIDE = 0.02
_TOLERATED_OVERLAP = 0.01

_LOOKED_FOR = {
    "code": (
        "code",
        "adcode",
        "grid_code",
        "编码",
        "代码",
        "网格编码",
        "网格代码",
        "区划代码",
        "行政区划代码",
    ),
    "name": ("name", "title", "grid_name", "名称", "网格名称", "区划名称"),
    "parent": ("parent", "parent_code", "division", "上级代码", "所属区划", "上级编码"),
}


@dataclass(frozen=True)
class Area:
    """One division or grid as read: WGS-84 degrees; ``number`` counts the features of the file from 1."""

    number: int
    code: str
    name: str
    parent: str
    shape: MultiPolygon
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Parent:
    """The division in which everything has to lie."""

    name: str
    shape: BaseGeometry


@dataclass(frozen=True)
class Wanted:
    """How to read the file: datum of its coordinates, own field names, and whether codes are needed."""

    datum: Datum = Datum.WGS84
    fields: Mapping[str, str] = field(default_factory=dict)
    needs_code: bool = True
    parent: Parent | None = None


@dataclass(frozen=True)
class AreasRead:
    """What came out: areas in the order of the file, and doubts that a person should look at."""

    areas: tuple[Area, ...]
    warnings: tuple[Fault, ...]


PLAIN = Wanted()


def read_areas(content: bytes, wanted: Wanted = PLAIN) -> AreasRead:
    """Read a GeoJSON file (collection, feature or bare geometry; UTF-8 or GBK) of divisions or grids.

    Returns: :class:`AreasRead`. Raises :class:`PatrolError` with *all* faults, each ``where`` being
    ``feature N``: unreadable or huge files, missing geometry, code or name, wrong geometry type, bad
    coordinates, self-crossings with their place, duplicate codes, areas mostly outside the parent.
    Slight overhang, overlaps between areas and a datum that does not seem to fit are warnings.
    """
    features = _features(_parsed(content))
    faults, warnings = Faults(), Faults()
    areas = [_area(number, each, wanted, faults) for number, each in enumerate(features, start=1)]
    read = [area for area in areas if area is not None]
    _check_codes(read, faults)
    if wanted.parent is not None:
        _check_parent(read, wanted, wanted.parent, faults, warnings)
    faults.raise_if_any()
    _check_overlaps(read, warnings)
    return AreasRead(tuple(read), tuple(warnings.found))


def _parsed(content: bytes) -> Any:
    if len(content) > MAX_BYTES:
        size, limit = round(len(content) / 1e6), MAX_BYTES // 1_000_000
        raise PatrolError(p.TOO_LARGE, size=size, limit=limit, unit="MB", unit_zh="MB")
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
        raise _unreadable(*(_OTHER if content.strip() else _NOTHING))
    try:
        return json.loads(_text_of(content), parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        line, at = error.lineno, error.colno
        raise _unreadable(
            f"it is damaged or was cut off at line {line}, character {at}",
            f"第{line}行第{at}个字符处有误，或文件不完整",
        ) from None
    except RecursionError:
        raise _unreadable("it is nested too deeply", "嵌套层数过多") from None


_NOTHING = ("it is empty", "文件为空")
_OTHER = ("it begins with something else", "文件开头不是GeoJSON内容")


def _unreadable(reason: str, reason_zh: str) -> PatrolError:
    return PatrolError(p.UNREADABLE, reason=reason, reason_zh=reason_zh)


def _text_of(content: bytes) -> str:
    """Decode UTF-8 or GBK; anything else would come out as garbled names, and is refused by its line."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        wrong = error.start
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        text, wrong = "", error.start
    if looks_chinese(text):
        return text
    raise PatrolError(p.MISENCODED, line=content[:wrong].count(b"\n") + 1)


def _features(found: Any) -> list[dict[str, Any]]:
    kind = found.get("type") if isinstance(found, dict) else None
    if kind == "FeatureCollection" and isinstance(found.get("features"), list):
        features = found["features"]
    elif kind == "Feature":
        features = [found]
    elif kind in {"Polygon", "MultiPolygon"}:
        features = [{"type": "Feature", "properties": found.get("properties"), "geometry": found}]
    else:
        said = (
            ("its type is missing", "缺少类型（type）")
            if not kind
            else (f"its type is {kind}", f"类型为{kind}")
        )
        raise _unreadable(*said)
    if not features:
        raise PatrolError(p.NOTHING_IN_IT)
    if len(features) > MAX_FEATURES:
        raise PatrolError(
            p.TOO_LARGE, size=len(features), limit=MAX_FEATURES, unit="features", unit_zh="个要素"
        )
    return [each if isinstance(each, dict) else {} for each in features]


def _area(number: int, feature: dict[str, Any], wanted: Wanted, faults: Faults) -> Area | None:
    where = f"feature {number}"
    properties = feature.get("properties") if isinstance(feature.get("properties"), dict) else {}
    texts = {key: _text(properties or {}, key, wanted.fields) for key in _LOOKED_FOR}
    if not texts["code"] and wanted.needs_code:
        faults.add(p.MISSING_CODE, where=where, looked=_looked("code", wanted))
    if not texts["name"]:
        faults.add(p.MISSING_NAME, where=where, looked=_looked("name", wanted))
    polygon = _polygon(feature.get("geometry"), wanted.datum, where, faults)
    if polygon is None:
        return None
    return Area(number, texts["code"], texts["name"], texts["parent"], polygon, properties or {})


def _text(properties: Mapping[str, Any], key: str, own: Mapping[str, str]) -> str:
    names = (own[key],) if own.get(key) else _LOOKED_FOR[key]
    folded = {str(name).strip().lower(): value for name, value in properties.items()}
    for name in names:
        value = folded.get(name.lower())
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, str | int) and str(value).strip():
            return str(value).strip()
    return ""


def _looked(key: str, wanted: Wanted) -> str:
    return wanted.fields.get(key) or ", ".join(_LOOKED_FOR[key])


def _polygon(found: Any, datum: Datum, where: str, faults: Faults) -> MultiPolygon | None:
    if not isinstance(found, dict):
        faults.add(p.NO_GEOMETRY, where=where)
        return None
    if found.get("type") not in {"Polygon", "MultiPolygon"}:
        faults.add(p.WRONG_GEOMETRY, where=where, found=str(found.get("type"))[:40])
        return None
    try:
        polygon = shapely.force_2d(shape(found))
    except (ValueError, TypeError, IndexError, KeyError, AttributeError, shapely.errors.ShapelyError):
        faults.add(p.BAD_COORDINATES, where=where)
        return None
    if not _are_degrees(polygon, where, faults):
        return None
    polygon = shapely.transform(polygon, lambda points: _to_wgs84(points, datum))
    return _sound(polygon, where, faults)


def _are_degrees(polygon: BaseGeometry, where: str, faults: Faults) -> bool:
    points = shapely.get_coordinates(polygon)
    if polygon.is_empty:
        faults.add(p.NO_GEOMETRY, where=where)
    elif len(points) > MAX_POINTS:
        sizes = {"size": str(len(points)), "limit": str(MAX_POINTS), "unit": "points", "unit_zh": "个点"}
        faults.add(p.TOO_LARGE, where=where, **sizes)
    elif not np.isfinite(points).all() or (np.abs(points) > (180.0, 90.0)).any():
        faults.add(p.BAD_COORDINATES, where=where)
    else:
        return True
    return False


def _to_wgs84(points: NDArray[np.float64], datum: Datum) -> NDArray[np.float64]:
    return np.column_stack(convert(points[:, 0].copy(), points[:, 1].copy(), datum, Datum.WGS84))


_REASONS = {
    "hole_outside": ("a hole lies outside it or touches another", "内环在外环之外，或内环相互接触"),
    "too_few_points": ("a ring has too few different corners", "环的不同顶点太少"),
    "other": ("its rings contradict each other", "各环之间相互矛盾"),
}


def _sound(polygon: BaseGeometry, where: str, faults: Faults) -> MultiPolygon | None:
    wrong = invalid_place(polygon)
    if wrong is None:
        return polygonal(polygon)
    if wrong.kind == "self_crossing" and wrong.lon is not None and wrong.lat is not None:
        faults.add(p.SELF_CROSSING, where=where, lon=wrong.lon, lat=wrong.lat)
    else:
        reason, reason_zh = _REASONS.get(wrong.kind, _REASONS["other"])
        near = "?" if wrong.lon is None else f"{wrong.lon:.5f}, {wrong.lat:.5f}"
        faults.add(p.INVALID, where=where, reason=reason, reason_zh=reason_zh, near=near)
    return None


def _check_codes(areas: list[Area], faults: Faults) -> None:
    first: dict[str, int] = {}
    for area in areas:
        if area.code and first.setdefault(area.code, area.number) != area.number:
            where = f"feature {area.number}"
            faults.add(p.DUPLICATE_CODE, where=where, code=area.code, first=first[area.code])


def _check_parent(
    areas: list[Area], wanted: Wanted, parent: Parent, faults: Faults, warnings: Faults
) -> None:
    """Areas mostly outside are faults, slight overhang is a doubt; a datum that fits better is named."""
    if not areas:
        return
    corners = shapely.get_coordinates(np.array([area.shape for area in areas], dtype=object))
    fits = _share_inside(parent, corners)
    better = {other: _share_inside(parent, _reread(corners, wanted.datum, other)) for other in Datum}
    best = max(better, key=lambda each: better[each])
    if better[best] > fits + 0.05 and best is not wanted.datum and fits < 0.98:
        warnings.add(p.WRONG_DATUM, parent=parent.name, better=_DATUM_NAMES[best])
    elif fits < 0.5:
        warnings.add(p.ELSEWHERE, parent=parent.name)
    for area in areas:
        outside = float(shapely.difference(area.shape, parent.shape).area / area.shape.area)
        if outside > _TOLERATED_OUTSIDE:
            into = faults if outside > 0.5 else warnings
            name = area.name or area.code
            into.add(
                p.OUTSIDE_PARENT, where=f"feature {area.number}", name=name, share=outside, parent=parent.name
            )
    if faults.found and warnings.found:
        faults.found += [doubt for doubt in warnings.found if doubt.problem in (p.WRONG_DATUM, p.ELSEWHERE)]


_DATUM_NAMES = {Datum.WGS84: "WGS-84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}


def _reread(corners: NDArray[np.float64], taken_as: Datum, other: Datum) -> NDArray[np.float64]:
    """The corners as they would lie had the file been read in ``other`` datum."""
    raw = convert(corners[:, 0].copy(), corners[:, 1].copy(), Datum.WGS84, taken_as)
    return np.column_stack(convert(*raw, other, Datum.WGS84))


def _share_inside(parent: Parent, corners: NDArray[np.float64]) -> float:
    """Share of corners inside the parent or within about five metres of it."""
    near = parent.shape.buffer(5e-5)
    return float(points_inside(near, corners[:, 0], corners[:, 1]).mean()) if len(corners) else 1.0


def _check_overlaps(areas: list[Area], warnings: Faults) -> None:
    shapes = np.array([area.shape for area in areas], dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    for a, b in sorted(zip(one.tolist(), other.tolist(), strict=True)):
        if a < b:
            common = float(shapely.intersection(shapes[a], shapes[b]).area)
            share = common / min(shapes[a].area, shapes[b].area)
            if share > _TOLERATED_OVERLAP:
                names = {"name": areas[b].name, "other": areas[a].name}
                _add_overlap(warnings, areas[b].number, names, share)


def _add_overlap(warnings: Faults, number: int, names: dict[str, str], share: float) -> None:
    warnings.add(p.OVERLAP, where=f"feature {number}", share=share, **names)
