"""``patrol bench web``: how heavy and how quick the pages are, on a phone and on a grown city."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from patrol.core.figures import Figure
from patrol.pwa.bench.answers import answer_figures, served
from patrol.pwa.bench.crowd import demo_city, grown_city
from patrol.pwa.bench.imports import import_figures
from patrol.pwa.bench.lighthouse import lighthouse_figures
from patrol.pwa.bench.outbox import outbox_figures
from patrol.pwa.bench.phone import phone_figures
from patrol.pwa.bench.weight import weight_figures

#: what ``--only`` may name; ``answers`` is the grown city, ``imports`` need no browser
PARTS = ("weight", "phone", "outbox", "lighthouse", "imports", "answers")


def figures(only: str = "") -> Iterator[Figure]:
    """Measure the demo city in Chromium, then every page on the grown city.

    ``PATROL_BENCH_CITY`` names a folder in which the grown city is kept from run to run (making it takes minutes).
    """
    wanted = [part for part in PARTS if not only or part in only.split(",")]
    with tempfile.TemporaryDirectory(prefix="patrol-bench-") as made:
        folder = Path(made)
        if not {"imports", "answers"}.issuperset(wanted):
            yield from _in_chromium(folder, wanted)
        if "imports" in wanted:
            yield from import_figures(folder)
        if "answers" in wanted:
            grown = Path(os.environ.get("PATROL_BENCH_CITY") or folder / "grown")
            grown.mkdir(parents=True, exist_ok=True)
            yield from answer_figures(grown_city(grown))


def _in_chromium(folder: Path, wanted: list[str]) -> Iterator[Figure]:
    settings = {"DATABASE_URL": f"sqlite:///{folder / 'patrol.db'}", "DATA_DIR": str(folder)}
    demo_city(settings)
    with served(settings) as port:
        address = f"http://127.0.0.1:{port}"
        if "weight" in wanted:
            yield from weight_figures(address)
        if "phone" in wanted:
            yield from phone_figures(address, folder)
        if "outbox" in wanted:
            yield from outbox_figures(address, folder)
        if "lighthouse" in wanted:
            yield from lighthouse_figures(address, folder)
