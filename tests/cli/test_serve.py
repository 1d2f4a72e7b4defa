"""`patrol serve` is one process: it comes up whole, and nothing of it is left when it ends."""

import os
import select
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, suppress

import pytest
from click.testing import CliRunner

from patrol.core.errors import PatrolError
from patrol.infra.serve import command, web_server_command

PATIENCE_S = 60
#: one write each, so that two of them never mix in the pipe
FALLS = "import os; os.write(1, b'child %d\\n' % os.getpid())"
CHILD = f"{FALLS}; import signal; signal.pause()"
SUPERVISE = """
import itertools, sys
from patrol.infra.supervisor import Supervisor
clock = itertools.count(step=float(sys.argv[1])).__next__
commands = {f"part {i}": [sys.executable, "-c", code] for i, code in enumerate(sys.argv[2:])}
sys.exit(Supervisor(commands, tell=lambda text: print("told", text, flush=True), clock=clock).run())
"""


@contextmanager
def started(*arguments, **environment):
    """A process in a group of its own whose output is read; whatever is left of the group is killed."""
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, **environment},
    )  # fmt: skip
    with process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def supervised(step_s, *children):
    return started("-c", SUPERVISE, str(step_s), *children)


def line_with(process, word):
    """Read on until a line holds ``word``."""
    for line in process.stdout:
        if word in line:
            return line
    raise AssertionError(f"the process ended without saying {word!r}")


def child_pid(process):
    return int(line_with(process, "child").split()[1])


def has_ended(pid):
    """Wait until a process that is not ours is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], PATIENCE_S)[0])
    finally:
        os.close(handle)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_every_child_and_answers_0(number):
    with supervised(0, CHILD, CHILD) as process:
        children = [child_pid(process), child_pid(process)]
        process.send_signal(number)
        assert process.wait(PATIENCE_S) == 0
        assert all(has_ended(pid) for pid in children)


def test_killed_outright_it_takes_its_children_along():
    with supervised(0, CHILD, CHILD) as process:
        children = [child_pid(process), child_pid(process)]
        process.kill()
        assert all(has_ended(pid) for pid in children)


def test_a_child_that_never_came_up_ends_everything_with_its_code():
    with supervised(0, CHILD, "raise SystemExit(7)") as process:
        assert process.wait(PATIENCE_S) == 7
        assert has_ended(child_pid(process))


def test_a_child_that_falls_later_is_started_again():
    with supervised(10, FALLS) as process:
        first, told, second = child_pid(process), line_with(process, "told"), child_pid(process)
        assert "starting it again in 1 s" in told
        assert first != second


def test_a_taken_port_is_said_before_anything_is_prepared():
    with socket.create_server(("127.0.0.1", 0)) as other:
        outcome = CliRunner().invoke(command, ["--port", str(other.getsockname()[1])])
    assert isinstance(outcome.exception, PatrolError)
    assert outcome.exception.code == "serve.port_taken"


def test_addresses_of_visitors_are_not_logged():
    assert "--access-logfile" not in web_server_command("127.0.0.1", 8000, 2, 4)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def test_it_serves_on_either_database_and_goes_whole(database, tmp_path):
    port = free_port()
    surroundings = {
        "DATABASE_URL": database.another("serve"),
        "DATA_DIR": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
    }
    with started(
        "-c", "from patrol.cli import main; main()", "serve", "--port", str(port), **surroundings
    ) as process:
        line_with(process, "Ready")
        for page in ("healthz", "readyz"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=PATIENCE_S) as answer:
                assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def refusal(database_url, folder, *command):
    """How a process of the program ends on a database: exit code and what it said."""
    given = {"DATABASE_URL": database_url, "DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1"}
    ended = subprocess.run(
        command, env={**os.environ, **given}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=2 * PATIENCE_S, check=False,
    )  # fmt: skip
    return ended.returncode, ended.stdout


def patrol(*words):
    return [sys.executable, "-c", "from patrol.cli import main; main()", *words]


def test_a_web_server_and_a_worker_refuse_a_database_without_tables(database, tmp_path):
    bare = database.bare("unmigrated")
    for words in (web_server_command("127.0.0.1", free_port(), 1, 2), patrol("jobs", "work")):
        ended, told = refusal(bare, tmp_path, *words)
        assert ended != 0
        assert "patrol db upgrade" in told, told
