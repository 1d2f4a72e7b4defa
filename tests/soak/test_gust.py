"""The storm and its judges, as much of them as a few seconds hold: what `make test` runs of the proof by faults.

Both databases are stormed until enough was disturbed, killed and promised; the same checker looks at everything. Then
some seeded mistakes, one of each kind that is judged quickly, must be caught, and the sound program must not be.
"""

import pytest

from tests.soak.mutants import MUTANTS, seeded
from tests.soak.rounds import Rounds
from tests.soak.test_mutants import JUDGES

#: what a gust does; a busy machine takes longer over it, and is given the time
ENOUGH = {"disturbed": 120, "kills": 4, "entries": 20, "files": 6}
MOST_S = 240
BETWEEN_KILLS_S = (0.5, 1.5)
QUICK = (
    "believes a photo without hashing it",
    "lets two flushers run",
    "drops what the server answered with 500",
)


def enough(ledger):
    """Say whether a gust has done what it is there for."""
    seen = {"disturbed": ledger.disturbed, "kills": ledger.counts["kills"],
            "entries": len(ledger.promised), "files": len(ledger.files_promised)}  # fmt: skip
    return all(seen[name] >= least for name, least in ENOUGH.items())


@pytest.mark.timeout(900)
def test_a_gust_loses_doubles_and_alters_nothing(database, tmp_path, record_property):
    rounds = Rounds(database, tmp_path)
    try:
        counted = rounds.run(1, MOST_S, enough, phones=4, pause_s=BETWEEN_KILLS_S, most_kills=ENOUGH["kills"])
    finally:
        rounds.stop()
    said = ", ".join(f"{name} {counted[name]}" for name in (*ENOUGH, "seconds", "server_cpu_s"))
    record_property("storm", f"{database.kind}: {said}; {len(counted['faults'])} faults")
    assert counted["faults"] == []
    assert {name: counted[name] for name, least in ENOUGH.items() if counted[name] < least} == {}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("database", ["spatialite"], indirect=True)
@pytest.mark.parametrize("name", QUICK)
def test_a_mistake_that_is_judged_quickly_is_caught(name, database, tmp_path):
    mutant = next(each for each in MUTANTS if each.name == name)
    faults = JUDGES[mutant.by](seeded(mutant, tmp_path / "tree"), database, tmp_path)
    assert faults, f"nobody noticed that the program {name}"
