"""Every page the program can answer with, found from its own map: nothing that axe finds, nothing that overflows,
nothing untranslated, no error on the console; in both languages, light and dark, phone and desk.
"""

import re
from urllib.parse import urlsplit

import pytest

from tests.databases import build_app, let_go
from tests.e2e.judging import judged, untranslated
from tests.e2e.story.stage import PASSWORD

ACCOUNTS = {
    "manager": "branch_manager", "city": "city_manager", "inspector": "inspector", "police": "police_liaison",
    "liaison": "community_liaison", "sysadmin": "system_administrator", "secadmin": "security_administrator",
    "auditor": "auditor", "": "",
}  # fmt: skip
#: language, theme, width by database: every page is met in each language, theme and width
LOOKS = {"spatialite": ("zh", "light", 1280), "postgis": ("en", "dark", 360)}
#: endpoints whose answer is no page but a file, a frame's own script or plain figures
FILES = re.compile(
    r"\.(json|pdf|js|css|csv|xlsx|gpx|zip|xml|svg|png|webmanifest|docx?)$|^/(healthz|readyz|api/)"
    r"|^/clues/board-rows$|^/hotspots/area$|^/basemap/tile$"
)


@pytest.fixture(scope="module")
def pages(demo, tmp_path_factory):
    """Every page by account: one account for each page is enough, the first that may open it."""
    from patrol.pwa.bench.pages import addresses

    app = build_app(demo["DATABASE_URL"], tmp_path_factory.mktemp("map"))
    found, seen = {}, set()
    with app.app_context():
        for account, role in ACCOUNTS.items():
            scope = "42/4201/420102/" if account != "city" else "42/4201/"
            for each in addresses(app, {role} if role else set(), scope):
                if each.endpoint in seen or FILES.search(urlsplit(each.path).path):
                    continue
                seen.add(each.endpoint)
                found.setdefault(account, []).append(each.path)
    let_go(app)
    return found


def is_fault(message):
    """Say whether a console message is a fault; a frame's document opened alone asks for the icon it has not."""
    return message.type == "error" and not (message.location or {}).get("url", "").endswith("/favicon.ico")


@pytest.mark.e2e
@pytest.mark.timeout(1200)
def test_every_page_is_sound(chromium, server, pages, database):
    language, theme, width = LOOKS[database.kind]
    wrong, opened = {}, 0
    for account, paths in pages.items():
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, base_url=server, timezone_id="Asia/Shanghai",
            locale="zh-CN" if language == "zh" else "en-GB", color_scheme=theme, reduced_motion="reduce",
        )  # fmt: skip
        page = context.new_page()
        said = []
        page.on(
            "console", lambda message, said=said: said.append(message.text) if is_fault(message) else None
        )
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        if account:
            sign_in(page, account, language)
        for path in paths:
            answer = page.goto(path + (("&" if "?" in path else "?") + f"lang={language}"), wait_until="load")
            if answer is None or "html" not in answer.headers.get("content-type", ""):
                continue
            opened += 1
            faults = [f"answers {answer.status}"] if answer.status >= 400 else judged(page)
            faults += [f"untranslated: {text}" for text in untranslated(page)] + said
            said.clear()
            if faults:
                wrong[f"{account} {path}"] = faults
        if account:
            choose_language(page, "zh")  # as it was: the account's own choice outlives this test
        context.close()
    assert opened > 30
    assert wrong == {}, "\n".join(f"{path}\n   " + "\n   ".join(faults) for path, faults in wrong.items())


#: pages that hold most kinds of parts: numbers, table, map with its list, form, charts, and a page without an account
SAMPLE = ("/", "/venues/", "/venues/map", "/venues/new", "/reports/", "/plans/", "/report")
#: what :data:`LOOKS` leaves out: each theme and the large type in the other language
OTHER_LOOKS = {
    "spatialite": (("zh", "dark", "", 1280), ("zh", "light", "large", 360)),
    "postgis": (("en", "light", "", 360), ("en", "dark", "large", 1280)),
}


@pytest.mark.e2e
@pytest.mark.timeout(600)
def test_a_sample_of_pages_is_sound_in_every_theme_and_large_type(chromium, server, database):
    wrong = {}
    for language, theme, size, width in OTHER_LOOKS[database.kind]:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, base_url=server, timezone_id="Asia/Shanghai",
            locale="zh-CN" if language == "zh" else "en-GB", reduced_motion="reduce",
        )  # fmt: skip
        chosen = {"patrol_theme": theme, "patrol_type": size}
        context.add_cookies([{"name": n, "value": v, "url": server} for n, v in chosen.items() if v])
        page = context.new_page()
        sign_in(page, "manager", language)
        for path in SAMPLE:
            page.goto(f"{path}?lang={language}", wait_until="load")
            shown = page.evaluate(
                "() => [document.documentElement.dataset.theme, document.documentElement.dataset.type ?? '']"
            )
            faults = [] if shown == [theme, size] else [f"shown as {shown}"]
            for fold in page.locator("main details:not([open]) > summary:visible").all()[:3]:
                fold.click()  # of the map: its places as a list
            page.evaluate(
                "() => window.scrollTo(0, 0)"
            )  # what the bar covers while scrolled is no small target
            faults += judged(page) + [f"untranslated: {text}" for text in untranslated(page)]
            if faults:
                wrong[f"{path} {language} {theme} {size} {width}"] = faults
        choose_language(page, "zh")
        context.close()
    assert wrong == {}, "\n".join(f"{path}\n   " + "\n   ".join(faults) for path, faults in wrong.items())


#: pages whose tables have many columns, and links that lead from them to more of the kind
WIDE = {
    "/reports/": "table tbody th a", "/assessment/": "main a[href^='/assessment/']:not(.btn)", "/seller-checks/": "",
    "/events/": "", "/actions/": "", "/filings/": "", "/prevention/coverage": "",
}  # fmt: skip
HIDDEN_COLUMNS = """() => [...document.querySelectorAll('.table-scroll')]
    .filter(e => e.scrollWidth > e.clientWidth + 1).map(e => `${e.scrollWidth} px in ${e.clientWidth} px`)"""


@pytest.mark.e2e
@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables_show_all_their_columns_on_a_desk(chromium, server, language):
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, base_url=server)
    page = context.new_page()
    sign_in(page, "city", language)
    wrong, tables = {}, 0
    for path, further in WIDE.items():
        page.goto(path, wait_until="load")
        links = [path, *(page.locator(further).first.get_attribute("href") for _ in [further] if further)]
        for each in links:
            page.goto(each, wait_until="load")
            tables += page.locator(".table-scroll").count()
            if hidden := page.evaluate(HIDDEN_COLUMNS):
                wrong[each] = hidden
    choose_language(page, "zh")
    context.close()
    assert tables >= len(WIDE)
    assert wrong == {}


def sign_in(page, account, language):
    """Sign in with a demo account and choose a language for it."""
    page.goto("/login")
    page.fill("[name=username]", account)
    page.fill("[name=password]", PASSWORD)
    page.click("form button.btn-primary")
    page.wait_for_url(lambda url: "/login" not in url)
    choose_language(page, language)


def choose_language(page, language):
    """Let the account that is signed in read in a language from now on."""
    page.request.post(
        "/account/language", form={"language": language}, headers={"X-Patrol": "1"}, max_redirects=0
    )
