"""Mistakes that a harness must notice, seeded into a copy of the tree; the tree itself is never touched.

Each mutant says in which file which words are replaced by which, and which part of the harness must fail on it.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass

from tests.soak.group import ROOT

#: what a copy needs of its own; everything else is a link to the tree
COPIED = ("patrol", "migrations", "static/js", "tests/js")
LINKED = ("templates", "geodata", "static/dist", "static/css", "static/icons", "tests/fixtures", "package.json",
          "node_modules", "scripts")  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One seeded mistake: ``by`` names the judge (storm, altered, calls, feed, key, js)."""

    name: str
    by: str
    file: str
    before: str
    after: str


MUTANTS = (
    Mutant("answers before the commit", "storm", "patrol/sync/api.py",
           "        db.session.commit()\n    return jsonify(receipt_of=domain.OURS, server_time=clock.now().isoformat(), results=results)",
           "        held = db.session()\n        db.session.registry.clear()\n"
           "    told = jsonify(receipt_of=domain.OURS, server_time=clock.now().isoformat(), results=results)\n"
           "    told.call_on_close(lambda: (__import__('time').sleep(0.3), held.commit(), held.close()))\n    return told"),
    Mutant("takes other bytes under the same number for a duplicate", "storm", "patrol/sync/services.py",
           "held.sha256 == entry.envelope.sha256", "held.sha256"),
    Mutant("forgets to rename the photo into its place", "storm", "patrol/infra/files.py",
           "        os.replace(source, target)", "        os.unlink(source)"),
    Mutant("believes a photo without hashing it", "altered", "patrol/infra/files.py",
           "if file_sha256(source) != sha256:\n            raise PatrolError(ALTERED)\n        with", "if False:\n            raise PatrolError(ALTERED)\n        with"),
    Mutant("lacks the unique key of receipts", "key", "migrations/versions/0002_venues_routes_and_patrols.py",
           'sa.PrimaryKeyConstraint("entry_uid", name=op.f("pk_receipt"))', 'sa.Index("ix_receipt_entry", "entry_uid")'),
    Mutant("does not flush the photo", "calls", "patrol/infra/files.py",
           "            os.fsync(file.fileno())\n        os.replace", "            pass\n        os.replace"),
    Mutant("does not flush the folder", "calls", "patrol/infra/files.py",
           "            fsync_folder(target.parent)\n", "            pass\n"),
    Mutant("commits without flushing", "calls", "patrol/infra/db/engine.py",
           '"synchronous=full"', '"synchronous=off"'),
    Mutant("gives feed numbers out before their turn", "feed", "migrations/versions/0004_feed_amendments_and_seals.py",
           "          PERFORM pg_advisory_xact_lock(20261125);\n", ""),
    Mutant("lets two flushers run", "js", "static/js/sync/flusher.js",
           "{ ifAvailable: true }", "{ mode: 'shared' }"),
    Mutant("deletes before the receipt", "js", "static/js/sync/drain.js",
           "  const answer = await round.transport.sendEntries(batch);",
           "  for (const entry of batch) await round.outbox.settle(entry, entry.sha256);\n"
           "  const answer = await round.transport.sendEntries(batch);"),
    Mutant("drops what the server answered with 500", "js", "static/js/sync/transport.js",
           "const parks = answer.status >= 400 && answer.status < 500 &&", "const parks = answer.status >= 400 &&"),
    Mutant("takes a captive portal's 200 for a receipt", "js", "static/js/sync/transport.js",
           "if (receipt.receipt_of !== OURS || !Array.isArray(receipt.results)) return { kind: 'unreachable' };", ""),
)  # fmt: skip


def seeded(mutant, folder):
    """Return a copy of the tree with one mistake in it; raises ``ValueError`` when its words are not there."""
    for name in COPIED:
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    for name in LINKED:
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to(ROOT / name)
    path = folder / mutant.file
    text = path.read_text("utf-8")
    if mutant.before not in text:
        raise ValueError(
            f"{mutant.file} does not say {mutant.before!r} any more: mend the mutant “{mutant.name}”"
        )
    path.write_text(text.replace(mutant.before, mutant.after, 1), "utf-8")
    if mutant.after == '"synchronous=off"':
        path.write_text(path.read_text("utf-8").replace('"synchronous": 2', '"synchronous": 0'), "utf-8")
    return folder


def migrated(folder, url, data_dir):
    """Bring a bare database to the head of the copy's migrations, by the copy's own command."""
    done = subprocess.run(
        [sys.executable, "-c", "from patrol.cli import main; main()", "db", "upgrade"], cwd=folder,
        env={**os.environ, "DATABASE_URL": url, "DATA_DIR": str(data_dir), "PYTHONPATH": str(folder)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
