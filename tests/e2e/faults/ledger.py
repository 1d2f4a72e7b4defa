"""What the server really holds: every entry once, with the hash the phone computed, and every photo's bytes."""

import hashlib
import json
from pathlib import Path

from sqlalchemy import bindparam, create_engine, text

TABLES = {"visit.record": "visit", "finding.record": "finding", "sighting.report": "sighting"}


class Ledger:
    """Counts in the database and among the files of a served city, beside the program."""

    def __init__(self, database_url, data_dir):
        self.engine, self.data_dir = create_engine(database_url), Path(data_dir)

    def _rows(self, statement, values):
        asked = text(statement).bindparams(bindparam("values", expanding=True))
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(asked, {"values": list(values)})]

    def receipts(self, entries):
        """Return (entry, SHA-256) of every receipt for these entries."""
        return self._rows(
            "SELECT entry_uid, sha256 FROM receipt WHERE entry_uid IN :values",
            [entry["id"] for entry in entries],
        )

    def records(self, entries):
        """Return the numbers of the records that these entries became."""
        found = []
        for kind, table in TABLES.items():
            uids = [entry["uid"] for entry in entries if entry["kind"] == kind]
            if uids:
                found += [uid for (uid,) in self._rows(f"SELECT uid FROM {table} WHERE uid IN :values", uids)]
        return found

    def damaged(self, entries):
        """Return the photos of these entries whose bytes are missing or altered on the server."""
        hashes = {sha256 for entry in entries for sha256 in entry["blobs"]}
        if not hashes:
            return []
        stored = {
            sha256
            for (sha256,) in self._rows(
                "SELECT sha256 FROM blob WHERE state = 'stored' AND sha256 IN :values", hashes
            )
        }
        return sorted(sha256 for sha256 in hashes if sha256 not in stored or not self._on_disk(sha256))

    def _on_disk(self, sha256):
        path = self.data_dir / "blobs" / sha256[:2] / sha256
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256

    def venue(self, uid):
        """Return what the register says of a venue."""
        ((name, address, state),) = self._rows(
            "SELECT name, address, state FROM venue WHERE uid IN :values", [uid]
        )
        return {"name": name, "address": address, "state": state}

    def waiting(self, uid):
        """Return what a manager still has to decide about a venue, by field."""
        said = self._rows(
            "SELECT field, CAST(wanted AS TEXT) FROM venue_amendment WHERE state = 'open' AND venue_id IN "
            "(SELECT id FROM venue WHERE uid IN :values)",
            [uid],
        )
        return {field: json.loads(wanted) for field, wanted in said}

    def check(self, entries):
        """Demand every entry exactly once with the same SHA-256, and every photo whole."""
        assert sorted(self.receipts(entries)) == sorted((entry["id"], entry["sha256"]) for entry in entries)
        assert sorted(self.records(entries)) == sorted(entry["uid"] for entry in entries)
        assert self.damaged(entries) == []
