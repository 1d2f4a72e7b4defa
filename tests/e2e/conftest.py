"""The demo city served for real on each engine, and a real Chromium in front of it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.faults.city import city, new_phone, probe, used_phone

__all__ = ["city", "new_phone", "probe", "used_phone"]
ARGUMENTS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip
PASSWORD = "patrol-demo-2026"
BIN = Path(sys.executable).parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def server(database, tmp_path_factory):
    """The address of the served demo city; the server's group ends with the session."""
    port = free_port()
    environment = {
        **os.environ, "DATABASE_URL": database.another("e2e"), "DATA_DIR": str(tmp_path_factory.mktemp("e2e")),
        "PORT": str(port), "RATE_LIMITS": "off",
    }  # fmt: skip
    subprocess.run([BIN / "patrol", "demo"], env=environment, check=True, stdout=subprocess.DEVNULL)
    command = [
        BIN / "gunicorn",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "4",
        "patrol:create_app()",
    ]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_until_ready(url, process, seconds=60):
    """Ask until the program says it is ready; a dead process fails at once."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert process.poll() is None, "the server died"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            process_pause()
    raise AssertionError("the server was not ready in time")


def process_pause():
    """Let the server have the processor for a moment."""
    subprocess.run([sys.executable, "-c", "pass"], check=True)


@pytest.fixture(scope="session")
def chromium_kind():
    """Playwright's way to start a Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def chromium(chromium_kind):
    """One Chromium for all browser tests."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    browser = chromium_kind.launch(executable_path=path, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture
def open_as(chromium, server):
    """Open a page signed in as a demo account, at a size and in a language; every console error fails the test."""
    contexts, said = [], []

    def open_page(username, *, width=1280, height=800, language="zh"):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN" if language == "zh" else "en",
            timezone_id="Asia/Shanghai", base_url=server,
        )  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto("/login")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("form button.btn-primary")
        page.wait_for_url(lambda url: "/login" not in url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []
