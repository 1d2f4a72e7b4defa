"""The map as one picture for slides and papers: surface, streets, units, title, legend and denominator."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import shapely
from flask_babel import gettext as _
from PIL import Image, ImageDraw, ImageFont

from patrol.hotspots.answers import Answer, Viewer
from patrol.hotspots.labels import class_names
from patrol.hotspots.pictures import COLOURS, HATCH_COLOUR, NOTHING, Ground, shades
from patrol.hotspots.rows import rows, totals

WIDTH, MARGIN, HEAD, FOOT = 1400, 24, 84, 240
FONTS = (
    "NotoSansCJK-Regular.ttc",
    "NotoSerifCJK-Regular.ttc",
    "SourceHanSansSC-Regular.otf",
    "DejaVuSans.ttf",
)
EDGE = {
    "hot99": "#7a0d1c",
    "hot95": "#b2182b",
    "hot90": "#d6604d",
    "area": "#d6604d",
    "cold95": "#2166ac",
    "cold99": "#123f70",
}
FILL = {
    "hot99": "#a32a20", "hot95": "#e06a43", "hot90": "#f5b48a", "area": "#f5b48a", "none": "#e6e9ec",
    "cold90": "#8fbbd9", "cold95": "#8fbbd9", "cold99": "#2c6fa6", "few": "#cfc6dd",
}  # fmt: skip


def font(size: int) -> Any:
    """Return a font that has Chinese, or Pillow's own where the machine has none."""
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def sheet_png(given: Answer, viewer: Viewer) -> bytes:
    """Draw an answer as a PNG of 1400 pixels across with everything a reader must know beside the map."""
    box = given.box
    inner = WIDTH - 2 * MARGIN
    if box is None:
        page = Image.new("RGB", (WIDTH, 200), "white")
        ImageDraw.Draw(page).text((MARGIN, 80), _("No venues and no grids here yet."), "#16212e", font(26))
        return _bytes(page)
    ground = Ground.of(box)
    raster = ground.raster(inner)
    height = min(round(inner * raster.north / raster.east), 1400)
    page = Image.new("RGB", (WIDTH, height + HEAD + FOOT), "white")
    page.paste(_map(given, viewer, ground, inner, height), (MARGIN, HEAD))
    return _bytes(page.crop((0, 0, WIDTH, _words(page, given, viewer, height))))


def _bytes(page: Image.Image) -> bytes:
    out = io.BytesIO()
    page.save(out, "PNG", optimize=True)
    return out.getvalue()


def _map(given: Answer, viewer: Viewer, ground: Ground, width: int, height: int) -> Image.Image:
    land = Image.new("RGBA", (width, height), "#f3f5f3")
    made = shades(given, ground.box) if viewer.small_counts else None
    if made is not None:
        colours = np.array([*COLOURS, HATCH_COLOUR, (255, 255, 255, 0)], dtype=np.uint8)
        shade = Image.fromarray(colours[np.minimum(made[::-1], NOTHING)])
        land.alpha_composite(shade.resize((width, height), Image.Resampling.BILINEAR))
    pen = ImageDraw.Draw(land, "RGBA")
    flat = ground.raster(width)
    across, down = width / flat.east, height / flat.north

    def corners(shape: Any) -> list[tuple[float, float]]:
        lon, lat = shapely.get_coordinates(shape.exterior).T
        x, y = ground.flatten(lon, lat)
        return list(zip((x * across).tolist(), (height - y * down).tolist(), strict=True))

    for row in rows(given, viewer):
        shape = given.units.shapes[row.index]
        for part in getattr(shape, "geoms", [shape]):
            line = EDGE.get(row.name, "#7d8b9b")
            fill = FILL["few"] if row.name == "few" else None
            pen.polygon(corners(part), fill=fill, outline=line, width=4 if row.name in EDGE else 1)
    pen.rectangle((0, 0, width - 1, height - 1), outline="#7d8b9b")
    return land.convert("RGB")


def _words(page: Image.Image, given: Answer, viewer: Viewer, height: int) -> int:
    """Write what stands above and under the map; return where the sheet ends."""
    pen = ImageDraw.Draw(page)
    asked, told = given.question, totals(rows(given, viewer))
    pen.text((MARGIN, 14), _("Where findings gather, given where anybody looked"), "#16212e", font(30))
    line = _(
        "%(begin)s to %(end)s; n = %(findings)s findings in %(visits)s visits (denominator);"
        " %(tests)s units tested, FDR 5 %%",
        begin=asked.begin, end=asked.end, findings=told.findings, visits=told.visits, tests=given.judged.tests,
    )  # fmt: skip
    pen.text((MARGIN, 52), line, "#45535f", font(19))
    x, y = MARGIN, height + HEAD + 14
    for name in ("hot99", "hot95", *(["area"] if given.units.squares else []), "none", "cold95", "unknown"):
        words = class_names()[name]
        wide = 34 + pen.textlength(words, font(17)) + 24
        if x + wide > WIDTH - MARGIN:
            x, y = MARGIN, y + 30
        box = (x, y + 3, x + 24, y + 21)
        pen.rectangle(box, fill=FILL.get(name, "white"), outline="#45535f")
        if name == "unknown":
            for k in range(0, 24, 6):
                pen.line((x + k, y + 3, min(x + k + 18, x + 24), min(y + 21, y + 3 + (24 - k))), "#5a626e")
        pen.text((x + 32, y), words, "#16212e", font(17))
        x += round(wide)
    note = _("Places only: nothing here describes a person.")
    pen.text((MARGIN, y + 34), note, "#596878", font(15))
    return y + 70
