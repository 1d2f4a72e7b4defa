"""The community liaison: what was seen, a photo, send. Three taps."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.story.inspector import PIN, have_the_pack
from tests.e2e.story.stage import Stage


def open_the_report(stage: Stage, page: Page) -> None:
    """Sign in on a new phone, choose a PIN, take the pack; the report button is in the middle of the bar below."""
    stage.sign_in(page, "liaison", "/m/")
    page.fill("#pin", PIN)
    page.fill("#again", PIN)
    page.get_by_role("button", name=stage.say("Set PIN")).click()
    expect(page.locator("nav.bottom-bar")).to_be_visible()
    have_the_pack(stage, page)


def report(stage: Stage, page: Page, photo: Path) -> int:
    """Report with a photo; returns how many taps it took from the report page to "saved"."""
    page.locator("a.main-act").click()
    taps = 0
    page.locator("label.choice-card").first.click()
    taps += 1
    with page.expect_file_chooser() as chooser:
        page.locator("label.thumb-add").first.click()
    taps += 1
    chooser.value.set_files(photo)
    expect(page.locator(".thumb img")).to_have_count(1)
    send = page.locator(".act-bar button.btn-primary")
    expect(send).to_be_enabled()
    stage.picture(page, "phone-report")
    send.click()
    taps += 1
    expect(page.get_by_text(stage.say("Thank you. Saved on this phone"))).to_be_visible()
    expect(page.get_by_text(stage.say("Everything has reached the server."))).to_be_visible(timeout=60_000)
    return taps
