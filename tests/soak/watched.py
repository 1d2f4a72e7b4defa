"""A request watched, or made to fail, at the system calls it makes: strace attached to a fork of the program.

strace is used because it sees and spoils the real calls of the real process, SQLite's included: no preloaded library,
no replaced function, nothing that the program could behave differently under.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

from tests.factories import patrols as make
from tests.soak.group import PATIENCE_S, ROOT
from tests.soak.storm import Ledger

CALLS = "fsync,fdatasync,pwrite64,rename,renameat,renameat2,sendto,recvfrom,ftruncate,mkdir"


class Watched:
    """Forks of one program on the world's database, each of which sends one finding with one photo."""

    def __init__(self, world, tree=ROOT):
        self.world, self.ledger, self.rng = world, Ledger(), random.Random(4)
        self.main = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/soak/one_request.py"), world.cookies["inspector"]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=tree,
            env={**os.environ, **world.environment, "PYTHONPATH": str(tree)},
        )  # fmt: skip
        if self.main.stdout.readline().strip() != "ready":
            raise RuntimeError("the program could not be built")

    def send(self, options, trace: Path, work=None):
        """Send one finding under strace with ``options``; return (work, answers), answers ``None`` if it died."""
        work = work or self.made()
        self._write(work)
        child = int(self.main.stdout.readline())
        watcher = subprocess.Popen(
            ["strace", "-f", "-y", "-s", "48", "-o", str(trace), *options, "-p", str(child)],
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while "attached" not in watcher.stderr.readline():
            if watcher.poll() is not None:
                watcher.communicate()
                raise RuntimeError("strace could not attach: is ptrace forbidden here?")
        self.main.stdin.write("go\n")
        self.main.stdin.flush()
        answers = json.loads(self.main.stdout.readline())
        watcher.communicate(timeout=30)
        self._note(work, answers)
        return work, answers

    def send_altered(self, work):
        """Send one finding, unwatched, and its photo with one bit turned on its way; return the answers."""
        sent = bytearray.fromhex(work["photo"])
        sent[self.rng.randrange(len(sent))] ^= 1
        answers = self._send({**work, "photo": sent.hex()})
        self._note(work, answers)
        return answers

    def send_plainly(self, work):
        """Send one finding with its photo, unwatched and unharmed; return the answers."""
        answers = self._send(work)
        self._note(work, answers)
        return answers

    def _send(self, work):
        self._write(work)
        self.main.stdout.readline()
        self.main.stdin.write("go\n")
        self.main.stdin.flush()
        return json.loads(self.main.stdout.readline())

    def made(self):
        """Make a finding with a photo."""
        photo = self.rng.randbytes(3000)
        body = make.finding_body(self.world.venues[0], photos=[make.photo_of(photo)])
        entry = make.entry("finding.record", body, schema=2)
        return {"entry": entry, "photo": photo.hex(), "device": make.new_uid()}

    def _write(self, work):
        self.main.stdin.write(json.dumps(work) + "\n")
        self.main.stdin.flush()

    def _note(self, work, answers):
        entry = work["entry"]
        self.ledger.entries.setdefault(entry["id"], {})[entry["sha256"]] = entry
        photo = bytes.fromhex(work["photo"])
        self.ledger.files[hashlib.sha256(photo).hexdigest()] = photo
        (status, told), *chunks = answers
        if status == 200 and told["results"]:
            self.ledger.promised[entry["id"]] = told["results"][0]["sha256"]
        for status, told in chunks:
            if status == 200 and told["complete"]:
                self.ledger.files_promised.add(told["sha256"])

    def end(self):
        self.main.communicate(timeout=PATIENCE_S)
