"""Chromium for the web benchmark: Debian's own, with a profile that may be closed and opened again."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from patrol.pwa.bench.answers import PASSWORD

ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking")
PIN = "246810"
HERE: Any = {"longitude": 114.3, "latitude": 30.604, "accuracy": 12}


def chromium_path() -> str:
    """Return where Chromium lies; the benchmark needs one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    raise RuntimeError("no Chromium is installed: make bench installs it")


@contextmanager
def phone(address: str, profile: Path, *extra: str) -> Iterator[tuple[Any, Any]]:
    """Open a phone-sized Chromium on ``profile``; yields its context and a page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium_path(), args=[*ARGUMENTS, *extra], base_url=address,
            viewport={"width": 360, "height": 780}, device_scale_factor=2, is_mobile=True, has_touch=True,
            locale="zh-CN", timezone_id="Asia/Shanghai", permissions=["geolocation"], geolocation=HERE,
        )  # fmt: skip
        try:
            yield context, context.pages[0] if context.pages else context.new_page()
        finally:
            context.close()


def sign_in(page: Any, username: str, next_page: str) -> None:
    """Sign in with a demo account and stay signed in."""
    page.goto(f"/login?next={next_page}")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.locator("[name=remember]").check()
    page.click("form button.btn-primary")
    page.wait_for_url(lambda url: "/login" not in url)


def take_the_pack(page: Any) -> None:
    """Choose a PIN, take the day pack along, and wait until the app lies on the phone."""
    from playwright.sync_api import Error as PlaywrightError

    page.fill("#pin", PIN)
    page.fill("#again", PIN)
    page.click("form button.btn-primary")
    page.locator(".stop-no, .empty .btn-primary").first.wait_for()
    if page.locator(".empty .btn-primary").count():
        # The pack also comes by itself, and takes the button away.
        with contextlib.suppress(PlaywrightError):
            page.locator(".empty .btn-primary").first.click(timeout=2000)
    page.locator(".stop-no").first.wait_for()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
