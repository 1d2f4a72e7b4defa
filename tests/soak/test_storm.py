"""The promise under fire: kill -9 of the server group, cut, truncated, doubled, slow and half-answered requests.

This is the slice of `make test`: 5,000 disturbed requests on each database, both at once where two workers run, or as
many as fit into its time on a busy machine, and never fewer than the floors below. What it did is said at the end of
the run. The full soak is `python -m tests.soak.full`.
"""

import pytest

from tests.soak.rounds import Rounds

SLICE = 5_000
SLICE_MOST_S = 110
#: seldom enough that most requests reach a server that is warm
BETWEEN_KILLS_S = (1.0, 4.0)
#: what a slice must have done to say anything, however busy the machine
LEAST = {"disturbed": 200, "entries": 30, "files": 8, "kills": 4}


@pytest.mark.timeout(600)
def test_nothing_promised_is_lost_doubled_or_altered(database, tmp_path, record_property):
    rounds = Rounds(database, tmp_path)
    try:
        counted = rounds.run(
            1, SLICE_MOST_S, lambda seen: seen.disturbed >= SLICE, phones=8, pause_s=BETWEEN_KILLS_S
        )
    finally:
        rounds.stop()
    said = ", ".join(f"{name} {counted[name]}" for name in (*LEAST, "seconds", "server_cpu_s"))
    record_property("storm", f"{database.kind}: {said}; {len(counted['faults'])} faults; {counted['counts']}")
    assert counted["faults"] == []
    assert {name: counted[name] for name, least in LEAST.items() if counted[name] < least} == {}
