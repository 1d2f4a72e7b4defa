"""The manager's evening: tomorrow planned for a branch, looked at on the map, one stop moved, published."""

import datetime as dt

from playwright.sync_api import Page, expect

from tests.e2e.story.stage import Stage

#: lines are drawn on a canvas: something of it must have colour
DRAWN = """() => [...document.querySelectorAll('[data-plan-map] canvas')].some((c) => c.width > 100
  && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0))"""


def plan(stage: Stage, page: Page, day: dt.date) -> None:
    """Order a plan for every team of the branch and wait for the draft."""
    page.goto("/plans/")
    page.locator("[data-plan-new]").first.click()
    page.fill("[name=day]", day.isoformat())
    teams = page.locator("input[name=team]")
    assert teams.count() == 3
    for team in teams.all():
        team.check()
    page.locator("[data-make-plan]").click()
    expect(page.locator("section.plan-route")).to_have_count(3, timeout=120_000)
    expect(page.locator("[data-feasible=yes]").first).to_be_visible()
    joint = page.locator("section.plan-route").filter(has=page.locator("h2", has_text="联合组"))
    for member in ("王磊", "郑刚", "钱芳"):
        expect(joint).to_contain_text(member)


def look_at_the_routes(stage: Stage, page: Page) -> None:
    """See the three routes on the map."""
    page.wait_for_function(DRAWN)
    expect(page.locator("[data-plan-map] .stop-no").first).to_be_visible()
    page.wait_for_timeout(800)
    stage.picture(page, "desk-plan")


def move_a_stop(stage: Stage, page: Page) -> None:
    """Let one stop of the joint team come later, and see the order and the hours follow at once.

    A step after which the team would be back too late cannot be published: it is taken back, another one tried.
    """
    route = page.locator("section.plan-route").filter(has=page.locator("h2", has_text="联合组"))
    stops = route.locator("li[data-stop]")
    for place in range(8):
        names = stops.evaluate_all("rows => rows.map((row) => row.dataset.name)")
        stops.nth(place).locator("[data-stop-menu] > summary").click()
        stops.nth(place).locator("[data-act=down]").click()
        expect(stops.nth(place)).to_have_attribute("data-name", names[place + 1])
        after = stops.evaluate_all("rows => rows.map((row) => row.dataset.name)")
        assert after == [*names[:place], names[place + 1], names[place], *names[place + 2 :]]
        hours = stops.locator(".stop-said time:first-of-type").all_inner_texts()
        assert hours == sorted(hours), "the hours were reckoned again"
        if page.locator("[data-board] span[data-feasible=yes]").count():
            return
        page.locator("form[data-step] button[value=undo]").click()
        expect(stops.nth(place)).to_have_attribute("data-name", names[place])
    raise AssertionError("none of eight small steps leaves a plan that works")


FOCUSED = (
    "() => document.activeElement?.closest('[data-stop]')?.dataset.name ?? document.activeElement?.tagName"
)


def move_with_the_keyboard(page: Page) -> None:
    """Lift the first stop of the last team with Space, let it come later, put it down, take that back: keys alone."""
    stops = page.locator("section.plan-route").last.locator("li[data-stop]")
    first, second = (stops.nth(place).get_attribute("data-name") for place in (0, 1))
    stops.first.locator("[data-grip]").focus()
    for key in ("Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
    expect(page.locator("form[data-step] button[value=undo]")).to_be_visible(timeout=30_000)
    expect(stops.first).to_have_attribute("data-name", second)
    assert page.evaluate(FOCUSED) == first, "who moved a stop goes on from there"
    page.locator("form[data-step] button[value=undo]").focus()
    page.keyboard.press("Enter")
    expect(stops.first).to_have_attribute("data-name", first, timeout=30_000)
    assert page.evaluate(FOCUSED) not in {"BODY", None}, "the board was drawn anew under the keyboard"


def publish(stage: Stage, page: Page) -> None:
    """Publish with keys alone, from the page's head: from now on the teams may take it to their phones."""
    page.locator("[data-to-publish]").focus()
    for key in ("Enter", "Tab", "End", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("[data-plan][data-state=published]")).to_be_visible()
