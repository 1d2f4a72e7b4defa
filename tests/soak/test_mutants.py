"""Each seeded mistake is caught by the part of the harness that is there for it."""

import os
import subprocess

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.soak.checker import check
from tests.soak.group import ROOT, Group
from tests.soak.mutants import MUTANTS, migrated, seeded
from tests.soak.storm import storm
from tests.soak.test_calls import calls_of, flushed_in_order
from tests.soak.watched import CALLS, Watched
from tests.soak.world import World, build_world

STORM_S = 120


def enough(ledger):
    """Say whether a storm on a mistake has done all that may show it."""
    return ledger.wrong or ledger.counts["kills"] >= 12


def judged_by_storm(tree, database, tmp_path):
    world = build_world(database.another("mutant"), tmp_path / "data")
    group = Group(world.environment, tree)
    try:
        ledger = storm(group, world, STORM_S, phones=4, enough=enough, pause_s=(0.3, 1.0))
    finally:
        group.stop()
    return check(world, ledger)


def judged_by_altered(tree, database, tmp_path):
    """A photo that loses one bit on its way, five times: none of it may stay, and each is whole when sent again."""
    world = build_world(database.another("mutant"), tmp_path / "data")
    watched = Watched(world, tree)
    for _ in range(5):
        work = watched.made()
        watched.send_altered(work)
        if not watched.send_plainly(work)[-1][1].get("complete"):
            watched.ledger.blame("a photo that came whole at last could not be sent")
    watched.end()
    return check(world, watched.ledger)


def judged_by_calls(tree, database, tmp_path):
    world = build_world(database.another("mutant"), tmp_path / "data")
    watched = Watched(world, tree)
    watched.send(["-e", f"trace={CALLS}"], tmp_path / "trace")
    watched.end()
    return flushed_in_order(calls_of(tmp_path / "trace"), database.kind)


def judged_by_key(tree, database, tmp_path):
    """A database without its keys is noticed by the checker's own try to put the same receipt in twice."""
    url = database.bare("mutantkey")
    (tmp_path / "data").mkdir()
    migrated(tree, url, tmp_path / "data")
    world = build_world(url, tmp_path / "data")
    watched = Watched(World(url, world.data_dir, world.cookies, world.venues, world.environment), tree)
    watched.send(["-e", "trace=rename"], tmp_path / "trace")
    watched.end()
    return check(world, watched.ledger)


def judged_by_feed(tree, database, tmp_path):
    """A second writer must not get a number, be seen, and leave the first one's to appear behind a reader's back."""
    url = database.bare("mutantfeed")
    (tmp_path / "data").mkdir()
    migrated(tree, url, tmp_path / "data")
    world = build_world(url, tmp_path / "data")
    engine = create_engine(world.url, connect_args={"options": "-c lock_timeout=1500"})
    touch = text("UPDATE venue SET version = version + 1 WHERE uid = :uid")
    with engine.connect() as first, engine.connect() as second:
        first.execute(touch, {"uid": world.venues[0].uid})
        first.execute(text("SET CONSTRAINTS feed_venue_update IMMEDIATE"))
        try:
            second.execute(touch, {"uid": world.venues[1].uid})
            second.execute(text("SET CONSTRAINTS feed_venue_update IMMEDIATE"))
        except OperationalError:  # it waited for the first one's lock, as it should
            return []
        finally:
            second.rollback()
            first.rollback()
            engine.dispose()
    return ["a later number was seen before an earlier one"]


def judged_by_js(tree, database, tmp_path):
    files = sorted(str(path.relative_to(tree)) for path in (tree / "tests/js").glob("*.test.js"))
    chosen = [
        name
        for name in files
        if any(word in name for word in ("drain", "link", "flush", "transport", "sync", "store"))
    ]
    # A mistake may leave timers behind that would keep the process for an hour: they are cut off.
    done = subprocess.run(
        ["node", "--test", "--test-timeout=15000", "--test-force-exit", *chosen],
        cwd=tree, capture_output=True, text=True, env=node_path(), check=False,
    )  # fmt: skip
    return (
        []
        if done.returncode == 0
        else [line for line in done.stdout.splitlines() if "not ok" in line or "✖" in line]
    )


def node_path():
    import sys

    sys.path.insert(0, str(ROOT / "scripts"))
    import node

    return {**os.environ, "PATH": node.path(ROOT / ".venv/bin/python")}


JUDGES = {
    "storm": judged_by_storm,
    "altered": judged_by_altered,
    "calls": judged_by_calls,
    "key": judged_by_key,
    "feed": judged_by_feed,
    "js": judged_by_js,
}


def test_a_photo_altered_on_its_way_is_asked_for_again_and_whole_at_last(database, tmp_path):
    assert judged_by_altered(ROOT, database, tmp_path) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "_"))
def test_a_seeded_mistake_is_caught(mutant, database, tmp_path):
    wanted = "postgis" if mutant.by == "feed" else "spatialite"
    if database.kind != wanted:
        return  # the mistake lies above the database, or is one of the other engine
    tree = seeded(mutant, tmp_path / "tree")
    faults = JUDGES[mutant.by](tree, database, tmp_path)
    assert faults, f"nobody noticed that the program {mutant.name}"
    print(f"caught: {mutant.name}: {len(faults)} faults, e.g. {str(faults[0])[:120]}")
