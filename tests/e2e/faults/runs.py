"""The runs themselves, shared by the slice of every test run and the long soak."""

import random
from collections import Counter

#: where a tab or the browser is killed: a step of the protocol, which one of its kind, and the moment
MOMENTS = ("never", "gone", "soon")
KILLS = [
    (step, nth, moment)
    for step, nth in (("batch", 0), ("ask", 0), ("chunk", 0), ("chunk", 1), ("chunk", 4))
    for moment in MOMENTS
]
#: what the network does to an answer while everything on the phone goes on living
CUTS = [
    *(("batch", 0, what) for what in ("refuse", "lose", "error", "half", "twice", "portal")),
    *(("chunk", 1, what) for what in ("refuse", "lose", "error", "half", "twice", "portal")),
    ("ask", 0, "error"),
    ("me", 0, "portal"),
]


def at(step, nth, what):
    """Plan one fault, at the ``nth`` request of a step; everything else goes through."""
    counted = Counter()

    def plan(seen):
        counted[seen.step] += 1
        return what if seen.step == step and counted[step] == nth + 1 else None

    return plan


def run_kill(city, phone, plan, what, *, wait_s=0.0):
    """Kill a tab or the whole browser at the planned moment, start it again, and demand everything."""
    city.network.begin(plan)
    entries = phone.write()
    phone.kick()
    assert city.network.struck.wait(20), "the moment never came"
    if wait_s:
        phone.page.wait_for_timeout(wait_s * 1000)
    if what == "browser":
        phone.kill()
        phone.switch_on()
    else:
        phone.close_tab()
    city.network.begin()
    phone.open()
    settled(city, phone, entries)


def run_cut(city, phone, plan):
    """Let the network misbehave once, and demand everything."""
    city.network.begin(plan)
    entries = phone.write()
    phone.kick()
    settled(city, phone, entries)
    assert any(seen.what != "pass" for seen in city.network.seen), "the fault was never injected"


def settled(city, phone, entries):
    """Everything is on the server once, and nothing but its receipts is left on the phone."""
    phone.wait_until_sent()
    city.ledger.check(entries)
    assert phone.page.evaluate("() => probe.blobs()") == 0
    receipts = phone.page.evaluate("(owner) => probe.receipts(owner)", phone.owner)
    assert {entry["id"] for entry in entries} <= set(receipts)


def chance(city, phone, rng: random.Random):
    """One run of the soak: some fault, at some moment, of some kind; returns what it was."""
    what = rng.choices(("tab", "browser", "cut"), (5, 2, 5))[0]
    step = rng.choices(("me", "batch", "ask", "chunk"), (1, 2, 2, 4))[0]
    nth = {"ask": rng.randrange(4), "chunk": rng.randrange(5)}.get(step, 0)
    if what == "cut":
        fault = rng.choice(("refuse", "lose", "error", "half", "twice", "portal"))
        run_cut(city, phone, at(step, nth, fault))
    else:
        fault = rng.choice(MOMENTS)
        wait_s = rng.choice((0, 0.005, 0.02, 0.08)) if fault == "soon" else 0
        run_kill(city, phone, at(step, nth, fault), what, wait_s=wait_s)
    return f"{what} {step}#{nth} {fault}"
