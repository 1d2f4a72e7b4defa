"""The promise under fire: kill -9 of the server group, cut, truncated, doubled, slow and half-answered requests.

Without SOAK_MINUTES this is the slice that `make test` runs on each database: 5,000 disturbed requests, or as many
as fit into its time on a busy machine, and never fewer than the floors below. It prints what it did.
`make soak` sets SOAK_MINUTES, half of which each database gets.
"""

import os

from tests.soak.checker import check
from tests.soak.group import Group
from tests.soak.storm import storm

SOAK_S = float(os.environ.get("SOAK_MINUTES", "0")) * 60
SLICE = 5_000
SLICE_MOST_S = 75
#: what a slice must have done to say anything, however busy the machine
LEAST_DISTURBED, LEAST_PROMISED, LEAST_FILES, LEAST_KILLS = 200, 30, 8, 4


def test_nothing_promised_is_lost_doubled_or_altered(world, capsys):
    group = Group(world.environment)
    try:
        ledger = storm(
            group,
            world,
            SOAK_S / 2 or SLICE_MOST_S,
            enough=None if SOAK_S else lambda seen: seen.disturbed >= SLICE,
        )
    finally:
        group.stop()
    faults = check(world, ledger)
    with capsys.disabled():
        print(f"\n{world.url.split(':')[0]}: {len(ledger.promised)} entries and {len(ledger.files_promised)} files "
              f"promised, {ledger.disturbed} requests disturbed, {ledger.counts['kills']} kills; "
              f"{len(faults)} faults; {dict(sorted(ledger.counts.items()))}")  # fmt: skip
    assert faults == []
    assert ledger.disturbed >= LEAST_DISTURBED
    assert len(ledger.promised) >= LEAST_PROMISED
    assert len(ledger.files_promised) >= LEAST_FILES
    assert ledger.counts["kills"] >= LEAST_KILLS
