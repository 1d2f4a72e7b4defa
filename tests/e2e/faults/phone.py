"""One phone: a browser profile on disk that may be killed and started again, signed in and open with its PIN."""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, expect

from tests.e2e.faults.patience import until

expect.set_options(timeout=20_000)  # the machine may be busy with other suites
ROOT = Path(__file__).resolve().parents[3]
ARGUMENTS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip
PASSWORD = "patrol-demo-2026"
PIN = "246810"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def bundled_probe():
    """Bundle the probe with the store's own sources, as one script to evaluate in the page."""
    command = ["node_modules/.bin/esbuild", "tests/e2e/faults/probe.js", "--bundle", "--format=iife"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


PIN_FIELD = "input[type=password][inputmode=numeric]"


class Phone:
    """A browser with a profile folder. Every page it opens carries the probe."""

    def __init__(self, chromium_kind, folder, url, probe):
        self.kind, self.folder, self.url, self.probe = chromium_kind, folder, url, probe
        self.cookies, self.owner, self.context, self.page = [], "", None, None

    def switch_on(self):
        """Start the browser on its profile, with the cookies of the last session."""
        self.context = self.kind.launch_persistent_context(
            str(self.folder), executable_path=CHROMIUM, args=list(ARGUMENTS), base_url=self.url,
            viewport={"width": 360, "height": 800}, locale="zh-CN", timezone_id="Asia/Shanghai",
            permissions=["geolocation"], geolocation={"latitude": 30.6, "longitude": 114.3, "accuracy": 12},
        )  # fmt: skip
        self.context.set_default_timeout(20_000)
        if self.cookies:
            self.context.add_cookies(self.cookies)
        return self

    def sign_in(self, username):
        """Sign in on the server, set or give the PIN, wait for the day pack."""
        self.page = self.context.new_page()
        self.page.goto("/m/")
        self.page.get_by_role("link", name="登录").click()
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form button.btn-primary")
        self.unlock()
        self.cookies = self.context.cookies()
        self.owner = self.page.request.get("/api/v1/me").json()["person"]["uid"]
        self.page.evaluate(self.probe)
        self.wait("(owner) => probe.venue(owner).catch(() => null)", self.owner)
        return self

    def unlock(self):
        """Give the PIN to whatever asks for it."""
        fields = self.page.locator(PIN_FIELD)
        expect(fields.first).to_be_visible()
        for at in range(fields.count()):
            fields.nth(at).fill(PIN)
        self.page.locator("form button.btn-primary").click()
        expect(self.page.locator("nav.bottom-bar")).to_be_visible()

    def open(self, path="/m/me/unsent"):
        """Open the app in a tab of its own; it starts sending by itself. After 15 idle minutes it asks for the PIN."""
        self.page = self.context.new_page()
        self.page.goto(path)
        asking = self.page.locator(PIN_FIELD)
        expect(asking.or_(self.page.locator("nav.bottom-bar")).first).to_be_visible()
        if asking.count():
            self.unlock()
        self.page.evaluate(self.probe)
        return self.page

    def write(self, **more):
        """Save a visit, a finding with a photo and a sighting with a photo, and return what was saved."""
        self.page.keyboard.press(
            "Shift"
        )  # whoever saves has the phone in hand: it must not lock as an idle one
        venue = self.page.evaluate("(owner) => probe.venue(owner)", self.owner)
        return self.page.evaluate(
            "(what) => probe.write(what)", {"owner": self.owner, "venue_uid": venue, **more}
        )

    def kick(self):
        """Have the app send now."""
        self.page.evaluate("() => probe.kick()")

    def hurry(self):
        """Have the app send now whatever waits for a later try, as the person does by pressing the button."""
        self.page.evaluate("(owner) => probe.hurry(owner)", self.owner)
        self.kick()

    def left(self, owner=None):
        """Return what is unsent on this phone."""
        return self.page.evaluate("(owner) => probe.left(owner)", owner or self.owner)

    def wait_until_sent(self, seconds=40):
        """Let the app send until nothing is left; a pause is cut short as a person would."""
        pressed = time.monotonic()

        def sent():
            nonlocal pressed
            left = self.left()
            assert all(entry["state"] != "parked" for entry in left), f"sent back: {left}"
            if left and (time.monotonic() - pressed > 0.8 or any(entry["attempts"] for entry in left)):
                self.hurry()
                pressed = time.monotonic()
            return not left

        until(sent, seconds, lambda: f"still unsent: {self.left()}")

    def wait(self, condition, argument=None, seconds=30):
        """Ask the page until it says something true."""
        return until(lambda: self.page.evaluate(condition, argument), seconds, condition)

    def close_tab(self):
        """Close the tab without a word, as a phone does that needs the memory."""
        with suppress(Error):
            self.page.close(run_before_unload=False)

    def kill(self):
        """Kill the browser as a phone does whose battery is pulled out: no handler runs, nothing is written."""
        for process in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                words = (process / "cmdline").read_bytes().split(b"\0")
                if f"--user-data-dir={self.folder}".encode() in words and not any(
                    word.startswith(b"--type=") for word in words
                ):
                    os.kill(int(process.name), signal.SIGKILL)
        self.switch_off()

    def switch_off(self):
        """Let go of the browser, dead or alive."""
        with suppress(Error):
            self.context.close()
