"""The tests' own PostgreSQL leaves nothing behind, however the one who asked for it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.postgres import VARIABLE, sweep
from tests.cli.test_serve import PATIENCE_S, has_ended
from tests.contract.sources import ROOT

SERVER_PID = "postmaster.pid"


@pytest.fixture
def asked_for(tmp_path):
    """A process that started a cluster, the cluster's folder, and its server's process id."""
    surroundings = {key: value for key, value in os.environ.items() if key != VARIABLE}
    script = str(ROOT / "scripts" / "postgres.py")
    process = subprocess.Popen(
        [sys.executable, script, "--", "sh", "-c", f"echo ${VARIABLE}; exec cat"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=surroundings,
    )  # fmt: skip
    with process:
        folder = Path(process.stdout.readline().strip().partition("host=")[2])
        yield process, folder, int((folder / "data" / SERVER_PID).read_text().split()[0])
        process.kill()
    sweep()


def test_it_is_gone_when_the_command_ends(asked_for):
    process, folder, server = asked_for
    process.stdin.close()
    assert process.wait(PATIENCE_S) == 0
    assert has_ended(server)
    assert not folder.exists()


def test_it_is_gone_after_a_polite_end(asked_for):
    process, folder, server = asked_for
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_S) == 128 + signal.SIGTERM
    assert has_ended(server)
    assert not folder.exists()


def test_the_server_ends_with_a_killed_maker_and_the_next_one_sweeps(asked_for):
    process, folder, server = asked_for
    process.kill()
    process.wait(PATIENCE_S)
    assert has_ended(server)
    sweep()
    assert not folder.exists()


def test_only_its_owner_can_enter(asked_for):
    assert asked_for[1].stat().st_mode & 0o077 == 0
