"""Imports as a manager makes them: uploaded over HTTP, checked and stored by the job worker, watched until stored."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any

from patrol.core.figures import Figure
from patrol.pwa.bench.answers import Client, served

VENUE_ROWS, REPORT_ROWS = 20_000, 10_000
LONGEST_S = 300.0


def import_figures(folder: Path) -> Iterator[Figure]:
    """Yield the seconds of a demo city, of 20,000 venues and of 10,000 reports of 12315, and of the Chicago file."""
    settings = _empty(folder / "imports")
    begun = time.perf_counter()
    _patrol(settings, "demo")
    yield Figure("patrol demo", time.perf_counter() - begun, "s", goal="< 60")
    with served(settings) as port, _job_worker(settings) as worker:
        client = Client(port, "city")
        yield from _imported(client, worker, "venues", f"venues, CSV of {VENUE_ROWS:,} rows", _venues(), 60)
        yield from _imported(
            client, worker, "clues", f"12315 file, CSV of {REPORT_ROWS:,} rows", _reports(), 30
        )
        client.close()
    data = os.environ.get("PATROL_BENCH_DATA")
    if data:
        city = _empty(folder / "chicago")
        file = Path(data) / "inspections" / "chicago_inspections_to_2014-08.csv.gz"
        begun = time.perf_counter()
        _patrol(city, "import-inspections", str(file))
        yield Figure("patrol import-inspections, Chicago", time.perf_counter() - begun, "s", goal="< 90")


def _empty(folder: Path) -> dict[str, Any]:
    folder.mkdir()
    settings = {"DATABASE_URL": f"sqlite:///{folder / 'patrol.db'}", "DATA_DIR": str(folder)}
    _patrol(settings, "db", "upgrade")
    return settings


def _patrol(settings: dict[str, Any], *words: str) -> None:
    command = [sys.executable, "-c", "from patrol.cli import main; main()", *words]
    subprocess.run(command, env={**os.environ, **settings}, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _job_worker(settings: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    from patrol.infra.serve import job_worker_command

    with subprocess.Popen(
        job_worker_command(),
        env={**os.environ, **settings},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def _imported(
    client: Client, worker: subprocess.Popen[bytes], purpose: str, name: str, content: str, goal_s: int
) -> Iterator[Figure]:
    """Upload, take the guessed columns, check, decide all likely duplicates as new, store; yield what it took."""
    begun = time.perf_counter()
    start = client.read(f"/{purpose}/import")
    form = {"purpose": purpose, "division": _selected(start)["division"]}
    columns = client.upload("/venues/import", form, "file", f"{purpose}.csv", content.encode())
    show = client.post(columns, _selected(client.read(columns)))
    checked, told = _watch(client, worker, show)
    client.post(f"{show}/decide", {"all": "new", "why": ""})
    client.post(f"{show}/store", {})
    stored, more = _watch(client, worker, show)
    taken = time.perf_counter() - begun
    rows, told_at_end = content.count("\n") - 1, re.findall(r'class="stat-value">\s*(\d+)', client.read(show))
    yield Figure(f"{name}: uploaded, checked and stored", taken, "s", goal=f"< {goal_s}")
    yield Figure(f"{name}: rows stored", int(told_at_end[-1]), "rows", goal=f"== {rows}")
    yield Figure(f"{name}: of it checking", checked, "s")
    yield Figure(f"{name}: of it storing", stored, "s")
    yield Figure(f"{name}: different states of progress seen", told + more, "states", goal=">= 4")


def _selected(page: str) -> dict[str, str]:
    chosen = {}
    for text in re.findall(r"<select[^>]*>.*?</select>", page, re.S):
        found = re.search(r'name="([^"]+)"', text)
        picked = re.search(r'<option value="([^"]*)" selected', text)
        if found:
            chosen[found[1]] = unescape(picked[1]) if picked else ""
    return chosen


def _watch(client: Client, worker: subprocess.Popen[bytes], show: str) -> tuple[float, int]:
    """Look at the page of an import until no job is under way; return seconds and how many states were seen."""
    seen: set[str] = set()
    begun = time.perf_counter()
    while time.perf_counter() - begun < LONGEST_S:
        page = client.read(show)
        job = re.search(r'data-job="([0-9a-f-]{36})"', page)
        if job is None:
            return time.perf_counter() - begun, len(seen)
        seen.add(client.read(f"/jobs/{job[1]}.json"))
        # A worker that ended is not waited for.
        with contextlib.suppress(subprocess.TimeoutExpired):
            raise RuntimeError(f"the job worker ended with {worker.wait(0.25)}")
    raise RuntimeError(f"{show} took longer than {LONGEST_S:.0f} s")


def _venues() -> str:
    rows = [["编号", "场所名称", "类别", "地址", "经度", "纬度"]]
    rows += [
        [f"B{n}", f"新登记场所{n}号", ("宾馆", "出租屋", "会议中心")[n % 3], f"测试路{n}号",
         f"{114.25 + 0.08 * (n * 0.618033 % 1):.6f}", f"{30.58 + 0.07 * (n * 0.754877 % 1):.6f}"]
        for n in range(VENUE_ROWS)
    ]  # fmt: skip
    return _csv(rows)


def _reports() -> str:
    rows = [["编号", "登记时间", "反映内容", "行政区划", "地址"]]
    rows += [
        [f"WH{n:06d}", f"2026-{1 + n % 10:02d}-{1 + n % 28:02d} 09:{n % 60:02d}",
         f"反映某小区{n}号楼内多人听课，疑似传销。", "江岸区" if n % 2 else "江汉区", f"解放大道{n}号"]
        for n in range(REPORT_ROWS)
    ]  # fmt: skip
    return _csv(rows)


def _csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
