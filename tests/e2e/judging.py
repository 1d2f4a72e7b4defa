"""What a page is judged by: axe, its width, and the language of its words."""

import re
from pathlib import Path

from tests.e2e.story.stage import chinese

AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
RULES = "['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']"
#: best practices that do not fit: a map in a frame is a document of its own
BESIDES = "{'region': {enabled: false}, 'page-has-heading-one': {enabled: false}}"
#: what stands in the data itself, whatever the language of the page: names, addresses, texts
CHINESE = re.compile(r"[\u4e00-\u9fff]")
#: names of formats and languages that are the same in Chinese
WORLDWIDE = {"English", "DOCX", "XLSX", "GeoJSON"}


def judged(page):
    """Return what is wrong with the page that is open: axe, overflow, and controls too small for a thumb."""
    page.evaluate(AXE)
    found = page.evaluate(
        f"() => axe.run({{runOnly: {RULES}, rules: {BESIDES}, iframes: false, resultTypes: ['violations']}}).then(r => r.violations)"
    )
    told = [
        (each["id"], [node["html"][:120] for node in each["nodes"] if not is_pin(each["id"], node)])
        for each in found
    ]
    wrong = [f"{rule}: {nodes[:2]}" for rule, nodes in told if nodes]
    width, inner = page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
    if width > inner:
        wrong.append(f"overflows: {width} px in {inner} px")
    return wrong


def is_pin(rule, node):
    """Whether a target is too close to another because their places are: the exception that WCAG 2.5.8 makes for pins
    on a map ("essential"); zooming in, and the list beside every map, reach the same.
    """
    return rule == "target-size" and 'class="leaflet-marker-icon' in node["html"]


def untranslated(page):
    """Return English texts of a Chinese page or Chinese labels of an English one: headings, labels, buttons."""
    texts = page.evaluate(
        """() => [...document.querySelectorAll('h1,h2,label,legend,th,button,.btn span,.tabs a,.desk-nav a,.stat-label')]
        .filter(e => !e.closest('[lang]:not(html)') && e.offsetParent).map(e => e.innerText.trim()).filter(Boolean)"""
    )
    chinese_page = page.evaluate("() => document.documentElement.lang.startsWith('zh')")
    if chinese_page:
        return [
            text
            for text in texts
            if re.search(r"[A-Za-z]{4,}", text) and not CHINESE.search(text) and text not in WORLDWIDE
        ]
    return [text for text in texts if text in KNOWN_CHINESE]


def words():
    """Return the Chinese of the whole interface: what an English page must not show."""
    return {text for english, text in chinese().items() if text and english != text}


KNOWN_CHINESE = words()
