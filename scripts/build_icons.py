"""Draw the application icons into static/icons/app: a grid, a route through it, and where it leads.

Run by hand after changing the drawing (``python scripts/build_icons.py``); the small results are committed.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

OUT = Path(__file__).resolve().parents[1] / "static" / "icons" / "app"
INK, CELL, ROUTE, GOLD = "#10233c", "#27456b", "#ffffff", "#e3b75d"
#: the drawing's own units: a square of 512
CELLS = [(112 + 100 * col, 112 + 100 * row) for row in range(3) for col in range(3)]
CELL_SIZE, CELL_RADIUS, WIDTH = 88, 16, 30
POINTS = [(156, 356), (256, 356), (256, 256), (356, 256), (356, 156)]
OVERSAMPLE = 4


def draw(size: int, *, corner: int, scale: float = 1.0) -> Image.Image:
    """Return the icon at ``size`` pixels; ``scale`` shrinks the motif into a maskable icon's safe zone."""
    side = size * OVERSAMPLE
    unit = side / 512
    image = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, side - 1, side - 1), corner * unit, fill=INK)

    def at(value: float) -> float:
        return (256 + (value - 256) * scale) * unit

    for x, y in CELLS:
        box = (at(x), at(y), at(x + CELL_SIZE), at(y + CELL_SIZE))
        pen.rounded_rectangle(box, CELL_RADIUS * scale * unit, fill=CELL)
    line = [(at(x), at(y)) for x, y in POINTS]
    pen.line(line, fill=ROUTE, width=round(WIDTH * scale * unit))
    for x, y in line:
        _disc(pen, x, y, WIDTH / 2 * scale * unit, ROUTE)
    _disc(pen, *line[0], 34 * scale * unit, ROUTE)
    _disc(pen, *line[-1], 58 * scale * unit, INK)
    _disc(pen, *line[-1], 46 * scale * unit, GOLD)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def _disc(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: str) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)


def svg(corner: int = 112) -> str:
    """Return the same drawing as SVG."""
    cells = "".join(
        f'<rect x="{x}" y="{y}" width="{CELL_SIZE}" height="{CELL_SIZE}" rx="{CELL_RADIUS}"/>'
        for x, y in CELLS
    )
    route = "M" + "L".join(f"{x} {y}" for x, y in POINTS)
    (x0, y0), (x1, y1) = POINTS[0], POINTS[-1]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">'
        f'<rect width="512" height="512" rx="{corner}" fill="{INK}"/><g fill="{CELL}">{cells}</g>'
        f'<path d="{route}" fill="none" stroke="{ROUTE}" stroke-width="{WIDTH}" stroke-linejoin="round"/>'
        f'<circle cx="{x0}" cy="{y0}" r="34" fill="{ROUTE}"/>'
        f'<circle cx="{x1}" cy="{y1}" r="52" fill="{GOLD}" stroke="{INK}" stroke-width="12"/></svg>\n'
    )


def main() -> None:
    """Write every size."""
    OUT.mkdir(parents=True, exist_ok=True)
    drawings = {
        "icon-192.png": draw(192, corner=112),
        "icon-512.png": draw(512, corner=112),
        "maskable-512.png": draw(512, corner=0, scale=0.82),
        "apple-180.png": draw(180, corner=0, scale=0.9),
        "icon-32.png": draw(32, corner=112, scale=1.25),
    }
    for name, image in drawings.items():
        image.quantize(64).save(OUT / name, optimize=True)
    (OUT / "icon.svg").write_text(svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
