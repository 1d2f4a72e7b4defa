"""Several venues are chosen in a form in a real browser: by keyboard, by touch, pasted, and without the register."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.test_first_pages import violations

PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData('text', text);
  document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def field(page):
    return page.get_by_role("combobox", name=re.compile("^场所"))


def answers(page):
    return page.get_by_role("listbox", name="找到的场所").get_by_role("option")


def chosen(page):
    return page.locator(".chosen li > span")


@pytest.mark.e2e
def test_venues_are_chosen_and_taken_away_by_keyboard(open_as):
    page = open_as("manager")
    page.goto("/actions/new")
    search = field(page)
    search.press_sequentially("宾馆")
    options = answers(page)
    expect(options).to_have_count(12)
    expect(page.get_by_text("还有更多，请再输入一个词缩小范围。")).to_be_visible()
    assert violations(page) == []
    second = options.nth(1).locator(".strong").inner_text()
    search.press("ArrowDown")
    search.press("Enter")
    expect(chosen(page)).to_have_count(1)
    expect(chosen(page).first).to_contain_text(f"{second} (")
    expect(search).to_be_focused()
    search.press_sequentially("查无此处")
    expect(page.get_by_text("您的辖区内没有符合的场所。")).to_be_visible()
    search.press("Enter")  # sends no form and chooses nothing
    expect(chosen(page)).to_have_count(1)
    page.get_by_role("button", name=re.compile("^移除")).press("Enter")
    expect(chosen(page)).to_have_count(0)
    assert page.locator("textarea[name=venues]").input_value() == ""
    assert page.url.endswith("/actions/new")


@pytest.mark.e2e
def test_venues_tapped_and_pasted_on_a_phone_are_those_of_the_record(open_as):
    page = open_as("manager")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/actions/new")
    field(page).fill("宾馆")
    answers(page).first.click()
    expect(chosen(page)).to_have_count(1)
    page.evaluate(PASTE, "V00003、V00004\nV00003")
    expect(chosen(page)).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_label("事由").fill("浏览器登记")
    page.get_by_label("行政区划").select_option("420102")
    page.get_by_label("出动人次").fill("4")
    page.locator("#f-begun_on").fill("2026-03-01")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".several a")).to_have_count(3)
    expect(page.locator(".several")).to_contain_text("(V00003)")


@pytest.mark.e2e
def test_without_the_register_a_code_is_taken_as_it_is_written(open_as):
    """It is judged when the form is saved, as a form without scripts is."""
    page = open_as("manager")
    page.goto("/actions/new")
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
    field(page).press_sequentially("V99999")
    expect(page.get_by_text("场所底数暂无响应。")).to_be_visible()
    field(page).press("Enter")
    expect(chosen(page)).to_have_text(["V99999"])
    assert page.locator("textarea[name=venues]").input_value() == "V99999"
