"""The full soak: kills and disturbed requests on both databases at once, until both have their half.

    python -m tests.soak.full                     # 10,000 kills and 100,000 disturbed requests, or what is left of them
    python -m tests.soak.full --show              # what has been reached

Each database has a process of its own and storms in rounds of about a minute. After each round the set checker looks at
everything, and one line goes to the report; a run that was stopped goes on where its report ends. A report that is
complete is put aside for a new one. Exit code 1 where anything was lost, twice, altered or otherwise wrong.
"""

import argparse
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from scripts.postgres import VARIABLE, private_cluster, terminated
from tests.databases import DATABASES, postgis, spatialite
from tests.soak.group import ROOT
from tests.soak.rounds import Rounds

REPORT = ROOT / ".cache" / "soak" / "report.jsonl"
KILLS, DISTURBED = 10_000, 100_000
ROUND_KILLS, ROUND_MOST_S = 100, 300
SUMMED = (
    "kills",
    "disturbed",
    "entries",
    "files",
    "lost",
    "twice",
    "altered",
    "other",
    "seconds",
    "server_cpu_s",
)
#: rounds with faults after which a database is given up
MOST_BAD = 5


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--disturbed", type=int, default=DISTURBED)
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--lanes", type=int, default=1, help="storms at once on each database")
    parser.add_argument("--engine", choices=DATABASES)
    parser.add_argument("--lane", type=int, default=0)
    given = parser.parse_args()
    given.report.parent.mkdir(parents=True, exist_ok=True)
    goal = {"kills": given.kills / 2, "disturbed": given.disturbed / 2}
    if given.show:
        sys.exit(show(given.report))
    if given.engine:
        sys.exit(soak(given.engine, given.lane, goal, given.report))
    if all(done(given.report, engine, goal) for engine in DATABASES):
        given.report.rename(given.report.with_suffix(f".{int(given.report.stat().st_mtime)}.jsonl"))
    signal.signal(signal.SIGTERM, terminated)
    with private_cluster() as url:
        each = [
            subprocess.Popen([sys.executable, "-m", "tests.soak.full", *sys.argv[1:], "--engine", engine, "--lane", str(lane)],
                             cwd=ROOT, env={**os.environ, VARIABLE: url})
            for engine in DATABASES for lane in range(given.lanes)
        ]  # fmt: skip
        try:
            codes = [one.wait() for one in each]
        finally:
            for one in each:
                one.terminate()
    sys.exit(show(given.report) or max(codes))


def lines(report, engine):
    """Return the rounds of one engine that a report holds."""
    if not report.exists():
        return []
    found = [json.loads(line) for line in report.read_text("utf-8").splitlines()]
    return [each for each in found if each["engine"] == engine]


def totals(report, engine):
    """Return the sums over all rounds of one engine."""
    found = lines(report, engine)
    return {"rounds": len(found), **{name: round(sum(each[name] for each in found), 1) for name in SUMMED}}


def done(report, engine, goal):
    """Say whether one engine has its half."""
    reached = totals(report, engine)
    return all(reached[name] >= most for name, most in goal.items())


def soak(engine, lane, goal, report):
    """Storm one engine until it has its half, beside other lanes; return 1 where a round showed a fault."""
    folder = Path(tempfile.mkdtemp(prefix=f"patrol-soak-{engine}-"))
    database = spatialite(folder) if engine == "spatialite" else postgis(folder, os.environ[VARIABLE])
    with (report.parent / f"{engine}.log").open("a") as log:
        rounds = Rounds(database, folder, log)
        bad = 0
        while not done(report, engine, goal) and bad < MOST_BAD:
            seed = 1 + 1000 * lane + len(lines(report, engine))
            round_s = ROUND_MOST_S
            counted = rounds.run(seed, round_s, lambda seen: seen.counts["kills"] >= ROUND_KILLS)
            line = {"at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "engine": engine, **counted}
            with report.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
            say(report, engine)
            if counted["faults"]:
                bad += 1
                shutil.copytree(folder, report.parent / f"{engine}-{seed}-{time.time():.0f}")
        rounds.stop()
    shutil.rmtree(folder)
    return 1 if bad else 0


def say(report, engine):
    """Print where one engine stands."""
    sums = totals(report, engine)
    print(f"{dt.datetime.now(dt.UTC):%H:%M:%S} {engine}: {sums['kills']:.0f} kills, "
          f"{sums['disturbed']:.0f} requests disturbed; {sums['entries']:.0f} entries and {sums['files']:.0f} files "
          f"acknowledged; {sums['lost']:.0f} lost, {sums['twice']:.0f} twice, {sums['altered']:.0f} altered, "
          f"{sums['other']:.0f} other faults; {sums['rounds']} rounds, {sums['seconds']:.0f} s", flush=True)  # fmt: skip


def show(report):
    """Print what a report holds; return 1 where it holds a fault."""
    for engine in DATABASES:
        say(report, engine)
    faults = [fault for engine in DATABASES for each in lines(report, engine) for fault in each["faults"]]
    print(*faults[:20], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    main()
