"""``patrol bench sync``: entries a second over HTTP with sign-in, scope and audit, and phones that come home together.

The server is the one that ``patrol serve`` starts, two processes on a fresh demo city; the clients run beside it on the
same machine. ``PATROL_BENCH_POSTGRES`` (an empty database's address) adds PostgreSQL; ``PATROL_BENCH_PHONES`` says how
many phones come home, ``PATROL_BENCH_FINDINGS`` with how many findings each (200 and 50 are the goal's size: 9 GB of
photos for each engine).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from typing import Any

import numpy as np

from patrol.core.clock import SystemClock
from patrol.core.figures import Figure
from patrol.core.ids import new_uid
from patrol.sync.domain import body_sha256

PASSWORD = "patrol-demo-2026"  # noqa: S105  (the demo's, printed at its start)
SECONDS = 30.0
BATCH = 5
CLIENTS = 2
FINDINGS, PHOTOS, PHOTO_BYTES, CHUNK = 50, 3, 300_000, 512 * 1024
PEER = "ODK Central, 2 GB, 2018"
GOALS = {"SQLite": (150, 100), "PostgreSQL": (250, 80)}


def figures(only: str = "") -> Iterator[Figure]:
    """Measure SQLite, and PostgreSQL where an empty database is named.

    ``only`` names parts (``stored``, ``home``) and engines (``sqlite``, ``postgresql``); nothing named is all.
    """
    named = {word.strip().lower() for word in only.split(",") if word.strip()}
    parts, engines = named & {"stored", "home"}, named & {"sqlite", "postgresql"}
    postgres = os.environ.get("PATROL_BENCH_POSTGRES", "")
    for engine, url in (("SQLite", ""), *([("PostgreSQL", postgres)] if postgres else [])):
        if engines and engine.lower() not in engines:
            continue
        with tempfile.TemporaryDirectory() as folder, served(folder, url) as port:
            if not parts or "stored" in parts:
                yield from _throughput(engine, port)
            if not parts or "home" in parts:
                yield from _home_together(engine, port)


def _throughput(engine: str, port: int) -> Iterator[Figure]:
    taken: list[float] = []
    clients = [Phone(port) for _ in range(CLIENTS)]
    venue = clients[0].venue()
    end = time.monotonic() + SECONDS
    threads = [threading.Thread(target=_send_until, args=(one, venue, end, taken)) for one in clients]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = len(taken) * BATCH / (time.monotonic() - begun)
    least, most = GOALS[engine]
    yield Figure(f"{engine}: findings stored", rate, "entries/s", PEER, 41.2, f">= {least}")
    yield Figure(f"{engine}: answer to a batch of {BATCH}, p50", float(np.percentile(taken, 50)), "ms")
    yield Figure(
        f"{engine}: answer to a batch of {BATCH}, p99",
        float(np.percentile(taken, 99)),
        "ms",
        goal=f"<= {most}",
    )


def _send_until(phone: Phone, venue: str, end: float, taken: list[float]) -> None:
    while time.monotonic() < end:
        entries = [finding(venue, []) for _ in range(BATCH)]
        begun = time.perf_counter()
        phone.send(entries)
        taken.append((time.perf_counter() - begun) * 1000)


def _home_together(engine: str, port: int) -> Iterator[Figure]:
    """Let phones send all they hold at the same moment; compare the slowest with the middle one."""
    phones = int(os.environ.get("PATROL_BENCH_PHONES", "10"))
    findings = int(os.environ.get("PATROL_BENCH_FINDINGS", str(FINDINGS)))
    first = Phone(port)
    venue = first.venue()
    clients = [first, *(Phone(port, first.cookies) for _ in range(phones - 1))]
    taken: list[float] = []
    threads = [threading.Thread(target=_come_home, args=(one, venue, findings, taken)) for one in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = f"{engine}: {phones} phones x {findings} findings x {PHOTOS} photos"
    missing = phones - len(taken)
    yield Figure(f"{said}: phones that could not finish", missing, "phones", goal="<= 0")
    yield Figure(f"{said}: the last one home", max(taken), "s")
    yield Figure(f"{said}: slowest / median", max(taken) / float(np.median(taken)), "", goal="<= 3")


def _come_home(phone: Phone, venue: str, findings: int, taken: list[float]) -> None:
    begun = time.monotonic()
    for _ in range(findings):
        photos = [secrets.token_bytes(PHOTO_BYTES) for _ in range(PHOTOS)]
        phone.send([finding(venue, photos)])
        for photo in photos:
            phone.upload(photo)
    taken.append(time.monotonic() - begun)


def finding(venue: str, photos: list[bytes]) -> dict[str, Any]:
    """Make an entry as a phone does."""
    clock, rng = SystemClock(), secrets.SystemRandom()
    now = clock.now().astimezone(dt.timezone(dt.timedelta(hours=8))).isoformat()
    body = {
        "finding_uid": new_uid(clock, rng),
        "visit_uid": None,
        "venue_uid": venue,
        "text": "室内打地铺，墙上贴有课程表",
        "checklist": {"version": "1", "answers": {"entry_fee.seen": "seen"}},
        "position": {"lon": 114.31, "lat": 30.6, "accuracy_m": 12.5, "at": now, "source": "gps", "datum": "WGS-84"},
        "manual_pin": None,
        "photos": [
            {"sha256_original": hashlib.sha256(photo).hexdigest(), "size_original": len(photo),
             "type_original": "image/jpeg"}
            for photo in photos
        ],
    }  # fmt: skip
    return {"id": new_uid(clock, rng), "kind": "finding.record", "schema": 2, "device_seq": 1, "captured_at": now,
            "sha256": body_sha256(body), "body": body}  # fmt: skip


def _new_device() -> str:
    return new_uid(SystemClock(), secrets.SystemRandom())


class Phone:
    """A signed-in inspector's phone on one connection; it comes back when it is sent away.

    It signs in unless it is handed the cookies of a session.
    """

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port, self.cookies, self.device = port, dict(cookies or {}), _new_device()
        self.line = HTTPConnection("127.0.0.1", port, timeout=120)
        if cookies is None:
            self._sign_in()

    def _sign_in(self) -> None:
        _, page = self.ask("GET", "/login")
        token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', page)
        form = {
            "csrf_token": token.group(1).decode() if token else "",
            "username": "inspector",
            "password": PASSWORD,
        }
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        status, _ = self.ask("POST", "/login", urllib.parse.urlencode(form).encode(), kind)
        if status != 302:
            raise RuntimeError(f"signing in answered {status}")

    cookies: dict[str, str]

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Ask once; return status and body."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.line.request(method, path, body, {"Cookie": cookie, **(headers or {})})
        answer = self.line.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, answer.read()

    def venue(self) -> str:
        """Return a venue of today's pack."""
        _, raw = self.ask("GET", "/api/v1/pack")
        return str(json.loads(raw)["venues"][0]["uid"])

    def send(self, entries: list[dict[str, Any]]) -> None:
        """Send entries until they are stored."""
        body = json.dumps({"device_uid": self.device, "schema": 2, "entries": entries}).encode()
        told = self._until_taken("POST", "/api/v1/sync", body, {"Content-Type": "application/json"})
        if any(result["status"] not in {"stored", "duplicate"} for result in told["results"]):
            raise RuntimeError(str(told["results"])[:300])

    def upload(self, data: bytes) -> None:
        """Send a photo in pieces."""
        path = f"/api/v1/blobs/{hashlib.sha256(data).hexdigest()}"
        for start in range(0, len(data), CHUNK):
            headers = {"Upload-Offset": str(start), "Upload-Length": str(len(data))}
            self._until_taken("PUT", path, data[start : start + CHUNK], headers)

    def _until_taken(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
        pause_s, waiting = 0.2, threading.Event()
        for _ in range(200):
            with contextlib.suppress(OSError, HTTPException):
                status, raw = self.ask(method, path, body, {"X-Patrol": "1", **headers})
                if status == 200:
                    told: dict[str, Any] = json.loads(raw)
                    return told
                if status not in {429, 500, 503}:
                    raise RuntimeError(f"{path} answered {status}: {raw[:200]!r}")
            waiting.wait(pause_s * (0.5 + secrets.randbelow(1000) / 1000))
            pause_s = min(2.0, pause_s * 1.5)
        raise RuntimeError(f"{path} was never taken")


@contextlib.contextmanager
def served(folder: str, url: str) -> Iterator[int]:
    """Serve a fresh demo city with two processes on a free port."""
    from patrol.infra.serve import served_aside

    settings = {"DATA_DIR": folder, "DATABASE_URL": url, "RATE_LIMITS": "off", "MIN_FREE_DISK_PERCENT": "0",
                "PHOTO_QUOTA_MB_PER_DAY": "100000"}  # fmt: skip
    environment = {**os.environ, **settings}
    for words in (["db", "upgrade"], ["demo", "--if-empty"]):
        command = [sys.executable, "-c", "from patrol.cli import main; main()", *words]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    with served_aside(environment, workers=2) as port:
        yield port
