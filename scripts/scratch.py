"""Where a test run keeps what it throws away: in memory where there is room, for a disk is waited for at every commit.

The databases of the tests are flushed as durably as those of a bureau, thousands of times in a run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
PREFIX = "patrol-tests-"
ROOM_BYTES = 4 << 30


@contextmanager
def scratch() -> Iterator[None]:
    """Make a folder in memory the one for temporary files, here and in every process started, until the block ends."""
    if "TMPDIR" in os.environ or not has_room():
        yield
        return
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=MEMORY))
    folder.chmod(0o711)  # the database server of the tests runs as another user
    os.environ["TMPDIR"], tempfile.tempdir = str(folder), None
    try:
        yield
    finally:
        os.environ.pop("TMPDIR")
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)


def has_room() -> bool:
    """Say whether both the file system in memory and memory itself have 4 GB to spare."""
    try:
        free = shutil.disk_usage(MEMORY).free
        said = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        available = int(said["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return False
    return os.access(MEMORY, os.W_OK) and free > ROOM_BYTES and available > 2 * ROOM_BYTES


def sweep() -> None:
    """Remove what runs left behind that were killed before they could."""
    for folder in MEMORY.glob(f"{PREFIX}*"):
        maker = folder.name.removeprefix(PREFIX).partition("-")[0]
        if maker.isdigit() and not Path(f"/proc/{maker}").exists() and os.access(folder, os.W_OK):
            shutil.rmtree(folder, ignore_errors=True)
