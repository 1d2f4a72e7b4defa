"""What a manager, an officer and a visitor meet first, in a real browser, on both databases."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa']"
MANAGER_PAGES = {"/overview": "概览", "/grids/": "网格", "/venues/": "场所底数", "/people/": "人员"}
#: four corners of an area in view: three that lie on units, and the first mark in the middle of the map
CORNERS = """() => {
  const box = document.querySelector('[data-map-now] .folium-map').getBoundingClientRect();
  const on = (kind, x, y) => document.elementFromPoint(x, y)?.closest(kind);
  const spots = (x0, y0) => [...Array(400).keys()].map((n) => [x0 + (n % 20) * 6, y0 + Math.floor(n / 20) * 6]);
  const third = ([x, y]) => spots(box.left + box.width * x, box.top + box.height * y);
  const unit = (part) => third(part).find(([x, y]) => on('path.hot-unit', x, y));
  const mark = [...document.querySelectorAll('[data-map-now] .hot-point.is-dens')].map((m) => m.getBoundingClientRect())
    .map((m) => [m.left + m.width / 2, m.top + m.height / 2]).find(([x, y]) => on('.hot-point', x, y));
  const found = [unit([0.2, 0.2]), unit([0.5, 0.2]), unit([0.5, 0.6]), mark].filter(Boolean);
  const [x, y] = [0, 1].map((side) => found.reduce((sum, corner) => sum + corner[side] / found.length, 0));
  return found.sort((a, b) => Math.atan2(a[1] - y, a[0] - x) - Math.atan2(b[1] - y, b[0] - x));
}"""


def violations(page):
    """Return what axe finds wrong, by rule and place."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(f"() => axe.run({{runOnly: {RULES}}}).then(r => r.violations)")
    return [(each["id"], [node["html"][:120] for node in each["nodes"][:3]]) for each in found]


@pytest.mark.e2e
@pytest.mark.parametrize("path", MANAGER_PAGES)
def test_a_manager_reads_every_first_page_in_chinese(open_as, path):
    page = open_as("manager")
    page.goto(path)
    expect(page.locator("h1")).to_have_text(MANAGER_PAGES[path])
    assert violations(page) == []


@pytest.mark.e2e
def test_the_hotspot_map_is_drawn_without_any_other_host(open_as):
    page = open_as("manager")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/hotspots/")
    expect(page.locator("[data-hot][data-ready]")).to_be_attached()
    expect(page.locator("[data-map-now] path.hot-unit").first).to_be_visible()
    expect(page.locator("tbody tr").first).to_contain_text("多于到访所能解释")
    assert all(url.startswith(("http://127.0.0.1", "data:", "blob:")) for url in asked)


@pytest.mark.e2e
def test_an_area_is_drawn_over_units_and_marks_and_tells_its_figures(open_as):
    """Every corner lies on a grid or on a mark, which would take the click for itself."""
    page = open_as("manager", language="en")
    page.goto("/hotspots/?lang=en")
    expect(page.locator("[data-hot][data-ready]")).to_be_attached()
    page.locator("[data-points=dens]").check()
    expect(page.locator(".hot-point.is-dens:not(.hot-sign)").first).to_be_attached()
    shown = page.locator("[data-map-now] .folium-map")
    shown.scroll_into_view_if_needed()
    corners = page.evaluate(CORNERS)
    assert len(corners) == 4
    page.get_by_role("button", name="Draw an area").click()
    for x, y in corners:
        page.mouse.click(x, y)
        page.wait_for_timeout(400)
    page.mouse.dblclick(*corners[-1])
    why = page.locator("[data-why]")
    expect(why.locator("h2")).to_have_text("Figures of the area")
    expect(why).to_contain_text("Visits (denominator)")
    assert page.locator("path.hot-drawn").get_attribute("d").count("L") == 3


@pytest.mark.e2e
def test_the_grids_are_drawn_on_the_map(open_as):
    page = open_as("manager")
    page.goto("/grids/")
    canvas = page.locator(".leaflet-overlay-pane canvas")
    expect(canvas).to_be_visible()
    page.wait_for_function(
        """() => { const c = document.querySelector('.leaflet-overlay-pane canvas');
        return c && c.getBoundingClientRect().width > 300
          && c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0); }"""
    )


@pytest.mark.e2e
@pytest.mark.parametrize(("language", "greeting"), [("zh", "PIN"), ("en", "PIN")])
def test_an_inspector_seals_the_phone_with_a_pin(open_as, language, greeting):
    page = open_as("inspector", width=360, height=740, language=language)
    page.goto(f"/m/?lang={language}")
    expect(page.locator("main, body").first).to_contain_text(greeting)
    fields = page.locator("input")
    fields.nth(0).fill("246810")
    fields.nth(1).fill("246810")
    assert violations(page) == []
    page.locator("button.btn-primary").click()
    expect(page.locator("nav")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.e2e
def test_a_signature_drawn_on_a_phone_is_said_to_be_kept(open_as):
    page = open_as("manager", width=360, height=740)
    page.goto("/statements/")
    page.locator("tbody tr a").first.click()
    pad = page.locator("canvas.signature-pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for step in range(1, 20):
        page.mouse.move(box["x"] + 30 + step * 8, box["y"] + 40 + step % 5 * 12)
    page.mouse.up()
    page.get_by_role("button", name="保存签名").click()
    expect(page.get_by_text("签名：").first).to_be_visible()
    expect(page.locator(".flash")).to_contain_text("已添加")
