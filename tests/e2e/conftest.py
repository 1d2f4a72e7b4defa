"""The demo city served for real on each engine, and a real Chromium in front of it."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.faults.city import city, new_phone, probe, used_phone
from tests.e2e.serving import build_demo, environment, free_port, serving
from tests.e2e.story.stage import ARGUMENTS, PASSWORD

__all__ = ["city", "new_phone", "probe", "used_phone"]


def pytest_collection_modifyitems(items):
    """One engine is one worker's: each demo city is built once, and two browsers run at most."""
    for item in items:
        kind = getattr(item, "callspec", None) and item.callspec.params.get("database")
        item.add_marker(pytest.mark.xdist_group(kind or "spatialite"))


@pytest.fixture(scope="session")
def untouched(database, tmp_path_factory):
    """A demo city on each engine in turn that nobody changes: a function that copies it and returns its settings."""
    folder = tmp_path_factory.mktemp("untouched")
    build_demo(environment(database.another("untouched"), folder, free_port()))

    def copied(name):
        own = tmp_path_factory.mktemp(name) / "city"
        shutil.copytree(folder, own)
        return environment(database.copy("untouched", name), own, free_port())

    return copied


@pytest.fixture(scope="session")
def demo(untouched):
    """The settings of a demo city that the pages, the phones and the faults share."""
    return untouched("e2e")


@pytest.fixture(scope="session")
def server(demo):
    """The address of the served demo city; its processes end with the session."""
    with serving(demo) as address:
        yield address


@pytest.fixture(scope="session")
def chromium_path():
    """Where Chromium lies: Debian's own, which setup installs."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def chromium_kind():
    """Playwright's way to start a Chromium."""
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def chromium(chromium_kind, chromium_path):
    """One Chromium for all browser tests."""
    browser = chromium_kind.launch(executable_path=chromium_path, args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def pictures():
    """Where pictures for the README go, if anywhere (``make screenshots``)."""
    wanted = os.environ.get("PATROL_SCREENSHOTS")
    if not wanted:
        return None
    folder = Path(wanted)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


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
