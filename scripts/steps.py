"""Steps that run once: each remembers by a stamp what it was run for, and says how long it took."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache"
LOGS = CACHE / "logs"
NUMBERS = itertools.count(1)


class SetupError(Exception):
    """Something a person has to do first, said in one sentence."""


def digest(paths: Iterable[Path], *facts: str) -> str:
    """Return one hash of the contents of ``paths`` (folders: all files below) and of ``facts``."""
    total = hashlib.sha256("\0".join(facts).encode())
    for path in sorted(paths):
        files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
        for each in files:
            if each.is_file():
                total.update(f"\0{each.relative_to(ROOT)}\0".encode())
                total.update(each.read_bytes())
    return total.hexdigest()


def once(name: str, stamp: Path, wanted: str, work: Callable[[], object]) -> bool:
    """Do ``work`` unless ``stamp`` says it was done for ``wanted``; return whether it was done now."""
    if stamp.is_file() and stamp.read_text().strip() == wanted:
        return False
    timed(name, work)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(wanted + "\n")
    return True


def timed(name: str, work: Callable[[], object]) -> None:
    """Do ``work`` and say that it is being done, and how long it took: whole lines, for two may be at work at once."""
    print(f"  {name} …", flush=True)
    started = time.monotonic()
    work()
    print(f"  {name}: {time.monotonic() - started:.1f} s", flush=True)


def run(*command: str | Path, **environment: str) -> None:
    """Run a command quietly; when it fails show the end of what it said, and where the rest is."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{Path(str(command[0])).name}-{time.strftime('%H%M%S')}-{next(NUMBERS)}.log"
    with log.open("w+", encoding="utf-8", errors="replace") as output:
        done = subprocess.run(
            [str(each) for each in command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode == 0:
            return
        output.seek(0)
        tail = "".join(output.readlines()[-30:])
    shown = " ".join(str(each) for each in command[:6])
    raise SetupError(
        f"{tail}\n`{shown} …` failed with code {done.returncode}; all it said: {log.relative_to(ROOT)}"
    )


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let only one setup at a time work in this tree."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("  another setup is at work here; waiting for it", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def speak_utf8() -> None:
    """Write UTF-8 whatever the locale, so that Chinese text never stops a setup."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
