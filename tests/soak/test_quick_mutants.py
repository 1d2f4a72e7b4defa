"""Some seeded mistakes, one of each kind that is judged quickly: what `make test` runs of the judges beside the storm."""

import pytest

from tests.soak.mutants import MUTANTS, seeded
from tests.soak.test_mutants import JUDGES

QUICK = (
    "believes a photo without hashing it",
    "lets two flushers run",
    "drops what the server answered with 500",
)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("database", ["spatialite"], indirect=True)
@pytest.mark.parametrize("name", QUICK)
def test_a_mistake_that_is_judged_quickly_is_caught(name, database, tmp_path):
    mutant = next(each for each in MUTANTS if each.name == name)
    faults = JUDGES[mutant.by](seeded(mutant, tmp_path / "tree"), database, tmp_path)
    assert faults, f"nobody noticed that the program {name}"
