"""The phone under faults for a long time: at least 500 runs of chance in a real browser, each ending complete.

``PATROL_SOAK_PHONE_RUNS`` says how many (half on each database), ``PATROL_SOAK_SEED`` which; both are printed.
"""

import os
import random
import time
from collections import Counter

import pytest

from tests.e2e.conftest import chromium_kind, demo, server, untouched
from tests.e2e.faults.city import city, new_phone, probe, used_phone
from tests.e2e.faults.runs import chance

__all__ = ["chromium_kind", "city", "demo", "new_phone", "probe", "server", "untouched", "used_phone"]
RUNS = int(os.environ.get("PATROL_SOAK_PHONE_RUNS") or 500)
SEED = int(os.environ.get("PATROL_SOAK_SEED") or 20261124)


@pytest.mark.timeout(0)
def test_the_phone_loses_nothing_in_many_runs_of_chance(city, used_phone, database):
    rng, kinds, begun = random.Random(f"{SEED}/{database.kind}"), Counter(), time.monotonic()
    for number in range(-(-RUNS // 2)):
        try:
            what = chance(city, used_phone, rng)
        except AssertionError as fault:
            raise AssertionError(f"run {number} of seed {SEED} on {database.kind}: {fault}") from fault
        kinds[what.split()[0]] += 1
        if number % 25 == 24:
            print(f"  {database.kind}: {number + 1} runs, {time.monotonic() - begun:.0f} s", flush=True)
    print(f"  {database.kind}: {sum(kinds.values())} runs, 0 lost, 0 twice ({dict(kinds)})", flush=True)
