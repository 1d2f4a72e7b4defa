"""The set checker: every promised item is there exactly once with the same SHA-256, every other at most once,
nothing else is there."""

import hashlib
from collections import Counter

import rfc8785
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from patrol.findings import Finding
from patrol.infra.audit import first_broken_link
from patrol.infra.blobs import Blob
from patrol.infra.db import db, unscoped
from patrol.infra.files import blob_store
from patrol.patrols import Visit
from patrol.sync import Receipt
from tests.soak.world import opened

#: words of the checker's sentences, and what they stand for
SORTS = {
    "lost": (
        "lost",
        "has no record",
        "is unknown",
        "skipped",
        "its row does not say so",
        "could not be sent",
    ),
    "twice": (" times", "a second time", "same receipt twice"),
    "altered": ("altered", "another SHA-256", "does not have the SHA-256", "with other bytes"),
}


def sort_of(fault):
    """Say what a sentence of the checker is about: lost, twice, altered, or other."""
    return next((sort for sort, words in SORTS.items() if any(word in fault for word in words)), "other")


def check(world, ledger):
    """Return one sentence for each thing that breaks the promise; an empty list is the promise kept."""
    with opened(world) as app, unscoped(db.session, "the checker looks at everything"):
        return faults_in(app, ledger)


def faults_in(app, ledger):
    """Look from within a context of the program; whoever calls has lifted the bound of scope."""
    return [
        *ledger.wrong,
        *_entries(ledger),
        *_files(app, ledger),
        *_feed(ledger),
        *_database(),
    ]


def _entries(ledger):
    receipts = db.session.scalars(select(Receipt)).all()
    found = Counter(receipt.entry_uid for receipt in receipts)
    held = {receipt.entry_uid: receipt for receipt in receipts}
    yield from (f"{uid} is there {times} times" for uid, times in found.items() if times > 1)
    yield from (f"{uid} was never sent" for uid in found.keys() - ledger.entries.keys())
    for uid, sha256 in ledger.promised.items():
        if uid not in held:
            yield f"{uid} was promised and is lost"
        elif held[uid].sha256 != sha256:
            yield f"{uid} was promised with another SHA-256"
    for receipt in held.values():
        if hashlib.sha256(receipt.body.encode()).hexdigest() != receipt.sha256:
            yield f"{receipt.entry_uid} does not have the SHA-256 it claims"
    bodies = [
        entry["body"] for sent in ledger.entries.values() for entry in sent.values() if entry["id"] in held
    ]
    for model, name in ((Finding, "finding_uid"), (Visit, "visit_uid")):
        expected = {
            body[name] for body in bodies if name in body and (name == "finding_uid" or "outcome" in body)
        }
        rows = Counter(db.session.scalars(select(model.uid)))
        yield from (f"{name} {uid} has no record" for uid in expected - rows.keys())
        yield from (f"{name} {uid} came from nowhere" for uid in rows.keys() - expected)
        yield from (f"{name} {uid} is there {times} times" for uid, times in rows.items() if times > 1)
    for sent in ledger.entries.values():
        for entry in sent.values():
            assert hashlib.sha256(rfc8785.dumps(entry["body"])).hexdigest() == entry["sha256"]


def _files(app, ledger):
    store = blob_store(app.config["SETTINGS"])
    rows = {blob.sha256: blob for blob in db.session.scalars(select(Blob))}
    copies = set(db.session.execute(text("SELECT sha256_copy FROM photo")).scalars())
    for sha256 in ledger.files_promised:
        if not store.has(sha256):
            yield f"file {sha256[:12]} was promised and is lost"
        elif sha256 not in rows or rows[sha256].state != "stored":
            yield f"file {sha256[:12]} was promised and its row does not say so"
    for sha256 in store.names():
        if hashlib.sha256(store.read(sha256)).hexdigest() != sha256:
            yield f"file {sha256[:12]} was altered"
        if sha256 not in ledger.files and sha256 not in copies:
            yield f"file {sha256[:12]} was never sent"
    yield from (f"file {sha[:12]} is said to be stored and is not" for sha, row in rows.items()
                if row.state == "stored" and not store.has(sha))  # fmt: skip


def _feed(ledger):
    findings = set(db.session.scalars(select(Finding.uid)))
    if ledger.fed:
        yield from (f"finding {uid} was skipped by the feed" for uid in findings - set(ledger.fed))
    numbered = Counter(
        db.session.execute(text("SELECT subject_uid FROM feed_entry WHERE kind = 'finding'")).scalars()
    )
    yield from (
        f"finding {uid} is in the feed {numbered[uid]} times" for uid in findings if numbered[uid] != 1
    )


def _database():
    broken = first_broken_link(db.session)
    if broken is not None:
        yield f"the audit chain is broken at {broken}"
    if db.engine.dialect.name == "sqlite":
        said = db.session.execute(text("PRAGMA integrity_check")).scalar()
        if said != "ok":
            yield f"SQLite says: {said}"
        places = db.session.execute(text("SELECT count(*) FROM idx_finding_geom")).scalar()
        if places != db.session.execute(text("SELECT count(*) FROM finding")).scalar():
            yield "the spatial index does not have every finding"
    db.session.rollback()
    receipt = db.session.execute(select(Receipt.__table__).limit(1)).mappings().first()
    if receipt is not None:
        try:
            db.session.execute(Receipt.__table__.insert().values(**receipt))
            yield "the database would take the same receipt twice"
        except IntegrityError:
            pass
    db.session.rollback()
