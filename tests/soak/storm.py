"""Phones that record and send without pause while the network lies and the server is killed."""

import hashlib
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.factories import patrols as make
from tests.soak.wire import FAULTS, ask

CHUNK = 900
DISTURBED = 0.6


@dataclass
class Ledger:
    """What the phones tried, and what they were promised. The checker compares it with what is there."""

    entries: dict = field(default_factory=dict)
    promised: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    files_promised: set = field(default_factory=set)
    counts: Counter = field(default_factory=Counter)
    wrong: list = field(default_factory=list)
    fed: list = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    somebody: threading.Event = field(default_factory=threading.Event)

    @property
    def disturbed(self):
        return sum(number for name, number in self.counts.items() if name.startswith("disturbed"))

    def count(self, name, number=1):
        with self.lock:
            self.counts[name] += number

    def blame(self, sentence):
        with self.lock:
            self.wrong.append(sentence)


class Phone(threading.Thread):
    """One officer's phone: makes visits and findings with photos, and sends them until they are promised."""

    def __init__(self, number, world, address, ledger, until):
        super().__init__(daemon=True)
        self.rng = random.Random(number)
        self.person = "inspector" if number % 2 else "police"
        self.world, self.address, self.ledger, self.until = world, address, ledger, until
        self.cookie = world.cookies[self.person]
        self.device = make.new_uid()
        self.waiting, self.done, self.photos, self.seq = {}, [], {}, 0
        self.asking = ""

    def run(self):
        try:
            while time.monotonic() < self.until():
                self.record()
                self.turn(disturb=True)
        except Exception as error:
            self.ledger.blame(f"phone: {error!r}")

    def finish(self, most_s=180):
        """Send the rest without bad luck; whatever is left then is a fault of the server."""
        deadline = time.monotonic() + most_s
        while (self.waiting or self.photos) and time.monotonic() < deadline and not self.ledger.wrong:
            self.turn(disturb=False)
        if self.waiting or self.photos:
            self.ledger.blame(f"{len(self.waiting)} entries and {len(self.photos)} files could not be sent")

    def record(self):
        """Make a visit or a finding with a photo, as long as not too much is waiting."""
        while len(self.waiting) < 4:
            self.seq += 1
            venue = self.rng.choice(self.world.venues)
            if self.rng.random() < 0.5:
                entry = make.entry("visit.record", make.visit_body(venue), seq=self.seq)
            else:
                data = self.rng.randbytes(self.rng.randrange(600, 2600))
                body = make.finding_body(venue, photos=[make.photo_of(data)])
                entry = make.entry("finding.record", body, seq=self.seq, schema=self.rng.choice((1, 2)))
                self.photos[hashlib.sha256(data).hexdigest()] = (entry["id"], data)
            self.waiting[entry["id"]] = entry

    def turn(self, disturb):
        if self.waiting:
            self.send_entries(disturb)
        for sha256 in list(self.photos):
            if self.photos[sha256][0] not in self.waiting:
                self.send_file(sha256, disturb)
        if self.done and self.rng.random() < 0.05:
            self.send_conflict(self.rng.choice(self.done))

    def send_entries(self, disturb):
        entries = list(self.waiting.values())[: self.rng.randrange(1, 5)]
        if self.done and self.rng.random() < 0.2:
            entries.append(self.rng.choice(self.done))
        fault = self.luck(disturb)
        doubled = disturb and self.rng.random() < 0.1
        if doubled:
            entries += self.rng.sample(entries, 1)
        self.rng.shuffle(entries)
        for entry in entries:
            self.ledger.entries.setdefault(entry["id"], {})[entry["sha256"]] = entry
        body = json.dumps(make.batch(*entries, device_uid=self.device)).encode()
        answer = self.ask("POST", "/api/v1/sync", body, {"Content-Type": "application/json"}, fault)
        if doubled and not fault and answer.status:
            self.ledger.count("disturbed: doubled inside")
        if answer.ours:
            for result in answer.body["results"]:
                self.hear(result)

    def hear(self, result):
        uid, sha256 = result["id"], result["sha256"]
        entry = self.waiting.get(uid)
        if result["status"] not in {"stored", "duplicate"}:
            self.ledger.blame(f"{uid} was {result['status']}: {result.get('code')}")
            return
        if result["status"] == "stored" and uid in self.ledger.promised:
            self.ledger.blame(f"{uid} was stored a second time: it had been lost")
        self.ledger.promised[uid] = sha256
        if entry is not None and entry["sha256"] == sha256:
            self.done.append(self.waiting.pop(uid))
            del self.done[:-40]

    def send_conflict(self, entry):
        """The same number with other bytes must never be taken in."""
        other = make.entry(entry["kind"], {**entry["body"], "venue_uid": self.world.venues[0].uid, "note": "x"}
                           if "note" in entry["body"] else {**entry["body"], "text": "x"}, uid=entry["id"])  # fmt: skip
        body = json.dumps(make.batch(other, device_uid=self.device)).encode()
        answer = self.ask("POST", "/api/v1/sync", body, {"Content-Type": "application/json"}, "")
        if answer.ours and answer.body["results"] and answer.body["results"][0]["status"] != "conflict":
            self.ledger.blame(f"{entry['id']} with other bytes was {answer.body['results'][0]['status']}")

    def send_file(self, sha256, disturb):
        data = self.photos[sha256][1]
        self.ledger.files[sha256] = data
        answer = self.ask("HEAD", f"/api/v1/blobs/{sha256}", b"", {}, self.luck(disturb))
        if answer.status == 404:
            self.ledger.blame(f"file {sha256[:8]} of a promised entry is unknown")
            self.photos.pop(sha256)
        if answer.status != 200:
            return
        if answer.headers.get("upload-complete") == "?1":
            self.keep(sha256)
            return
        offset = int(answer.headers["upload-offset"])
        piece = data[offset : offset + CHUNK]
        if disturb and self.rng.random() < 0.06:
            offset, _ = (
                max(0, offset + self.rng.choice((-300, 300))),
                self.ledger.count("disturbed: disordered"),
            )
        if disturb and piece and self.rng.random() < 0.04:
            at = self.rng.randrange(len(piece))
            piece = piece[:at] + bytes([piece[at] ^ 1]) + piece[at + 1 :]
            self.ledger.count("disturbed: altered")
        headers = {"Upload-Offset": str(offset), "Upload-Length": str(len(data)),
                   "Content-Type": "application/octet-stream"}  # fmt: skip
        answer = self.ask("PUT", f"/api/v1/blobs/{sha256}", piece, headers, self.luck(disturb))
        if answer.ours and answer.body.get("complete") and answer.body.get("sha256") == sha256:
            self.keep(sha256)

    def keep(self, sha256):
        self.ledger.files_promised.add(sha256)
        self.photos.pop(sha256, None)

    def luck(self, disturb):
        return self.rng.choice(FAULTS) if disturb and self.rng.random() < DISTURBED else ""

    def ask(self, method, path, body, headers, fault):
        self.asking = "a batch" if method == "POST" else "a photo"
        answer = ask(self.address, method, path, self.cookie, body, headers, fault, self.rng)
        self.asking = ""
        if not answer.reached:
            self.ledger.count("nobody there")
            self.ledger.somebody.wait(0.5)
            return answer
        self.ledger.count("requests")
        if fault:
            self.ledger.count(f"disturbed: {fault}")
        elif answer.status == 0:
            self.ledger.count("disturbed: server killed")
        elif answer.status >= 500:
            self.ledger.count(f"refused {answer.status}")
            time.sleep(self.rng.uniform(0.01, 0.1))
        return answer


class Follower(threading.Thread):
    """Reads the feed from its beginning to its end, over and over where it stood; hears of every finding."""

    def __init__(self, world, address, ledger, until):
        super().__init__(daemon=True)
        self.world, self.address, self.ledger, self.until = world, address, ledger, until
        self.cursor, self.numbers = "", []

    def run(self):
        while time.monotonic() < self.until():
            self.step()
            time.sleep(0.5)

    def step(self):
        path = "/api/v1/feed" + (f"?cursor={self.cursor}" if self.cursor else "")
        answer = ask(self.address, "GET", path, self.world.cookies["manager"])
        if not answer.ours:
            return True
        self.cursor = answer.body["cursor"]
        for change in answer.body["changes"]:
            if change["kind"] == "finding":
                self.ledger.fed.append(change["uid"])
        return answer.body["more"]


class Weather(threading.Thread):
    """Kills the group every now and then, and starts it again at once.

    Every other kill waits until some phone is in the middle of a batch or of a photo, so that none is wasted on a
    server that had nothing to do; the ledger counts what was under way.
    """

    def __init__(self, group, phones, ledger, until, rng, pause_s, most_kills=None):
        super().__init__(daemon=True)
        self.group, self.phones, self.ledger, self.until = group, phones, ledger, until
        self.rng, self.pause_s, self.most_kills = rng, pause_s, most_kills or float("inf")

    def run(self):
        try:
            while time.monotonic() < self.until() and self.ledger.counts["kills"] < self.most_kills:
                time.sleep(self.rng.uniform(*self.pause_s))
                if self.rng.random() < 0.5:
                    self.aim(self.rng.choice(("a batch", "a photo")))
                hit = {phone.asking for phone in self.phones} - {""}
                self.ledger.somebody.clear()
                self.group.kill()
                self.ledger.count("kills")
                for what in hit:
                    self.ledger.count(f"kills amid {what}")
                self.group.start()
                self.ledger.somebody.set()
        except Exception as error:
            self.ledger.blame(f"the server could not be killed and started again: {error!r}")

    def aim(self, what, most_s=0.5):
        """Wait until a phone is in the middle of ``what``, and a little longer."""
        deadline = time.monotonic() + most_s
        while time.monotonic() < deadline and not any(phone.asking == what for phone in self.phones):
            time.sleep(0.001)
        time.sleep(self.rng.uniform(0, 0.03))


def storm(group, world, seconds, phones=8, seed=1, enough=None, pause_s=(1.0, 3.0), most_kills=None):
    """Run the storm; return the ledger, after everybody could send the rest.

    It ends after ``seconds``, or already when ``enough(ledger)`` says so; ``most_kills`` are enough on a machine so busy
    that more would leave no time between them.
    """
    ledger, rng = Ledger(), random.Random(seed)
    end = [time.monotonic() + seconds]
    until = lambda: end[0]  # noqa: E731
    group.start()
    ledger.somebody.set()
    people = [Phone(seed * 1000 + n, world, group.address, ledger, until) for n in range(phones)]
    follower = Follower(world, group.address, ledger, until)
    for each in (*people, follower):
        each.start()
    killer = Weather(group, people, ledger, until, rng, pause_s, most_kills)
    killer.start()
    while time.monotonic() < end[0]:
        time.sleep(0.05)
        if ledger.wrong or (enough and enough(ledger)):
            end[0] = 0
    for each in (killer, *people, follower):
        each.join(180)
        if each.is_alive():
            ledger.blame(f"{each} did not come to its end")
    ledger.somebody.set()
    if not ledger.wrong:
        for each in people:
            each.finish()
        while follower.step():
            pass
    return ledger
