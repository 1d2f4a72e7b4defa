"""The zygote that servers are forked from: it has one thread, and however often a server is killed the next one comes."""

import random
import time

import pytest

from tests.soak.group import Group

KILLS = 300


def test_a_zygote_with_threads_of_a_library_refuses_to_serve(world, database, tmp_path):
    if database.kind != "spatialite":
        return  # it forks before it knows of any database
    with (tmp_path / "log").open("w") as log, pytest.raises(RuntimeError, match="could not be built"):
        Group({**world.environment, "OPENBLAS_NUM_THREADS": "2"}, log=log)
    assert "threads" in (tmp_path / "log").read_text("utf-8")


@pytest.mark.timeout(900)
def test_a_server_killed_three_hundred_times_always_comes_back(world, database):
    group, rng, taken = Group(world.environment), random.Random(3), []
    try:
        for _ in range(KILLS):
            begun = time.monotonic()
            group.start()
            taken.append(time.monotonic() - begun)
            time.sleep(rng.uniform(0, 0.05))
            group.kill()
    finally:
        group.stop()
    print(f"{database.kind}: {group.kills} kills; ready after {sorted(taken)[KILLS // 2]:.3f} s in the middle, "
          f"{max(taken):.3f} s at most; {group.cpu_s / KILLS:.3f} CPU seconds each")  # fmt: skip
