"""What the first visit weighs: sign-in page and phone page, everything they ask for, gzip as it is sent."""

from __future__ import annotations

import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from patrol.core.figures import Figure
from patrol.pwa.bench.browser import phone, sign_in

KB = 1000.0
#: GOV.UK Frontend 6.6.0: 16.0 KB of CSS and 11.4 KB of JavaScript, minified and gzipped
YARDSTICK = ("GOV.UK Frontend 6.6.0", 27.4)


def weight_figures(address: str) -> Iterator[Figure]:
    """Yield the weight of the first load by kind, and of what the worker fetches in the background."""
    with tempfile.TemporaryDirectory(prefix="patrol-profile-") as profile:
        asked = _asked_by_first_visit(address, Path(profile))
    sizes = {url: gzip_bytes(url) for url in asked}
    scripts = sum(size for url, size in sizes.items() if urlsplit(url).path.endswith(".js"))
    styles = sum(size for url, size in sizes.items() if urlsplit(url).path.endswith(".css"))
    peer, peer_value = YARDSTICK
    yield Figure(
        "first load: sign-in and phone page, all files", sum(sizes.values()) / KB, "KB gzip", goal="<= 100"
    )
    yield Figure("of it JavaScript", scripts / KB, "KB gzip", goal="<= 35")
    yield Figure("of it CSS", styles / KB, "KB gzip", goal="<= 12")
    yield Figure("of it JavaScript and CSS", (scripts + styles) / KB, "KB gzip", peer, peer_value)


def gzip_bytes(url: str) -> int:
    """Return how many bytes the body of ``url`` takes when a browser that knows gzip only asks for it."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return len(answer.read())


def _asked_by_first_visit(address: str, profile: Path) -> list[str]:
    asked: dict[str, None] = {}
    with phone(address, profile) as (_, page):
        page.on(
            "request",
            lambda request: (
                asked.setdefault(request.url)
                if request.method == "GET" and not _is_data(request.url)
                else None
            ),
        )
        page.goto("/login?next=/m/")
        page.wait_for_load_state("networkidle")
        sign_in(page, "inspector", "/m/")
        page.locator("#pin").wait_for()
        page.wait_for_load_state("networkidle")
    return [url for url in asked if url.startswith(address)]


def _is_data(url: str) -> bool:
    """Say whether an address answers with records, which differ from day to day, rather than with the program."""
    return "/api/" in url or url.startswith(("data:", "blob:"))
