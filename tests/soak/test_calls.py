"""System calls: what is flushed before an answer, and what a request makes of the n-th call that fails, for every n."""

import os
import re

import pytest

from tests.soak.checker import check
from tests.soak.watched import CALLS, Watched

LINE = re.compile(r"^\d+ +(\w+)\((.*)$")
SOAK = "SOAK" in os.environ
#: a call, the error it gets, and the least number of such calls that one finding with one photo makes
SPOILED = {
    "flush": {"spatialite": ("fsync,fdatasync", "EIO", 3), "postgis": ("fsync,fdatasync", "EIO", 2)},
    "write": {"spatialite": ("pwrite64", "ENOSPC", 6), "postgis": ("pwrite64", "ENOSPC", 2)},
    "rename": {"spatialite": ("rename", "EIO", 1), "postgis": ("rename", "EIO", 1)},
}
if SOAK:
    SPOILED["send"] = {"postgis": ("sendto", "EPIPE", 8)}
#: beyond it something else is wrong: a finding with its photo makes 134 to 150 of the most frequent call
MOST = 400


@pytest.fixture
def watched(world):
    found = Watched(world)
    yield found
    found.end()


def calls_of(trace):
    """Return (name, arguments) of every call that ended well, in order."""
    found = [LINE.match(line) for line in trace.read_text("utf-8", "replace").splitlines()]
    return [(m[1], m[2]) for m in found if m and not re.search(r"= -1 E", m[2])]


def flushed_in_order(calls, database):
    """Return one sentence for each flush that is missing before the promise it belongs to."""
    faults = []
    names = [name for name, _ in calls]
    blob = next(
        (n for n, (name, rest) in enumerate(calls) if name.startswith("rename") and "/blobs/" in rest), None
    )
    if blob is None:
        return ["the photo was never renamed into its place"]
    before, after = calls[:blob], calls[blob + 1 :]
    if not any(name in {"fsync", "fdatasync"} and ".part" in rest for name, rest in before):
        faults.append("the photo was renamed before it was flushed")
    if not any(name == "fsync" and re.search(r"/blobs/..>", rest) for name, rest in after):
        faults.append("the folder was not flushed after the rename")
    if database == "spatialite":
        last_write = max(
            (n for n, (name, rest) in enumerate(calls) if name == "pwrite64" and "-wal>" in rest), default=-1
        )
        flushes = [
            n for n, (name, rest) in enumerate(calls) if name in {"fsync", "fdatasync"} and "-wal>" in rest
        ]
        if len([n for n in flushes if n < blob]) < 1:
            faults.append("the entry was answered before its transaction was flushed")
        if not flushes or max(flushes) < last_write or max(flushes) < blob:
            faults.append("the photo's row was answered before its transaction was flushed")
    elif not any(name == "sendto" and "COMMIT" in rest for name, rest in after):
        faults.append("the photo's row was not committed after its file was durable")
    assert names
    return faults


def test_everything_is_flushed_before_it_is_promised(world, watched, database, tmp_path):
    _, answers = watched.send(["-e", f"trace={CALLS}"], tmp_path / "trace")
    assert [status for status, _ in answers] == [200, 200, 200]
    assert flushed_in_order(calls_of(tmp_path / "trace"), database.kind) == []


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", SPOILED)
def test_whatever_call_fails_nothing_promised_is_lost(world, watched, database, tmp_path, kind):
    if database.kind not in SPOILED[kind]:
        return  # this engine makes no such call
    calls, error, least = SPOILED[kind][database.kind]
    for n in range(1, MOST):
        options = ["-e", f"trace={calls}", "-e", f"inject={calls}:error={error}:when={n}"]
        work, answers = watched.send(options, tmp_path / "trace")
        if "(INJECTED)" not in (tmp_path / "trace").read_text("utf-8", "replace"):
            break
        assert all(status in {200, 409, 500, 503, 507} or status == 404 for status, _ in answers), answers
        _, again = watched.send(["-e", "trace=rename"], tmp_path / "trace", work)
        assert again[0][1]["results"][0]["status"] in {"stored", "duplicate"}, (calls, n, again)
        assert any(status == 200 and told["complete"] for status, told in again[1:]), (calls, n, again)
    else:
        raise AssertionError(
            f"{MOST} calls of {calls}, and the end was not reached: not every call was tried"
        )
    assert n > least, f"only {n - 1} calls of {calls} were seen"
    assert check(world, watched.ledger) == []
    print(f"{database.kind}: each of {n - 1} calls of {calls} failed once, nothing lost")
