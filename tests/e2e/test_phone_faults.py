"""Nothing saved on the phone is lost and nothing arrives twice, whatever is killed or cut, at every transition.

Each run saves a visit, a finding with a photo and a sighting with a photo through the app's own store, injects one
fault while the app sends them, lets the app recover by itself, and asks the ledger: each record exactly once on the
server, with the hash the phone computed; each photo whole on the server's disk; nothing left on the phone.
"""

import time

import pytest

from tests.e2e.faults.patience import moment
from tests.e2e.faults.runs import CUTS, KILLS, at, run_cut, run_kill

pytestmark = pytest.mark.e2e
REGISTRATION = "() => navigator.serviceWorker.getRegistration('/')"


@pytest.mark.parametrize(("step", "nth", "moment"), KILLS)
def test_a_killed_tab_loses_nothing(city, used_phone, step, nth, moment):
    run_kill(city, used_phone, at(step, nth, moment), "tab")


@pytest.mark.parametrize(
    ("step", "nth", "moment"),
    [("batch", 0, "gone"), ("ask", 0, "soon"), ("chunk", 3, "gone")],
)
def test_a_killed_browser_loses_nothing(city, used_phone, step, nth, moment):
    run_kill(city, used_phone, at(step, nth, moment), "browser")


@pytest.mark.parametrize(("step", "nth", "what"), CUTS)
def test_a_broken_answer_loses_nothing(city, used_phone, step, nth, what):
    run_cut(city, used_phone, at(step, nth, what))


def test_a_browser_killed_while_saving_has_all_of_it_or_nothing(city, used_phone):
    city.network.begin(lambda _seen: "refuse")
    script = """(what) => { globalThis.saved = []; const again = () => probe.write(what).then((made) => {
        globalThis.saved.push(...made); again(); }); again(); }"""
    venue = used_phone.page.evaluate("(owner) => probe.venue(owner)", used_phone.owner)
    used_phone.page.evaluate(script, {"owner": used_phone.owner, "venue_uid": venue, "bytes": 30000})
    used_phone.wait("() => globalThis.saved.length > 0")
    moment(0.1)
    acknowledged = used_phone.page.evaluate("() => globalThis.saved")
    used_phone.kill()
    used_phone.switch_on().open()
    kept = {entry["id"] for entry in used_phone.left()}
    assert acknowledged
    assert kept >= {entry["id"] for entry in acknowledged}
    assert len(kept) % 3 == 0, "a visit without its finding"
    city.network.begin()
    used_phone.wait_until_sent()
    city.ledger.check(acknowledged)
    assert len(city.ledger.receipts([{"id": each} for each in kept])) == len(kept)


def test_two_tabs_send_one_at_a_time(city, used_phone):
    other = used_phone.context.new_page()
    other.goto("/m/")
    other.evaluate(used_phone.probe)

    def slowly(seen):
        moment(0.1 if seen.step in {"batch", "chunk"} else 0)

    city.network.begin(slowly)
    entries = used_phone.write()
    for _ in range(4):
        for page in (used_phone.page, other):
            page.evaluate("() => probe.kick()")
    used_phone.wait_until_sent()
    other.close()
    city.ledger.check(entries)
    assert city.network.together() == []


def test_the_worker_may_die_at_any_time(city, used_phone):
    session = used_phone.context.new_cdp_session(used_phone.page)
    session.send("ServiceWorker.enable")
    city.network.begin(at("chunk", 1, "gone"))
    entries = used_phone.write()
    used_phone.kick()
    assert city.network.struck.wait(20)
    session.send("ServiceWorker.stopAllWorkers")
    city.network.begin()
    used_phone.hurry()
    used_phone.wait_until_sent()
    city.ledger.check(entries)
    used_phone.close_tab()
    used_phone.open()


def test_a_new_version_in_the_middle_of_an_upload(city, used_phone):
    used_phone.page.evaluate("() => navigator.serviceWorker.ready.then(() => 1)")
    city.network.begin(at("chunk", 1, "hold"))
    entries = used_phone.write()
    used_phone.kick()
    used_phone.wait("() => probe.left().then((left) => left.some((one) => one.state === 'accepted'))")
    city.network.worker_version = f"\n// {time.monotonic()}".encode()
    used_phone.wait(
        f"{REGISTRATION}.then((found) => found.waiting ? true : found.update().then(() => false))"
    )
    used_phone.page.evaluate(f"{REGISTRATION}.then((found) => found.waiting.postMessage('take over'))")
    used_phone.wait(f"{REGISTRATION}.then((found) => !found.waiting)")
    used_phone.close_tab()
    city.network.release()
    city.network.begin()
    used_phone.open()
    used_phone.wait_until_sent()
    city.ledger.check(entries)
