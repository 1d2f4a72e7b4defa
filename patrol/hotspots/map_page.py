"""The folium map of the hotspot page: every part local, nothing inline, so that the strict policy holds.

folium writes one page with inline scripts and styles and addresses of other hosts. Here its class lists point
at our built files, its ids are numbered instead of random, and script, style and frame are served separately.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import folium
import numpy as np
import pyarrow.parquet as pq
import shapely
from folium.plugins import HeatMap

from patrol.hotspots.surfaces import Cell
from patrol.infra.assets import asset
from patrol.infra.resources import resource

#: colour-blind-safe: reds for hot, blues for cold, grey for what nobody knows (ColorBrewer RdBu)
COLOURS = {
    "hot99": "#b2182b",
    "hot95": "#ef8a62",
    "hot90": "#fddbc7",
    "none": "#f7f7f7",
    "cold90": "#d1e5f0",
    "cold95": "#67a9cf",
    "cold99": "#2166ac",
    "unknown": "#8a8f98",
}
_SCRIPTS = ("vendor/leaflet/leaflet.js", "vendor/leaflet-heat/leaflet-heat.js")
_SHEETS = ("vendor/leaflet/leaflet.css",)
#: west, south, east, north of the view where there is no grid yet
_CHINA = (73.0, 18.0, 135.0, 54.0)


@dataclass(frozen=True)
class MapParts:
    """A map in four parts: what to load, the frame, its script and its style."""

    scripts: tuple[str, ...]
    sheets: tuple[str, ...]
    frame: str
    script: str
    style: str


def draw(cells: Sequence[Cell], points: Sequence[tuple[float, float]]) -> MapParts:
    """Draw streets, judged grids and the heat of findings; the view is the box of all grids."""
    shapes = np.array([cell.counted.shape for cell in cells], dtype=object)
    west, south, east, north = shapely.total_bounds(shapes) if len(shapes) else _CHINA
    map_ = folium.Map(
        location=[(south + north) / 2, (west + east) / 2], tiles=None, maxZoom=18, prefer_canvas=True
    )
    map_.default_js, map_.default_css = [], []
    for cell in cells:
        _cell(cell).add_to(map_)
    lines = _streets(shapely.box(west, south, east, north)) if len(shapes) else None
    if lines:
        folium.GeoJson(
            lines,
            style_function=lambda _: {"color": "#7d8896", "weight": 1, "opacity": 0.55},
            interactive=False,
        ).add_to(map_)
    heat = HeatMap([list(point) for point in points], radius=18, blur=16, min_opacity=0.25, max_zoom=15)
    heat.default_js = []
    heat.add_to(map_)
    map_.fit_bounds([[south, west], [north, east]])
    return _parts(map_)


def _cell(cell: Cell) -> Any:
    look = {
        "color": "#4a5563",
        "weight": 1,
        "fillColor": COLOURS[cell.name],
        "fillOpacity": 0.25 if cell.name == "none" else 0.6,
        "dashArray": "4 3" if cell.name == "unknown" else None,
    }
    shape = shapely.set_precision(cell.counted.shape, 1e-5)
    return folium.GeoJson(shapely.to_geojson(shape), style_function=lambda _: look)


def _streets(box: Any) -> Any:
    table = pq.read_table(resource("geodata", "wuhan_streets.parquet"))
    kinds = np.array([str(kind) for kind in table.column("highway").to_pylist()])
    main = np.isin(kinds, ["motorway", "trunk", "primary", "secondary", "tertiary"])
    lines = shapely.from_wkb(np.array(table.column("geometry").to_pylist(), dtype=object)[main])
    near = lines[shapely.intersects(lines, box)]
    if not len(near):
        return None
    return shapely.to_geojson(shapely.set_precision(shapely.multilinestrings(near), 1e-5))


def _parts(map_: Any) -> MapParts:
    root = map_.get_root()
    for number, element in enumerate(_walk(root)):
        element._id = f"p{number}"
    root.render()
    head = root.header.render()
    style = "\n".join(re.findall(r"<style>(.*?)</style>", head, re.S))
    inline = re.findall(r"<script>(.*?)</script>", head, re.S)
    return MapParts(
        tuple(asset(name) for name in _SCRIPTS),
        tuple(asset(name) for name in _SHEETS),
        root.html.render(),
        "\n".join([*inline, "L.Control.Attribution.prototype.options.prefix = false;", root.script.render()]),
        style,
    )


def _walk(element: Any) -> Any:
    yield element
    for child in element._children.values():
        yield from _walk(child)
