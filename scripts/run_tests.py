"""Everything CI runs, in order, each part timed; the last line is pytest's closing line for all parts.

Runs inside .venv. Every part runs even when an earlier one failed; the exit code is 0 only if all passed.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import node
from postgres import VARIABLE, private_cluster, terminated
from scratch import scratch
from steps import ROOT, speak_utf8

BIN = ROOT / ".venv" / "bin"
PYTHON = BIN / "python"
#: part of every run: both databases stormed, 5,000 disturbed requests on each, and mistakes that are judged quickly
STORM, QUICK = "tests/soak/test_storm.py", "tests/soak/test_quick_mutants.py"
#: of the proof by faults what else fits into minutes: every mistake of the server, three phones, flushes, drills
SLICE = (
    "tests/soak/test_zygote.py",
    "tests/soak/test_mutants.py",
    "tests/soak/test_machine.py",
    "tests/soak/test_calls.py::test_everything_is_flushed_before_it_is_promised",
    "tests/soak/test_restore.py::test_a_restored_installation_holds_all_that_was_promised[spatialite-sealed]",
    "tests/soak/test_restore.py::test_a_restored_installation_holds_all_that_was_promised[postgis-open]",
)
CLOSING = re.compile(r"^=*\s*((?:\d+ [a-z]+(?:, )?)+) in [\d.]+s")


#: browsers: one worker for each engine
BROWSER = (PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadgroup")
STORY = (*BROWSER, "tests/e2e/test_story.py")
FULL = (PYTHON, "-m", "tests.soak.full")
GROUPS = ("all", "lint", "js", "python", "browser", "screens", "story", "storm", "slice", "soak")
ON_DISK = ("storm", "slice", "soak")
FAULTS_ONCE = "not (postgis and killed_tab) and not (spatialite and (broken_answer or phone_people))"
SCREENS = "tests/e2e/test_phone_screens.py"


@dataclass(frozen=True)
class Part:
    """One command of the run and the groups (``--only``) it belongs to."""

    name: str
    command: Sequence[str | Path]
    groups: frozenset[str]
    needs_postgres: bool = False


@dataclass
class Tally:
    """What the parts said: pytest's counts, durations, and who failed."""

    counts: Counter[str] = field(default_factory=Counter)
    durations: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def parts(workers: int) -> list[Part]:
    """Return every part in the order it runs: the quickest to fail first."""
    lint, quick = frozenset({"lint", "all"}), frozenset({"python", "all"})
    spread = ("-n", str(workers), "--dist", "worksteal")
    folders = [f"tests/{name}" for name in ("unit", "contract", "cli", "service", "web", "migrations")]
    found = [each for each in folders if any((ROOT / each).rglob("test_*.py"))] + [STORM, QUICK]
    js = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "js").rglob("*.test.js"))
    return [
        Part("ruff check", [BIN / "ruff", "check", "."], lint),
        Part("ruff format", [BIN / "ruff", "format", "--check", "--quiet", "."], lint),
        Part("mypy", [BIN / "mypy", "--num-workers", str(workers)], lint),
        Part("JavaScript style and types", [*node.npm(PYTHON), "run", "--silent", "check"], lint),
        Part("JavaScript", ["node", "--test", *js], frozenset({"js", "all"})),
        Part(
            "pytest", [PYTHON, "-m", "pytest", *spread, "--durations=15", *found], quick, needs_postgres=True
        ),
        # Two workers at most, one for each engine: browsers, servers and photos share the cores with them. The storm's
        # long run, every failing system call and the mistakes of the phone are in `--only soak`.
        # Of the offline queue, faults at each single request and those with people run on one engine each in "all".
        Part(
            "pytest browser",
            [*BROWSER, "--durations=20", "tests/e2e", "-k", FAULTS_ONCE],
            frozenset({"all"}),
            needs_postgres=True,
        ),
        Part(
            "pytest browser, whole",
            [*BROWSER, "--durations=10", "tests/e2e"],
            frozenset({"browser"}),
            needs_postgres=True,
        ),
        Part("pytest screens", [*BROWSER, SCREENS], frozenset({"screens"}), needs_postgres=True),
        Part("pytest storm", [*BROWSER, STORM], frozenset({"storm"}), needs_postgres=True),
        # Of the slice the storm is part of "all"; all mistakes, the machine and the drills take minutes more.
        Part(
            "pytest storm, slice",
            [PYTHON, "-m", "pytest", "-s", "--durations=10", STORM, *SLICE],
            frozenset({"slice"}),
            needs_postgres=True,
        ),
        Part("pytest story", STORY, frozenset({"story"}), needs_postgres=True),
        Part("soak, full", FULL, frozenset({"soak"}), needs_postgres=True),
        Part(
            "pytest soak",
            [PYTHON, "-m", "pytest", "-s", "tests/soak"],
            frozenset({"soak"}),
            needs_postgres=True,
        ),
    ]


def main() -> None:
    """Run the chosen parts and close with one line in pytest's form."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="all", choices=GROUPS)
    parser.add_argument("--workers", type=int, default=max(2, min(4, os.cpu_count() or 2)))
    given = parser.parse_args()
    speak_utf8()
    signal.signal(signal.SIGTERM, terminated)
    chosen = [part for part in parts(given.workers) if given.only in part.groups]
    tally = Tally()
    started = time.monotonic()
    if any(part.needs_postgres for part in chosen):
        # What proves durability by killing the server keeps its files on a disk.
        with nullcontext() if given.only in ON_DISK else scratch(), private_cluster() as url:
            run_all(chosen, tally, {VARIABLE: url})
    else:
        run_all(chosen, tally, {})
    close(tally, time.monotonic() - started)
    sys.exit(1 if tally.failed else 0)


def run_all(chosen: Sequence[Part], tally: Tally, extra: dict[str, str]) -> None:
    """Run the parts one after another."""
    if any(part.name == "pytest soak" for part in chosen):
        extra = {"SOAK": "1", **extra}
    environment = {**os.environ, **extra, "PATH": node.path(PYTHON), "PYTHONUNBUFFERED": "1"}
    for part in chosen:
        print(f"\n── {part.name} ", "─" * max(3, 76 - len(part.name)), sep="", flush=True)
        started = time.monotonic()
        code = run_part(part, tally, environment)
        tally.durations[part.name] = time.monotonic() - started
        if code:
            tally.failed.append(part.name)


def run_part(part: Part, tally: Tally, environment: dict[str, str]) -> int:
    """Run one part, pass on what it says, and count what pytest counted."""
    last = said = ""
    with subprocess.Popen(
        [str(word) for word in part.command],
        cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        try:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                last = line.strip() or last
                said += line if line.startswith("ℹ") else ""
        except BaseException:
            process.terminate()
            raise
    counted = CLOSING.match(re.sub(r"\x1b\[[\d;]*m", "", last))
    for kind, number in re.findall(r"^ℹ (pass|fail) (\d+)$", said, re.M):
        tally.counts[f"{kind}ed"] += int(number)
    if counted:
        for number, kind in re.findall(r"(\d+) ([a-z]+)", counted[1]):
            tally.counts[kind.replace("errors", "error")] += int(number)
    elif "pytest" in part.name:
        print(f"{part.name} ran no test to its end")
        tally.counts["error"] += 1
        return process.returncode or 1
    return process.returncode


def close(tally: Tally, seconds: float) -> None:
    """Print durations, the parts that failed, and the closing line CI reads."""
    print("\n── durations ", "─" * 66, sep="")
    for name, taken in tally.durations.items():
        print(f"{taken:8.1f} s  {name}{'  FAILED' if name in tally.failed else ''}")
    tally.counts["error"] += sum(name != "JavaScript" and "pytest" not in name for name in tally.failed)
    order = ("failed", "passed", "skipped", "deselected", "xfailed", "xpassed", "warnings", "error")
    told = (
        ", ".join(
            f"{tally.counts[kind]} {kind}{'s' if kind == 'error' and tally.counts[kind] > 1 else ''}"
            for kind in order
            if tally.counts[kind]
        )
        or "no tests ran"
    )
    clock = (
        f" ({int(seconds) // 3600}:{int(seconds) // 60 % 60:02}:{int(seconds) % 60:02})"
        if seconds > 60
        else ""
    )
    print(f" {told} in {seconds:.2f}s{clock} ".center(79, "="), flush=True)


if __name__ == "__main__":
    main()
