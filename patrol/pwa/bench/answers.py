"""How long pages and API answers take on the grown city, asked by one client over real HTTP."""

from __future__ import annotations

import gzip
import os
import re
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import numpy as np

from patrol.core.figures import Figure
from patrol.pwa.bench.pages import addresses

ROUNDS = 20
GOAL = "<= 150"
#: of every account of the demo city, printed at its start
PASSWORD = "patrol-demo-2026"  # noqa: S105
#: account, its role, the path of its division
READERS = (
    ("city", "city_manager", "42/4201/"),
    ("inspector", "inspector", "42/4201/420102/"),
    ("", "", "42/"),
)
#: the same pages asked for in other ways that cost more
HARDER = {
    "city": ("/venues/?page=400", "/venues/?q=东湖", "/venues/?overdue=1", "/venues/?sort=visited",
             "/venues/points.json?bbox=114.28,30.59,114.32,30.63", "/hotspots/?days=365",
             "/findings/?days=365", "/sightings/?days=365&state="),
}  # fmt: skip


def answer_figures(settings: dict[str, Any]) -> Iterator[Figure]:
    """Yield the p95 of every address for every reader, slowest last, and the p95 over all of them."""
    measured: list[tuple[float, str, str]] = []
    left_out = 0
    with served(settings) as port:
        for reader, paths in _asked(settings).items():
            client = Client(port, reader)
            for path in paths:
                try:
                    measured.append((client.p95_ms(path), reader or "nobody", path))
                except RefusedError:
                    left_out += 1
            client.close()
    measured.sort()
    over = [each for each in measured if each[0] > 150]
    for milliseconds, reader, path in over or measured[-3:]:
        yield Figure(f"p95 {path} ({reader})", round(milliseconds, 1), "ms", goal=GOAL)
    yield Figure(
        "addresses left out: nothing there for this reader, or words are needed", left_out, "addresses"
    )
    yield Figure("pages and answers measured", len(measured), "addresses")
    yield Figure("of these slower than 150 ms at p95", len(over), "addresses", goal="== 0")


def _asked(settings: dict[str, Any]) -> dict[str, list[str]]:
    from patrol import create_app

    app = create_app(settings)
    asked = {}
    with app.app_context():
        for reader, role, scope in READERS:
            found = [
                urllib.parse.quote(a.path, safe="/?=&,.")
                for a in addresses(app, {role} if role else set(), scope)
            ]
            asked[reader] = found + [
                urllib.parse.quote(path, safe="/?=&,.") for path in HARDER.get(reader, ())
            ]
    return asked


@contextmanager
def served(settings: dict[str, Any]) -> Iterator[int]:
    """Serve the grown city with one process on a free port."""
    from patrol.infra.serve import served_aside

    with served_aside({**os.environ, **settings, "RATE_LIMITS": "off"}, workers=1) as port:
        yield port


class RefusedError(LookupError):
    """There is nothing at this address for this reader: another person's patrol, say."""


class Client:
    """One browser without scripts: a connection that is kept, and the cookies it was given."""

    def __init__(self, port: int, username: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}
        self._token, self._body = "", b""
        if username:
            self._sign_in(username)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def read(self, path: str) -> str:
        """Return a page as text; its form's token goes with what is posted next. Raises if it is refused."""
        status, body = self.ask(path)
        if status != 200:
            raise RefusedError(f"{path} answered {status}")
        text = plain(body).decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        self._token = token[1] if token else self._token
        return text

    def post(self, path: str, form: dict[str, str]) -> str:
        """Send a form; return where it leads. Raises if it is refused."""
        return self._led(path, urllib.parse.urlencode({"csrf_token": self._token, **form}).encode())

    def upload(self, path: str, form: dict[str, str], field: str, filename: str, content: bytes) -> str:
        """Send a form with one file; return where it leads. Raises if it is refused."""
        edge, parts = uuid.uuid4().hex, {"csrf_token": self._token, **form}
        head = "".join(
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        head += f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
        return self._led(path, body, f"multipart/form-data; boundary={edge}")

    def _led(self, path: str, body: bytes, kind: str = "application/x-www-form-urlencoded") -> str:
        answer = self._send("POST", path, body, kind)
        if answer.status not in (302, 303):
            raise RefusedError(f"{path} answered {answer.status}")
        return urllib.parse.urlsplit(answer.getheader("Location") or "").path

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Ask for one address, or post a form to it; return status and body as received."""
        if form is None:
            answer = self._send("GET", path, None, "")
        else:
            posted = urllib.parse.urlencode(form).encode()
            answer = self._send("POST", path, posted, "application/x-www-form-urlencoded")
        return answer.status, self._body

    def _send(self, method: str, path: str, body: bytes | None, kind: str) -> HTTPResponse:
        headers = {
            "Accept-Encoding": "gzip",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items()),
        }
        if kind:
            headers["Content-Type"] = kind
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        self._body = answer.read()
        return answer

    def p95_ms(self, path: str) -> float:
        """Ask ``ROUNDS`` times after one that warms up; return the 95th percentile in milliseconds."""
        status, _ = self.ask(path)
        if status >= 500:
            raise RuntimeError(f"{path} answered {status}")
        if status >= 400:
            raise RefusedError(f"{path} answered {status}")
        taken = []
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            self.ask(path)
            taken.append((time.perf_counter() - begun) * 1000)
            if sum(taken) > 20_000:
                break
        return float(np.percentile(taken, 95))

    def _sign_in(self, username: str) -> None:
        _, page = self.ask("/login")
        token = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', plain(page))
        given = {
            "csrf_token": token.group(1).decode() if token else "",
            "username": username,
            "password": PASSWORD,
        }
        status, _ = self.ask("/login", given)
        if status != 302:
            raise RuntimeError(f"signing in as {username} answered {status}")


def plain(body: bytes) -> bytes:
    """Return a body as it was before it was compressed."""
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
