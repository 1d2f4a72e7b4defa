"""The folium map of the hotspot page: every part local, nothing inline, so that the strict policy holds.

folium writes one page with inline scripts and addresses of other hosts. Here its class lists are emptied (our
bundle brings the one Leaflet), its ids are numbered instead of random, and its script is served from an address
of its own; the map's element stands in our page. The first thing drawn is one palette picture.
"""

from __future__ import annotations

import importlib
import re
import sys
from dataclasses import dataclass
from typing import Any

from patrol.core.errors import PatrolError
from patrol.hotspots.pictures import Box
from patrol.infra.config import Settings
from patrol.territory import open_archive

#: 天地图: street map and Chinese names; CGCS2000 lies within centimetres of WGS-84
TIANDITU = (
    "https://t{s}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
)
STREETS, TILES = "/basemap/streets.json", "/basemap/tile?z={z}&x={x}&y={y}"


@dataclass(frozen=True)
class MapParts:
    """A map in parts: ``name`` of its variable, its element, its script and its first picture."""

    name: str
    frame: str
    script: str
    picture: str


def load_folium() -> Any:
    """Import folium with the first map, so that a server is ready sooner, and without pandas.

    folium would take pandas along where it happens to be installed, only to accept its frames: 70 MB for nothing.
    """
    if "folium" not in sys.modules and "pandas" not in sys.modules:
        sys.modules["pandas"] = None  # type: ignore[assignment]
        try:
            return importlib.import_module("folium")
        finally:
            del sys.modules["pandas"]
    return importlib.import_module("folium")


def draw(prefix: str, box: Box, picture_url: str, settings: Settings) -> MapParts:
    """Draw a map of a box with the picture of the surface; ``prefix`` keeps two maps of one page apart."""
    folium = load_folium()
    from folium.raster_layers import ImageOverlay

    west, south, east, north = box
    map_ = folium.Map(
        location=[(south + north) / 2, (west + east) / 2], tiles=None, maxZoom=19, minZoom=3, zoomSnap=0.5,
        control_scale=False, attributionControl=True, zoom_control="topright",
    )  # fmt: skip
    map_.default_js, map_.default_css = [], []
    for tiles in _tiles(settings):
        tiles.add_to(map_)
    overlay = ImageOverlay(
        "data:,", bounds=[[south, west], [north, east]], opacity=0.85, pixelated=False, interactive=False,
        class_name="hot-picture",
    )  # fmt: skip
    overlay.url = picture_url
    overlay.add_to(map_)
    map_.fit_bounds([[south, west], [north, east]])
    return _parts(map_, prefix, picture_url)


@dataclass(frozen=True)
class Ground:
    """What the map lies on: the address of streets or vector tiles for the page's script, ``fault`` of a file that
    cannot be read, ``own`` where an archive of one's own is drawn.
    """

    streets: str
    fault: PatrolError | None = None
    own: str = ""
    zoom: int = 19


def ground_of(settings: Settings) -> Ground:
    """Say what the maps lie on: the file of one's own first, else what the settings name, else shipped streets."""
    if not settings.PMTILES_FILE:
        return Ground(STREETS)
    try:
        archive = open_archive(settings.pmtiles_path)
    except PatrolError as error:
        return Ground(STREETS, fault=error)
    return Ground(TILES if archive.kind == "vector" else "", own=archive.kind, zoom=archive.max_zoom)


def _tiles(settings: Settings) -> list[Any]:
    """Return the base map of pictures that the settings choose; the shipped streets need none."""
    folium = load_folium()

    own = ground_of(settings).own
    if own:
        most = open_archive(settings.pmtiles_path).max_zoom
        pictures = folium.TileLayer(
            TILES, attr=settings.TILE_ATTRIBUTION or " ", max_zoom=19, max_native_zoom=most
        )
        return [] if own == "vector" else [pictures]
    if settings.TIANDITU_KEY:
        return [
            folium.TileLayer(
                TIANDITU.replace("{layer}", layer).replace("{key}", settings.TIANDITU_KEY), attr="天地图",
                subdomains="01234567", max_zoom=18,
            )
            for layer in ("vec", "cva")
        ]  # fmt: skip
    if settings.TILE_TEMPLATE:
        return [folium.TileLayer(settings.TILE_TEMPLATE, attr=settings.TILE_ATTRIBUTION or " ", max_zoom=19)]
    return []


def _parts(map_: Any, prefix: str, picture: str) -> MapParts:
    root = map_.get_root()
    for number, element in enumerate(_walk(root)):
        element._id = f"{prefix}{number}"
    root.render()
    frame = re.search(r"<div[^>]*id=\"([^\"]+)\"[^>]*>", root.html.render())
    if frame is None:
        raise ValueError("folium wrote no element for its map")
    return MapParts(
        map_.get_name(), f'<div class="folium-map" id="{frame[1]}"></div>', root.script.render(), picture
    )


def _walk(element: Any) -> Any:
    yield element
    for child in element._children.values():
        yield from _walk(child)
