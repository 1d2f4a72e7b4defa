"""Three phones, in whatever order: short in `make test`, long in `make soak`."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.soak.machine import Phones

SOAK = "SOAK" in os.environ


def test_whatever_three_phones_do_the_promise_holds(database, tmp_path):
    run_state_machine_as_test(
        lambda: Phones(database, tmp_path),
        settings=settings(
            max_examples=150 if SOAK else 8,
            stateful_step_count=60 if SOAK else 40,
            derandomize=not SOAK,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink) if SOAK else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        ),
    )
