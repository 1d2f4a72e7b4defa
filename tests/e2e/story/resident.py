"""The resident: no account, no script, no cookie; a code at the end, and what became of it."""

import re

from playwright.sync_api import Browser, expect

from tests.e2e.story.stage import Stage

CODE = re.compile(r"^[0-9A-HJKMNP-TV-Z]{26}$")
TEXT = "三楼每天早上有二十多人集合听课，晚上才散。"


def report(stage: Stage, browser: Browser) -> str:
    """Report on a phone whose browser runs no JavaScript; returns the code."""
    context = browser.new_context(**stage.context_options(360, 780, java_script_enabled=False))
    page = stage.listen(context.new_page())
    page.goto(f"/report?lang={stage.language}")
    stage.still(page, "phone-resident")
    page.locator("[name=kind]").first.check()
    page.locator("select[name=division]").select_option(label=division_named(page, "大智街道"))
    page.fill("[name=address]", "芳草路18号三楼")
    page.fill("[name=text]", TEXT)
    page.get_by_role("button", name=stage.say("Send the report")).click()
    shown = page.locator("output.receipt-code")
    expect(shown).to_be_visible()
    code = re.sub(r"[^0-9A-Z]", "", shown.inner_text().upper())
    assert CODE.match(code), code
    stage.still(page, "phone-resident-code")
    assert context.cookies() == []
    context.close()
    return code


def division_named(page, part: str) -> str:
    """Return the whole label of the division whose name contains ``part``."""
    return page.locator("select[name=division] option").filter(has_text=part).first.inner_text()


def follow(stage: Stage, browser: Browser, code: str) -> str:
    """Follow the report by its code, written as people write it; returns what the page says."""
    context = browser.new_context(**stage.context_options(360, 780, java_script_enabled=False))
    page = stage.listen(context.new_page())
    page.goto(f"/report/follow?lang={stage.language}")
    page.fill("[name=code]", f" {code[:13].lower()} - {code[13:]} ")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("ol.steps > li").first).to_be_visible()
    text = page.locator("main").inner_text()
    assert TEXT not in text
    assert context.cookies() == []
    context.close()
    return text
