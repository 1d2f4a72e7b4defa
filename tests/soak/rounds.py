"""A storm in rounds: the same city every time, a server that is built once, and the checker after every round.

What one round promised is checked against all that is there before the next one begins from the same city anew; so a
soak may be stopped at any time, and what it has counted by then is true.
"""

import dataclasses
import json
import random
import shutil
import time
from collections import Counter

from tests.factories import patrols as make
from tests.soak.checker import check, sort_of
from tests.soak.group import Group
from tests.soak.storm import storm
from tests.soak.world import build_world

#: time from one server's being ready to its death (s)
BETWEEN_KILLS_S = (0.05, 0.5)


class Rounds:
    """Storms on one database; ``run`` makes the next one and returns what it counted, faults included."""

    def __init__(self, database, folder, log=None):
        self.database, self.folder = database, folder
        city = build_world(database.another("soakcity"), folder / "city")
        self.world = dataclasses.replace(city, data_dir=folder / "data")
        self.renew()
        (folder / "warm.json").write_text(json.dumps(warming(self.world)))
        self.group = Group(self.world.environment, warm=folder / "warm.json", log=log)

    def renew(self):
        """Put database and files back to the city as it was built; nobody may be connected."""
        self.world.url = self.database.copy("soakcity", "soakround")
        shutil.rmtree(self.world.data_dir, ignore_errors=True)
        shutil.copytree(self.folder / "city", self.world.data_dir)
        self.world.environment = {
            **self.world.environment,
            "DATABASE_URL": self.world.url,
            "DATA_DIR": str(self.world.data_dir),
        }

    def run(self, seed, seconds, enough, phones=5, pause_s=BETWEEN_KILLS_S, most_kills=None):
        """Storm until ``enough(ledger)`` or for ``seconds``; return counts and faults as JSON has them."""
        self.renew()
        begun, cpu_s = time.monotonic(), self.group.cpu_s
        ledger = storm(self.group, self.world, seconds, phones, seed, enough, pause_s, most_kills)
        self.group.kill()
        faults = check(self.world, ledger)
        return {
            "seed": seed,
            "seconds": round(time.monotonic() - begun, 1),
            "server_cpu_s": round(self.group.cpu_s - cpu_s, 1),
            "kills": ledger.counts["kills"],
            "disturbed": ledger.disturbed,
            "entries": len(ledger.promised),
            "files": len(ledger.files_promised),
            **{name: Counter(map(sort_of, faults))[name] for name in ("lost", "twice", "altered", "other")},
            "faults": faults[:20],
            "counts": dict(sorted(ledger.counts.items())),
        }

    def stop(self):
        """End the server."""
        self.group.stop()


def warming(world):
    """Return what a zygote sends itself before its first fork: a finding with a photo, later forgotten."""
    photo = random.Random(0).randbytes(1500)
    body = make.finding_body(world.venues[0], photos=[make.photo_of(photo)])
    work = {
        "entry": make.entry("finding.record", body, schema=2),
        "photo": photo.hex(),
        "device": make.new_uid(),
    }
    return {"cookie": world.cookies["inspector"], "work": work}
