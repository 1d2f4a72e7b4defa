"""The inspector: takes the pack, goes offline, walks, closes the browser, opens it again, ends, comes back."""

import hashlib
import re
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Page, Route, TimeoutError, expect

from tests.e2e.story.stage import ARGUMENTS, Stage

PIN = "246810"
WIDTH, HEIGHT = 390, 844
HELD_MS = 1500
#: a phone of a later day: its clock and the satellites' are put forward together
LATER = """(() => {
  const ahead_ms = DAYS * 86400000, Real = Date;
  globalThis.Date = class extends Real {
    constructor(...given) { if (given.length) super(...given); else super(Real.now() + ahead_ms); }
    static now() { return Real.now() + ahead_ms; }
  };
  for (const name of ['getCurrentPosition', 'watchPosition']) {
    const ask = Geolocation.prototype[name];
    Geolocation.prototype[name] = function (heard, ...rest) {
      return ask.call(this, (fix) => heard({ coords: fix.coords, timestamp: fix.timestamp + ahead_ms }), ...rest);
    };
  }
})()"""


@contextmanager
def phone(stage: Stage, profile: Path, door=None, *, offline: bool = False):
    """A phone's browser with a profile that outlives it; leaving the block really closes the browser."""
    context = stage.kind.launch_persistent_context(
        profile, executable_path=stage.executable, args=[*ARGUMENTS], permissions=["geolocation"],
        geolocation={"longitude": door.lon, "latitude": door.lat, "accuracy": 12} if door else None,
        **stage.context_options(WIDTH, HEIGHT, is_mobile=True, has_touch=True, device_scale_factor=2),
    )  # fmt: skip
    try:
        context.add_init_script(LATER.replace("DAYS", str(stage.days_later)))
        context.set_offline(offline)
        yield context, stage.listen(context.pages[0] if context.pages else context.new_page())
    finally:
        context.close()


def take_the_pack(stage: Stage, page: Page) -> None:
    """Sign in, choose a PIN, take everything for the day along, and wait until the app lies on the phone."""
    stage.sign_in(page, "inspector", "/m/", stay=True)
    page.fill("#pin", PIN)
    page.fill("#again", PIN)
    page.get_by_role("button", name=stage.say("Set PIN")).click()
    have_the_pack(stage, page)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    page.wait_for_function(
        "() => caches.keys().then((names) => names.some((name) => name.startsWith('patrol-')))"
    )


def have_the_pack(stage: Stage, page: Page) -> None:
    """Wait for the day's stops; whoever sees the button first presses it."""
    take, stops = (
        page.get_by_role("button", name=stage.say("Take the day pack")),
        page.locator(".stop-no").first,
    )
    expect(take.or_(stops).first).to_be_visible()
    if take.is_visible():
        with suppress(TimeoutError):  # with a network it comes by itself, and the button goes
            take.click(timeout=2_000)
    expect(stops).to_be_visible()


def open_again(stage: Stage, page: Page) -> None:
    """Open the app again; the PIN is asked only of a phone that lay idle for long enough."""
    page.goto("/m/")
    pin, bar = page.locator("#pin"), page.locator("nav.bottom-bar")
    expect(pin.or_(bar)).to_be_visible()
    if pin.is_visible():
        pin.fill(PIN)
        page.get_by_role("button", name=stage.say("Unlock")).click()
    expect(bar).to_be_visible()


def hold(page: Page, name: str) -> None:
    """Press and hold a button as long as a patrol's steps ask for."""
    button = page.get_by_role("button", name=re.compile(name))
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(HELD_MS)
    page.mouse.up()


def start(stage: Stage, page: Page) -> None:
    """Start the patrol."""
    expect(page.get_by_text(stage.say("No network")).first).to_be_visible(timeout=30_000)
    hold(page, stage.say("Start patrol"))
    expect(page.get_by_text(stage.say("Patrol under way")).first).to_be_visible()


def walk_to(context: BrowserContext, page: Page, door) -> None:
    """Be at a door, and open its stop."""
    context.set_geolocation({"longitude": door.lon, "latitude": door.lat, "accuracy": 12})
    page.get_by_role("link", name=re.compile(re.escape(door.name))).first.click()
    expect(page.get_by_role("heading", name=door.name)).to_be_visible()


def read_history(stage: Stage, page: Page, door) -> None:
    """See what happened at this door before."""
    fold = page.locator("details.fold").filter(has_text=stage.say("Earlier visits"))
    if fold.get_attribute("open") is None:
        fold.locator("summary").click()
    rows = fold.locator("ol.timeline > li")
    if door.visits:
        expect(rows.first).to_be_visible()
        assert rows.count() == min(door.visits, 5) or rows.count() <= door.visits
    else:
        expect(fold).to_contain_text(stage.say("No visit is recorded yet."))


def record_visit(stage: Stage, page: Page, outcome: tuple[str, str]) -> None:
    """Record how a door was found, in two taps."""
    page.get_by_role("button", name=stage.word(*outcome), exact=True).click()
    page.get_by_role("button", name=stage.say("Save visit")).click()
    expect(page.get_by_role("heading", name=stage.say("Today"))).to_be_visible()


def record_finding(stage: Stage, page: Page, text: str, photos: list[Path]) -> None:
    """Record a finding: two photos, the checklist, a sentence."""
    page.get_by_role("button", name=stage.word("发现可疑", "Suspicious")).click()
    expect(page.get_by_role("heading", name=stage.say("Finding"), exact=True)).to_be_visible()
    for number, photo in enumerate(photos, start=1):
        page.locator("input[type=file][capture]").set_input_files(photo)
        expect(page.locator(".thumb img")).to_have_count(number)
    sections = page.locator("details.fold").filter(has=page.locator("fieldset, .field"))
    sections.first.locator("summary").click()
    sections.first.locator("select").first.select_option(index=1)
    yes = page.get_by_role("button", name=stage.say("Yes"), exact=True)
    sections.last.locator("summary").click()
    yes.last.click()
    page.fill("#text", text)


def save_finding(stage: Stage, page: Page) -> None:
    """Save on the phone."""
    page.locator(".act-bar button.btn-primary").click()
    expect(page.get_by_text(stage.say("Saved on this phone")).first).to_be_visible()


def unsent(page: Page) -> int:
    """Return how many entries the phone says are waiting."""
    badge = page.locator("nav.bottom-bar .badge")
    return int(re.sub(r"\D", "", badge.inner_text())) if badge.count() else 0


def lose_the_first_answers(context: BrowserContext) -> list[str]:
    """Let the network fail as it does in stairwells: a 500, then an answer that is lost after the server took it all."""
    seen: list[str] = []

    def spoil(route: Route) -> None:
        seen.append(route.request.url)
        if len(seen) == 1:
            route.fulfill(status=500, body="bad gateway")
        elif len(seen) == 2:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    context.route("**/api/v1/sync", spoil)
    return seen


def all_is_sent(stage: Stage, page: Page) -> None:
    """Ask the phone to send until it says itself that nothing is waiting: it would ask by itself, but later."""
    page.goto("/m/me/unsent")
    done = page.get_by_text(stage.say("Nothing is waiting"))
    for _ in range(20):
        send = page.get_by_role("button", name=stage.say("Send now"))
        expect(done.or_(send)).to_be_visible()
        if done.is_visible():
            return
        with suppress(TimeoutError):  # it is gone as soon as the last one has arrived
            send.click(timeout=2_000)
        page.wait_for_timeout(1500)
    expect(done).to_be_visible(timeout=30_000)


def photo(folder: Path, name: str, shade: tuple[int, int, int]) -> Path:
    """Make a camera's picture of a room: rows of chairs before a board."""
    image = Image.new("RGB", (2400, 1800), shade)
    draw = ImageDraw.Draw(image)
    draw.rectangle((500, 250, 1900, 800), fill=(240, 240, 235), outline=(90, 70, 50), width=20)
    for row in range(3):
        for seat in range(8):
            left, top = 250 + seat * 240, 1000 + row * 240
            draw.rounded_rectangle((left, top, left + 170, top + 170), 30, fill=(120 - 20 * row, 80, 60))
    path = folder / f"{name}.jpg"
    image.save(path, quality=88)
    return path


def sha256(path: Path) -> str:
    """Return the fingerprint of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def end(stage: Stage, page: Page) -> None:
    """End the patrol."""
    hold(page, stage.say("End patrol"))
    expect(page.get_by_text(stage.say("Patrol ended")).first).to_be_visible()
