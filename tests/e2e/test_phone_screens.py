"""Every screen of the phone as a person opens it, with a network and without: what axe finds, what overflows, what is
untranslated; in both languages, light and dark.
"""

from contextlib import contextmanager

import pytest
from playwright.sync_api import Error, expect

from tests.e2e.judging import judged, untranslated
from tests.e2e.serving import serving
from tests.e2e.story import inspector
from tests.e2e.story.stage import Stage

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
TOO_COARSE = "The position is missing or too coarse: choose the place by hand and say why."
COARSE = "Position known only to {n} m. The visit is kept and marked so; scan the door code, or wait near a window."
ME = ("/m/me", "/m/me/device", "/m/me/pin", "/m/me/unsent", "/m/scan", "/m/report")


#: what sticks covers a part of whatever scrolls under it at the moment, which scrolling cures and axe would blame
LAID = """() => { window.scrollTo(0, document.documentElement.scrollHeight);
  window.laid = [...document.querySelectorAll('body *')].filter((e) => getComputedStyle(e).position === 'sticky');
  for (const bar of window.laid) bar.style.position = 'static'; }"""
RAISED = "() => { for (const bar of window.laid) bar.style.position = ''; }"


@contextmanager
def bars_in_their_place(page):
    """Show the end of a page, its bars where they stand and not over what lies under them."""
    page.evaluate(LAID)
    yield
    page.evaluate(RAISED)


class Look:
    """Judges whatever is open, by name; nothing is said before all was seen."""

    def __init__(self, stage, page):
        self.stage, self.page, self.wrong, self.seen = stage, page, {}, []

    def at(self, name, path=None, *, both=False):
        """Open an address, if one is given, and judge what is shown once it has come to rest; ``both``: a page that
        speaks two languages at once.
        """
        if path:
            self.page.goto(path)
        expect(self.page.locator("main")).to_be_visible()
        expect(self.page.locator("main .spinner")).to_have_count(0)
        language = self.page.evaluate("() => document.documentElement.lang").split("-")[0]
        with bars_in_their_place(self.page):
            found = judged(self.page)
        faults = found + [f"untranslated: {text}" for text in untranslated(self.page)]
        faults += [] if both or language == self.stage.language else [f"speaks {language}"]
        self.seen.append(name)
        if faults:
            self.wrong[name] = faults

    def press(self, english):
        """Press a button by its English name."""
        self.page.get_by_role("button", name=self.stage.say(english)).first.click()


@pytest.fixture
def own_server(untouched):
    """The address of a demo city of its own: these screens show what nobody else has touched."""
    with serving(untouched("screens")) as address:
        yield address


@pytest.fixture
def look(database, own_server, chromium_kind, chromium_path, tmp_path):
    """A phone 360 px wide that stands before the app's first screen; language and theme by database."""
    language, theme = {"spatialite": ("zh", "light"), "postgis": ("en", "dark")}[database.kind]
    stage = Stage(own_server, language, chromium_kind, chromium_path, tmp_path)
    with inspector.phone(stage, tmp_path / "profile") as (context, page):
        context.set_geolocation({"longitude": 114.3, "latitude": 30.6, "accuracy": 5000})
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        yield Look(stage, page)
    assert stage.said == []


def test_every_screen_of_the_phone_is_sound(look):
    before_the_rooms(look)
    the_round(look)
    for path in ME:
        look.at(path, path)
    the_map(look, "map")
    without_a_network(look)
    locked(look)
    assert len(look.seen) > 32
    assert look.wrong == {}, "\n".join(f"{name}: {faults}" for name, faults in look.wrong.items())


def locked(look):
    """Lock the phone where there is no network, and go the way out of a forgotten PIN; the same with a network."""
    page = look.page
    page.goto("/m/me")
    look.press("Lock now")
    look.at("locked without a network")
    open_folds(page)
    look.press("Write the sealed file")
    expect(page.locator("a[download]").first).to_be_visible()
    look.at("locked without a network, the way out of a forgotten PIN")
    page.context.set_offline(False)
    look.at("locked", "/m/me")
    open_folds(page)
    look.at("locked, the way out of a forgotten PIN")


def before_the_rooms(look):
    """Sign in, choose a PIN badly and then well, take the pack."""
    page, stage = look.page, look.stage
    page.goto(f"/m/?lang={stage.language}")
    look.at("gate")
    stage.sign_in(page, "inspector", "/m/")
    page.goto("/m/")  # the first answer may have come before the account's language was changed
    expect(page.locator("#again")).to_be_visible()
    look.at("new PIN")
    page.fill("#pin", inspector.PIN)
    page.fill("#again", "1")
    look.press("Set PIN")
    expect(page.locator(".alert.tone-danger")).to_be_visible()
    look.at("new PIN, refused")
    page.fill("#again", inspector.PIN)
    look.press("Set PIN")
    expect(page.locator("nav.bottom-bar")).to_be_visible()
    look.at("today")
    inspector.have_the_pack(stage, page)
    look.at("today, with the pack")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")


def the_round(look):
    """Start, open a stop, and see the finding's form whole, with its complaints."""
    page, stage = look.page, look.stage
    inspector.hold(page, stage.say("Start patrol"))
    expect(page.get_by_text(stage.say("Patrol under way")).first).to_be_visible()
    look.at("under way")
    open_stop(page, 0)
    outcome = page.get_by_role("button", name=stage.word("发现可疑", "Suspicious"))
    expect(outcome).to_be_visible()
    open_folds(page)
    expect(page.get_by_text(stage.say(COARSE).replace("{n}", "5000"))).to_be_visible()
    look.at("stop, at a place known to 5 km")
    the_correction(look)
    outcome.click()
    expect(page.get_by_role("heading", name=stage.say("Finding"), exact=True)).to_be_visible()
    open_folds(page)
    # Chromium tells a position that is set by hand only once; real satellites go on speaking.
    look.press("Locate again")
    page.context.set_geolocation({"longitude": 114.3001, "latitude": 30.6, "accuracy": 5000})
    expect(page.get_by_text("±5000 m")).to_be_visible()
    look.at("finding, at a place known to 5 km")
    page.locator(".act-bar button.btn-primary").click()
    too_coarse = page.get_by_text(stage.say(TOO_COARSE))
    expect(too_coarse).to_be_visible()
    look.at("finding, with what is missing")
    look.press("Choose by hand")
    look.press("No satellite signal indoors")
    look.at("finding, placed by hand")
    page.locator(".act-bar button.btn-primary").click()
    expect(too_coarse).to_have_count(0)
    look.at("finding, with nothing but a place")


def the_correction(look):
    """Open the form that corrects the venue, with hours, a map and what is wrong in it; then throw it away."""
    page, stage = look.page, look.stage
    page.locator("main a[href$='/correct']").click()
    expect(page.get_by_role("heading", name=stage.say("Correct this venue"), exact=True)).to_be_visible()
    look.at("correction")
    page.locator("input[name=state]").last.check()
    look.press("Add hours")
    look.press("Move it on the map")
    expect(page.locator(".leaflet-container")).to_be_visible()
    page.locator(".act-bar button.btn-primary").click()
    expect(
        page.get_by_text(stage.say("Fill in when it opens and when it closes, or remove these hours."))
    ).to_be_visible()
    look.at("correction, with what is missing")
    look.press("Discard draft")
    look.press("Really discard this draft?")
    expect(page.get_by_role("heading", name=stage.say("What did you find?"))).to_be_visible()


def open_stop(page, number):
    """Open one of today's stops."""
    page.locator("a[href^='/m/stop/']").filter(has=page.locator(".stop-no")).nth(number).click()


def open_folds(page):
    """Open whatever can be opened."""
    closed = page.locator("main details:not([open]) > summary:visible")
    for _ in range(30):
        if not closed.count():
            return
        closed.first.click()
    raise AssertionError("something does not open")


def the_map(look, name):
    """Open the map and wait for its first lines."""
    look.page.goto("/m/map")
    expect(look.page.locator(".leaflet-container")).to_be_visible()
    look.at(name)


def without_a_network(look):
    """Cut the network, record something, and see every screen again; then a page that is not on the phone."""
    page, stage = look.page, look.stage
    page.wait_for_function(
        "() => caches.keys().then((names) => names.some((name) => name.startsWith('patrol-')))"
    )
    page.context.set_offline(True)
    page.goto("/m/")
    expect(page.get_by_text(stage.say("No network")).first).to_be_visible(timeout=40_000)
    open_stop(page, 1)
    page.get_by_role("button", name=stage.word("无人应答", "No answer"), exact=True).click()
    look.at("stop without a network, no answer")
    look.press("Save visit")
    expect(page.get_by_role("heading", name=stage.say("Today"))).to_be_visible()
    look.at("today without a network")
    for path in ME:
        look.at(f"{path} without a network", path)
    what_comes_when_asked_for(look)
    the_map(look, "map without a network")
    page.goto("/patrols/mine")
    expect(page.get_by_role("heading", name="No network")).to_be_visible()
    look.at("a page that is not on the phone", both=True)
    page.get_by_role("link", name="今日巡查").click()
    expect(page.locator("nav.bottom-bar")).to_be_visible()


def what_comes_when_asked_for(look):
    """Without a network, go where a part of the app is first needed: the rescue, a track of another device, the form."""
    page, stage = look.page, look.stage
    page.goto("/m/me/unsent")
    expect(page.locator("main li .item").first).to_be_visible()
    open_folds(page)
    look.press("Write the sealed file")
    expect(page.locator("a[download]").first).to_be_visible()
    look.at("/m/me/unsent without a network, with the sealed file")
    page.goto("/m/")
    page.locator("input[accept*=gpx]").set_input_files(
        {"name": "a.gpx", "mimeType": "application/gpx+xml", "buffer": b"<html/>"}
    )
    expect(
        page.get_by_text(
            stage.say("This is not a whole GPX file. Export the track again as GPX and choose that file.")
        )
    ).to_be_visible()
    look.at("today without a network, after a wrong track")
    page.locator("input[accept*=gpx]").set_input_files(
        {"name": "b.gpx", "mimeType": "application/gpx+xml", "buffer": a_point_of_now(page)}
    )
    expect(
        page.get_by_text(stage.say("{count} point of the other device was added.").replace("{count}", "1"))
    ).to_be_visible()
    look.at("today without a network, after a track of another device")
    page.locator("main a[href$='/finding']").first.click()
    expect(page.get_by_role("heading", name=stage.say("Finding"), exact=True)).to_be_visible()
    open_folds(page)
    look.at("finding without a network")


def a_point_of_now(page):
    """A track of one point, walked a second ago by the phone's own clock."""
    at = page.evaluate("() => new Date(Date.now() - 1000).toISOString()")
    point = f'<trkpt lat="30.6" lon="114.3"><time>{at}</time></trkpt>'
    gpx = f'<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1"><trk><trkseg>{point}</trkseg></trk></gpx>'
    return gpx.encode()


def test_a_page_of_the_desk_without_a_network_is_not_the_browsers_own(look):
    """A wrong address is still the server's answer when there is a network."""
    page = look.page
    page.goto("/m/")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    assert page.goto("/no-such-page").status == 404
    page.context.set_offline(True)
    answer = page.goto("/login")
    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("heading", name="无网络")).to_be_visible()
    with pytest.raises(Error):
        page.evaluate(
            "() => fetch('/account/language', {method: 'POST', body: new URLSearchParams({language: 'zh'})})"
        )
