"""A million findings behind the real server: how soon it answers, what it weighs, what a slow phone sees first."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import click
import numpy as np

from patrol.core.figures import Figure

FINDINGS, VENUES, VENUE_DAYS = 1_000_000, 10_000, 1_500_000
#: all that the page offers
LAYERS = (
    "significance", "sightings", "register", "emerging", "steps", "looked", "coverage", "risk", "forecast",
)  # fmt: skip
ACCOUNT, PASSWORD = "city", "patrol-demo-2026"
BIN = Path(sys.executable).parent


def figures() -> Iterator[Figure]:
    """Build the city, serve it, ask and look."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": "", "RATE_LIMITS": "off"}
        for command in ("db upgrade", "demo"):
            subprocess.run(
                [BIN / "patrol", *command.split()], env=environment, check=True, stdout=subprocess.DEVNULL
            )
        fill(folder)
        with served(environment) as (address, process):
            yield from answers(address, process)
            yield from browser(address)


def fill(folder: str) -> None:
    """Add venues and a year of facts of a million findings, as the triggers would keep them."""
    from sqlalchemy import text

    from patrol import create_app
    from patrol.infra.db import db

    rng = np.random.default_rng(7)
    with create_app({"DATA_DIR": folder, "DATABASE_URL": ""}).app_context():
        session = db.session()
        first = int(session.scalar(text("SELECT max(id) FROM venue"))) + 1
        _copy_venues(session, first, rng)
        today = int(time.time() // 86_400)
        keys = rng.choice(VENUES * 365, VENUE_DAYS, replace=False)
        found = np.bincount(rng.integers(0, VENUE_DAYS, FINDINGS), minlength=VENUE_DAYS)
        went = found + rng.integers(1, 4, VENUE_DAYS)
        rows = np.column_stack([first + keys // 365, today - keys % 365, went, found])
        rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
        statement = text(
            "INSERT INTO place_day (venue_id, day, visits, no_answer, sampled_visits, findings, sampled_findings)"
            " VALUES (:v, :d, :w, 0, 0, :f, 0)"
        )
        for part in np.array_split(rows, 30):
            session.execute(statement, [dict(zip("vdwf", row, strict=True)) for row in part.tolist()])
        session.execute(text("UPDATE place_stamp SET stamp = stamp + 1"))
        session.commit()


def _copy_venues(session: Any, first: int, rng: np.random.Generator) -> None:
    """Add :data:`VENUES` venues near the demo's, numbered from ``first``."""
    import shapely
    from sqlalchemy import func, insert, select

    from patrol.infra import spatial
    from patrol.infra.db import unscoped
    from patrol.venues import Venue

    with unscoped(session, "a benchmark builds its world"):
        columns = (
            Venue.scope_path,
            Venue.division_id,
            Venue.grid_id,
            func.ST_X(Venue.geom),
            func.ST_Y(Venue.geom),
        )
        models = session.execute(select(*columns)).all()
        chosen = rng.integers(0, len(models), VENUES)
        moved = rng.normal(0, 0.004, (VENUES, 2))
        rows = []
        for at in range(VENUES):
            path, division, grid, lon, lat = models[chosen[at]]
            place = shapely.Point(lon + moved[at, 0], lat + moved[at, 1])
            rows.append({
                "id": first + at, "scope_path": path, "division_id": division, "grid_id": grid, "code": f"B{at}",
                "name": f"B{at}", "kind": "rental", "qr_token": f"bench{at}", "geom": spatial.to_geom(place),
            })  # fmt: skip
        for part in range(0, VENUES, 500):
            session.execute(insert(Venue), rows[part : part + 500])


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Serve with one worker of four threads until done."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command: list[str | Path] = [
        BIN / "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "4",
    ]
    process = subprocess.Popen([*command, "patrol:create_app()"], env=environment, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/readyz")
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(url: str) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310  (our own server)
                return
        except OSError:
            subprocess.run([sys.executable, "-c", "pass"], check=True)
    raise click.ClickException("the server was not ready in time")


def answers(address: str, process: subprocess.Popen[bytes]) -> Iterator[Figure]:
    """Ask for the layer and the picture, cold and warm, and read the server's memory."""
    ask = _signed_in(address)
    layer, picture = "/hotspots/layer.json?by=17&days={}", "/hotspots/surface.png?by=17&days={}"
    ask(layer.format(90))
    cold = max(_seconds(lambda n=n: ask(layer.format(n))) for n in (180, 365))
    yield Figure("1,000,000 findings: layer after a change of filter", cold, "s", goal="<= 1")
    warm = min(_seconds(lambda: ask(layer.format(365))) for _ in range(5))
    yield Figure("1,000,000 findings: the same layer again", warm * 1000, "ms", goal="<= 100")
    drawn = _seconds(lambda: ask(picture.format(365)))
    yield Figure("1,000,000 findings: picture of the surface, first time", drawn, "s", goal="<= 1")
    yield Figure("first picture", len(ask(picture.format(365))) / 1000, "KB", goal="<= 50")
    ask("/hotspots/?by=17&days=365")
    for name in LAYERS:
        ask(f"{layer.format(365)}&layer={name}")
    yield Figure(
        "server's memory with 1,000,000 findings, page and all layers", _most_mb(process), "MB", goal="<= 500"
    )
    after = "/hotspots/after-actions?days={}"
    cold = max(_seconds(lambda n=n: ask(after.format(n))) for n in (180, 365))
    yield Figure("what became of a year's actions, first time", cold, "s", goal="<= 1")
    warm = min(_seconds(lambda: ask(after.format(365))) for _ in range(5))
    yield Figure("the same again", warm * 1000, "ms", goal="<= 100")
    yield Figure("server's memory after that", _most_mb(process), "MB", goal="<= 500")


def _most_mb(process: subprocess.Popen[bytes]) -> float:
    """The most memory that any process of the server has held."""
    children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True)
    return max(_memory_mb(int(pid)) for pid in (*children.stdout.split(), str(process.pid)))


def _seconds(run: Any) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def _memory_mb(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0.0


def _signed_in(address: str) -> Any:
    """Return what asks for a path as a signed-in person."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{address}/login").read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"username": ACCOUNT, "password": PASSWORD, "csrf_token": token[1] if token else ""}
    opener.open(f"{address}/login", urllib.parse.urlencode(form).encode())
    return lambda path: opener.open(address + path).read()


#: what the page tells about itself: first paint, when the picture was there, bytes of everything
MEASURE = """() => { const rows = performance.getEntriesByType('resource');
  const picture = rows.find((row) => row.name.includes('surface.png'));
  const first = performance.getEntriesByName('first-contentful-paint')[0];
  const page = performance.getEntriesByType('navigation')[0];
  return { paint: first ? first.startTime : 0, picture: picture ? picture.responseEnd : 0,
    bytes: page.transferSize + rows.reduce((sum, row) => sum + row.transferSize, 0),
    hosts: [...new Set(rows.map((row) => new URL(row.name).host))] } }"""


def browser(address: str) -> Iterator[Figure]:
    """Open the page in Chromium with the processor four times slower; the server has answered before."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        click.echo("No Chromium here: the page is not looked at.", err=True)
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        page = chromium.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800}).new_page()
        page.goto(f"{address}/login")
        page.fill("[name=username]", ACCOUNT)
        page.fill("[name=password]", PASSWORD)
        page.click("form button.btn-primary")
        page.wait_for_url(lambda url: "/login" not in url)
        page.goto(f"{address}/hotspots/?by=17&days=365")
        page.wait_for_selector("[data-hot][data-ready]", state="attached", timeout=60_000)
        link = page.context.new_cdp_session(page)
        link.send("Network.clearBrowserCache")
        link.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        page.goto(f"{address}/hotspots/?by=17&days=365")
        page.wait_for_selector("[data-hot][data-ready]", state="attached", timeout=60_000)
        told = page.evaluate(MEASURE)
        chromium.close()
    yield Figure("page at CPU x4: first paint", told["paint"] / 1000, "s", goal="<= 1")
    yield Figure("page at CPU x4: first picture there", told["picture"] / 1000, "s", goal="<= 1")
    yield Figure("page, everything, compressed", told["bytes"] / 1000, "KB", goal="<= 400")
    yield Figure("hosts asked beside our own", len(told["hosts"]) - 1, "", goal="== 0")
