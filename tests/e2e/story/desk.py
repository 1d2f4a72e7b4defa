"""The manager at the desk: what came in, where it was, and how it stands against what was visited."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.story.stage import Stage


def see_the_overview(stage: Stage, page: Page) -> None:
    """See the city as it stands, first of all."""
    page.goto("/overview")
    expect(page.locator("h1")).to_have_text(stage.say("Overview"))
    expect(page.locator(".stat-value").first).to_be_visible()


def see_the_patrol(stage: Stage, page: Page, doors) -> None:
    """See the patrol with its track and its three visits."""
    page.goto("/patrols/")
    page.locator("tbody tr").filter(has_text="联合组").locator("a").first.click()
    expect(page.locator("h1")).to_contain_text("联合组")
    for name, outcome in doors:
        row = page.locator("li.item").filter(has_text=name)
        expect(row).to_have_count(1)
        expect(row).to_contain_text(outcome)
    canvas = page.locator(".map .leaflet-overlay-pane canvas, .map .leaflet-overlay-pane svg path").first
    expect(canvas).to_be_attached()
    expect(page.get_by_text(stage.say("No visit has arrived yet."))).to_have_count(0)
    page.wait_for_timeout(800)
    stage.picture(page, "desk-patrol")


def see_the_finding(stage: Stage, page: Page, text: str, fingerprints: list[str]) -> None:
    """See the finding with its words, both photos and the fingerprints of the originals."""
    page.goto("/findings/")
    page.locator("tbody tr").filter(has_text=text).locator("a").first.click()
    expect(page.get_by_text(text)).to_be_visible()
    pictures = page.locator(".thumb img")
    expect(pictures).to_have_count(2, timeout=30_000)
    page.wait_for_function(
        "() => [...document.querySelectorAll('.thumb img')].every((i) => i.naturalWidth > 100)"
    )
    for fingerprint in fingerprints:
        expect(page.locator("details.fold").filter(has_text="SHA-256")).to_contain_text(fingerprint)
    stage.picture(page, "desk-finding")


def see_the_sightings(stage: Stage, page: Page, liaison_photo: bool, resident_text: str) -> None:
    """See both reports in the inbox; the resident's words, and the liaison's photo as a clue."""
    page.goto("/sightings/")
    rows = page.locator("tbody tr")
    expect(rows.filter(has_text=resident_text)).to_have_count(1)
    stage.picture(page, "desk-sightings")
    rows.filter(has_text=stage.word("联络员", "Liaison")).locator("a").first.click()
    if liaison_photo:
        expect(page.locator(".thumb img")).to_have_count(1, timeout=30_000)


def accept_the_report(stage: Stage, page: Page, text: str, answer: str) -> None:
    """Take the resident's report on, and say so to whoever has its code."""
    page.goto("/sightings/")
    page.locator("tbody tr").filter(has_text=text).locator("a").first.click()
    page.locator("input[name=state][value=accepted]").check()
    page.fill("[name=public_note]", answer)
    page.get_by_role("button", name=stage.say("Record"), exact=True).click()
    expect(page.locator("ol.timeline")).to_contain_text(answer)


def read_the_denominator(stage: Stage, page: Page) -> tuple[int, int]:
    """Return (findings, visits) of the last month as the hotspot page states them."""
    page.goto("/hotspots/?days=30")
    numbers = []
    for label in ("Findings", "Visits (denominator)"):
        stat = page.locator(".stat").filter(has=page.get_by_text(stage.say(label), exact=True))
        numbers.append(int(re.sub(r"\D", "", stat.locator(".stat-value").inner_text())))
    return numbers[0], numbers[1]


def see_the_hotspots(stage: Stage, page: Page) -> None:
    """See where findings gather over the usual period, on a map that really is drawn."""
    page.goto("/hotspots/")
    expect(page.locator("[data-hot][data-ready]")).to_be_attached()
    expect(page.locator("[data-map-now] .hot-picture")).to_be_visible()
    page.wait_for_timeout(1500)
    page.locator(".stats").first.evaluate("(stats) => scrollTo(0, stats.getBoundingClientRect().top - 80)")
    stage.picture(page, "desk-hotspots")
