"""Rules of the house that no other file checks: warnings, sleeping, skipping, the network, the lock files."""

import ast
import re
import socket
import subprocess
import sys
import tomllib
import urllib.request

import pytest

from tests.contract.sources import ROOT, files, name_of, on_every, tree
from tests.network import NetworkRefusedError, is_loopback

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TESTS = files(".py", below="tests")
#: a tests's own servant may wait for a process it started, in small steps and with a deadline
#: and the storm is bad weather: slow lines, and a server that is killed every now and then
MAY_SLEEP = {
    "scripts/postgres.py", "patrol/infra/supervisor.py", "tests/soak/group.py", "tests/soak/storm.py",
    "tests/soak/wire.py", "tests/soak/test_zygote.py",
}  # fmt: skip
#: hosts that sources may name: our own machine, and addresses set aside for documentation
PRIVATE_PATH = re.compile(
    r"(?<![\w.])/(?:home|root|Users)/\w|(?:index-url|\"resolved\":) ?[=\"]? ?\"?https?:", re.I
)


def test_warnings_are_errors():
    settings = PROJECT["tool"]["pytest"]["ini_options"]
    assert settings["filterwarnings"][0] == "error"
    assert settings["xfail_strict"] is True


def calls(path):
    """Return (line, dotted name) of every call in a file."""
    return [
        (node.lineno, ast.unparse(node.func)) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)
    ]


@on_every(files(".py"))
def test_nobody_sleeps(path):
    if name_of(path) not in MAY_SLEEP:
        assert [call for call in calls(path) if call[1] in {"time.sleep", "sleep"}] == []


@on_every(TESTS)
def test_no_test_is_skipped_or_expected_to_fail(path):
    named = [ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
    forbidden = {
        f"pytest.{word}"
        for word in ("skip", "importorskip", "xfail", "mark.skip", "mark.skipif", "mark.xfail")
    }
    assert forbidden.isdisjoint(named)


def test_what_runs_seldom_could_run():
    """Hours of soak are not part of every run: what it asks for is looked up all the same."""
    plan = [
        sys.executable,
        "-m",
        "pytest",
        "--setup-plan",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/soak",
        "tests/e2e",
    ]
    asked = subprocess.run(plan, cwd=ROOT, capture_output=True, text=True, check=False)
    assert asked.returncode in {0, 5}, asked.stdout[-3000:]  # 5: nothing was run, as it should be
    assert "many_runs_of_chance" in asked.stdout


@pytest.mark.parametrize("address", ["192.0.2.1", "example.org", "2001:db8::1"])
def test_a_test_cannot_leave_this_machine(address):
    with pytest.raises(NetworkRefusedError):
        socket.create_connection((address, 80), timeout=1)
    with pytest.raises(NetworkRefusedError):
        urllib.request.urlopen(f"http://{'[' + address + ']' if ':' in address else address}/", timeout=1)


def test_this_machine_answers():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as caller,
    ):
        answering, _address = server.accept()
        with answering:
            caller.sendall(b"x")
            assert answering.recv(1) == b"x"
    assert all(is_loopback(name) for name in ("localhost", "127.0.0.9", "::1", None))


@pytest.mark.parametrize(("lock", "extras"), [("runtime", {"build"}), ("test", {"build", "test"}),
                                             ("bench", {"build", "test", "bench"})])  # fmt: skip
def test_the_lock_files_hold_what_the_project_asks_for(lock, extras):
    text = (ROOT / "requirements" / f"{lock}.txt").read_text("utf-8")
    pinned = {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==", text, re.M)}
    optional = PROJECT["project"]["optional-dependencies"]
    asked = [*PROJECT["project"]["dependencies"], *(each for extra in extras for each in optional[extra])]
    assert {normal(re.split(r"[\[<>=!~; ]", each)[0]) for each in asked} <= pinned
    assert all(
        "--hash=sha256:" in block for block in re.split(r"^(?=[a-z0-9])", text, flags=re.M) if "==" in block
    )


def normal(name):
    """Return a package name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_nothing_names_a_machine_or_a_registry():
    tracked = files(
        ".py", ".js", ".mjs", ".json", ".toml", ".txt", ".md", ".html", ".css", ".sh", "Makefile", ".npmrc"
    )
    naming = [name_of(path) for path in tracked if PRIVATE_PATH.search(path.read_text("utf-8"))]
    assert naming == []
