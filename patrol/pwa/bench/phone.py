"""The phone page in Chromium: installable, quick to start without a network, quick to keep a large photo."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import Image

from patrol.core.figures import Figure
from patrol.pwa.bench.browser import phone, sign_in, take_the_pack

STARTS = 5
SLOWER = 4
SAVED = '.empty use[href$="#check-circle"]'


def phone_figures(address: str, folder: Path) -> Iterator[Figure]:
    """Yield installability errors, the offline start, and the time from a 12-megapixel photo to "saved"."""
    picture, profile = twelve_megapixels(folder / "photo.jpg"), folder / "phone"
    with phone(address, profile) as (context, page):
        sign_in(page, "inspector", "/m/")
        take_the_pack(page)
        devtools = context.new_cdp_session(page)
        errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
        yield Figure("installability errors by Chromium", len(errors), "errors", goal="== 0")
    with phone(address, profile) as (context, page):
        context.set_offline(True)
        taken = [_seconds_to_today(page) for _ in range(STARTS)]
        yield Figure("start without a network to today's stops, median", median(taken), "s", goal="< 1")
        devtools = context.new_cdp_session(page)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        size = picture.stat().st_size / 1e6
        kept = seconds_to_saved(page, picture)
        yield Figure(
            f"12 MP photo ({size:.1f} MB) to saved on this phone, CPU x{SLOWER}", kept, "s", goal="<= 3"
        )


def twelve_megapixels(path: Path) -> Path:
    """Make a camera-like JPEG of 4000 × 3000 with grain, so that it neither decodes nor compresses too easily."""
    rng = np.random.default_rng(12)
    coarse = Image.fromarray(rng.integers(0, 255, (75, 100, 3), dtype=np.uint8)).resize(
        (4000, 3000), Image.Resampling.BICUBIC
    )
    grain = rng.normal(0, 9, (3000, 4000, 1))
    Image.fromarray(np.clip(np.asarray(coarse) + grain, 0, 255).astype(np.uint8)).save(path, quality=90)
    return path


def _seconds_to_today(page: Any) -> float:
    page.goto("about:blank")
    begun = time.perf_counter()
    page.goto("/m/", wait_until="commit")
    page.locator(".stop-no").first.wait_for()
    return time.perf_counter() - begun


def seconds_to_saved(page: Any, picture: Path) -> float:
    """Record a finding whose words are already there: from the shutter to "saved on this phone"."""
    stop = page.locator("a[href^='/m/stop/']").first.get_attribute("href")
    page.goto(f"{stop}/finding?outcome=suspicious")
    page.locator("#text").fill("客厅二十余张凳子，墙上有奖金制度白板。")
    page.get_by_text(re.compile(r"±\d+ m")).first.wait_for()
    begun = time.perf_counter()
    page.locator("input[type=file][capture]").set_input_files(picture)
    page.locator(".thumb img").wait_for()
    page.locator(".act-bar button.btn-primary").click()
    page.locator(SAVED).wait_for()
    return time.perf_counter() - begun
