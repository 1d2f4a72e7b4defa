"""Makes the file of an export: records, originals, display copies, chain, signatures, cover and verifier in one zip.

Every byte of the zip follows from its content (no dates, no compression), so that the verifier can write it again and
see a single altered bit anywhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from patrol.core.clock import Clock
from patrol.evidence import domain, queries, verify_export
from patrol.evidence.cover import cover_pdf
from patrol.evidence.models import CaseExport
from patrol.evidence.signing import public_hex, sign_head, signing_key
from patrol.findings import Finding
from patrol.infra.config import Settings
from patrol.infra.files import BlobStore, blob_store, file_sha256, fsync_folder

VERIFIER = Path(verify_export.__file__)
ENDINGS = {"image/png": "png", "image/webp": "webp", "image/heic": "heic", "audio/ogg": "ogg", "audio/mp4": "m4a",
           "audio/webm": "weba", "audio/mpeg": "mp3", "audio/wav": "wav"}  # fmt: skip
Progress = Callable[[float, float, str, str], None]


@dataclass
class Parts:
    """The archive while it grows, and what its manifest will say."""

    archive: zipfile.ZipFile
    files: list[dict[str, Any]] = field(default_factory=list)

    def add(self, name: str, data: bytes, kind: str) -> None:
        """Put one file in and remember its size and SHA-256."""
        if any(entry["name"] == name for entry in self.files):
            return
        self.archive.writestr(verify_export.entry_of(name), data)
        self.files.append(
            {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "kind": kind}
        )


def make_export(
    session: Session,
    settings: Settings,
    export: CaseExport,
    target: Path,
    *,
    clock: Clock,
    progress: Progress,
) -> dict[str, Any]:
    """Write the file of an export; return its ``sha256``, ``size`` and ``counts``. The caller commits.

    Signs the head of the chain first, so that the newest record is covered.
    """
    sign_head(session, settings, clock=clock)
    session.commit()
    key = signing_key(settings)
    findings = queries.findings_of(session, export.finding_uids)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w") as archive:
        parts = Parts(archive)
        records = []
        for number, finding in enumerate(findings):
            progress(number, len(findings) + 2, f"第{number + 1}条", f"Record {number + 1}")
            records.append(_record(session, parts, blob_store(settings), finding))
        parts.add("records.json", _json({"findings": records}), "records")
        parts.add("chain.json", _json(_chain(session, key, records)), "chain")
        progress(len(findings) + 1, len(findings) + 2, "封面", "Cover")
        facts = _facts(export, key, clock)
        parts.add("cover.pdf", cover_pdf(facts, records, lambda name: archive_bytes(parts, name)), "cover")
        parts.add("verify.py", VERIFIER.read_bytes(), "verifier")
        manifest = _json(facts | {"files": parts.files})
        archive.writestr(verify_export.entry_of("manifest.json"), manifest)
        archive.writestr(verify_export.entry_of("manifest.sig"), key.sign(manifest).hex())
    _make_durable(unfinished, target)
    counts = {"findings": len(records), "files": len(parts.files)}
    return {"sha256": file_sha256(target), "size": target.stat().st_size, "counts": counts}


def archive_bytes(parts: Parts, name: str) -> bytes:
    """Return a file that was put into the archive already."""
    return parts.archive.read(name)


def _facts(export: CaseExport, key: Ed25519PrivateKey, clock: Clock) -> dict[str, Any]:
    return {
        "format": "patrol evidence export 1",
        "export": export.uid,
        "title": export.title,
        "case_number": export.case_number,
        "purpose": export.purpose,
        "made_at": clock.now().isoformat(timespec="seconds"),
        "key": public_hex(key),
    }


def _record(session: Session, parts: Parts, store: BlobStore, finding: Finding) -> dict[str, Any]:
    receipt = queries.receipt_of(session, finding)
    if receipt is None:
        raise ValueError(f"finding {finding.uid} has no receipt")
    originals: dict[str, str] = {}
    copies: list[str] = []
    for photo in finding.photos:
        name = f"originals/{photo.sha256_original}.{ENDINGS.get(photo.type_original, 'jpg')}"
        there = store.has(photo.sha256_original)
        originals[photo.sha256_original] = name if there else ""
        if there:
            parts.add(name, store.read(photo.sha256_original), "original")
        if photo.sha256_copy and store.has(photo.sha256_copy):
            copy = f"copies/{photo.sha256_copy}.jpg"
            parts.add(copy, store.read(photo.sha256_copy), "copy")
            copies.append(copy)
    return {
        "uid": finding.uid,
        "entry": receipt.entry_uid,
        "sha256": receipt.sha256,
        "body": receipt.body,
        "originals": originals,
        "copies": copies,
        "facts": _said(session, finding, receipt.captured_at.isoformat()),
    }


def _said(session: Session, finding: Finding, captured_at: str) -> dict[str, Any]:
    lon, lat = queries.place_of(session, finding)
    fix = finding.position.get("fix") or {}
    person = finding.person
    return {
        "class": "clue" if finding.is_clue else "evidence",
        "kind": finding.kind,
        "venue": finding.venue.name,
        "address": finding.venue.address,
        "venue_code": finding.venue.code,
        "text": finding.text,
        "officer": f"{person.name} {person.badge_number or ''}".strip() if person else "",
        "witness": finding.witness,
        "device_time": captured_at,
        "clock_offset_s": finding.clock_offset_s,
        "found_at": finding.found_at.isoformat(),
        "received_at": finding.received_at.isoformat(),
        "lon": round(lon, 7),
        "lat": round(lat, 7),
        "accuracy_m": fix.get("accuracy_m"),
        "manual_pin": finding.position.get("manual_pin"),
        "device": finding.device_uid,
        "withdrawn": finding.withdrawn_reason if finding.withdrawn_at else "",
    }


def _chain(session: Session, key: Ed25519PrivateKey, records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the stretches of the chain from each record's links to the next signed head, and those heads."""
    subjects = [record["uid"] for record in records]
    subjects += [sha256 for record in records for sha256, name in record["originals"].items() if name]
    heads = queries.signatures(session, public_hex(key))
    signed = [head.number for head in heads]
    wanted = domain.stretches([n for n in queries.links_about(session, subjects) if n <= signed[-1]], signed)
    segments = [
        [
            {name: getattr(link, name) for name in
             ("number", "at", "person_uid", "verb", "subject", "detail", "previous", "sha256")}
            for link in queries.links_between(session, first, last)
        ]
        for first, last in wanted
    ]  # fmt: skip
    ends = {last for _, last in wanted}
    return {
        "segments": segments,
        "heads": [
            {name: getattr(head, name) for name in
             ("number", "sha256", "signed_at", "key", "signature", "timestamp_token")}
            for head in heads if head.number in ends
        ],
    }  # fmt: skip


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _make_durable(unfinished: Path, target: Path) -> None:
    with unfinished.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(unfinished, target)
    fsync_folder(target.parent)
