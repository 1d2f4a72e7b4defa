"""The phone's side of the API: who am I, the day pack, batches, photos. The contract is docs/sync.md."""

from __future__ import annotations

import json
import re
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, g, jsonify, request
from pydantic import ValidationError

from patrol.core.clock import SystemClock
from patrol.core.errors import PatrolError
from patrol.infra.blobs import Blob
from patrol.infra.config import Settings
from patrol.infra.db import db
from patrol.infra.files import require_space
from patrol.infra.i18n import current_language, local_zone
from patrol.infra.policy import allow, begin_writing
from patrol.routes import log_look
from patrol.sync import domain, schemas
from patrol.sync.blobs import Progress, mark_stored, progress_of, receive_chunk, require_quota
from patrol.sync.derived import order_copies
from patrol.sync.describe import takes
from patrol.sync.feed import changes_since
from patrol.sync.pack import day_pack, meetings_today, person_facts
from patrol.sync.pressure import gate
from patrol.sync.queries import declared_blob
from patrol.sync.services import apply_batch

blueprint = APIBlueprint("sync_api", __name__, url_prefix="/api/v1", tag="Phone")
blueprints = (blueprint,)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_ERRORS = {401: "Signed out, or the records belong to another person", 403: "Not allowed"}


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _check_person() -> None:
    """Pause, and lose nothing, where the records belong to somebody else than who is signed in."""
    owner = request.headers.get("X-Patrol-Person", g.principal.uid)
    if owner != g.principal.uid:
        raise PatrolError(domain.OTHER_PERSON)


@blueprint.get("/me")
@blueprint.output(schemas.MeOut)
@blueprint.doc(summary="Who is signed in", responses=_ERRORS)
@allow("phone.use")
def me() -> Any:
    """Say who is signed in and what the server's clock shows."""
    now = SystemClock().now().isoformat()
    return {
        "person": person_facts(db.session(), g.principal),
        "language": current_language(),
        "server_time": now,
    }


@blueprint.get("/pack")
@blueprint.output(schemas.PackOut)
@blueprint.doc(summary="The day pack", responses={304: "Unchanged", **_ERRORS})
@allow("phone.use")
def pack() -> Any:
    """Give what this person needs for a day without a network; 304 while ``If-None-Match`` names this version."""
    made = day_pack(db.session(), g.principal, _settings(), clock=SystemClock(), zone=local_zone())
    if request.if_none_match.contains(made["version"]):
        return Response(status=304)
    answer = jsonify(made)
    answer.set_etag(made["version"])
    log_look(g.principal, [route["route_uid"] for route in made["task"]], "phone", clock=SystemClock())
    return answer


@blueprint.post("/sync")
@takes(body=schemas.BatchDescription, headers=schemas.UnsafeHeaders)
@blueprint.output(schemas.ReceiptOut)
@blueprint.doc(
    summary="Send a batch of entries",
    description="Idempotent. Each entry has its own result; only stored and duplicate let the phone forget it.",
    responses={400: "Unreadable", 413: "Too large", 422: "Not a batch", 503: "Too many at once",
               507: "Disk full", **_ERRORS},
)  # fmt: skip
@allow("phone.use", reads_first=True)
def sync() -> Any:
    """Take a batch in; the receipt is written only after the commit."""
    _check_person()
    batch = _read_batch()
    settings = _settings()
    require_space(settings)
    clock = SystemClock()
    begin_writing(db.session)  # nobody waits at the gate with a transaction open
    with gate.passing():
        results = apply_batch(
            db.session(), g.principal, batch, clock=clock, photo_max_bytes=settings.PHOTO_MAX_BYTES
        )
        db.session.commit()
    return jsonify(receipt_of=domain.OURS, server_time=clock.now().isoformat(), results=results)


@blueprint.get("/feed")
@blueprint.output(schemas.FeedOut)
@takes(query=schemas.FeedQuery, headers=schemas.PersonHeader)
@blueprint.doc(
    summary="What changed since a cursor",
    description="Without a cursor everything, page by page. Ask again while `more` is true, then every few minutes.",
    responses={410: "The cursor is too old: copy everything again", **_ERRORS},
)
@allow("phone.use")
def feed() -> Any:
    """Give changes, tombstones and what was revoked, in the order of their commits."""
    _check_person()
    told = changes_since(db.session(), g.principal, request.args.get("cursor", ""), _settings().SECRET_KEY)
    now = SystemClock().now()
    if not told["more"]:
        told |= meetings_today(db.session(), g.principal, now.astimezone(local_zone()).date())
    return jsonify(receipt_of=domain.OURS, server_time=now.isoformat(), **told)


def _read_batch() -> schemas.BatchIn:
    request.max_content_length = domain.BATCH_BYTES
    if (request.content_length or 0) > domain.BATCH_BYTES:
        raise PatrolError(domain.BATCH_TOO_LARGE, most=domain.BATCH_BYTES)
    try:
        raw = json.loads(request.get_data(cache=False).decode("utf-8"), parse_constant=_no_constant)
        batch = schemas.BatchIn.model_validate(raw)
    except ValidationError as error:
        field = ".".join(str(part) for part in error.errors(include_url=False)[0]["loc"]) or "object"
        raise PatrolError(domain.BAD_BATCH, where=field, field=field) from error
    except (ValueError, RecursionError) as error:
        raise PatrolError(domain.UNREADABLE) from error
    if len(batch.entries) > domain.ENTRIES_PER_BATCH:
        raise PatrolError(domain.TOO_MANY, most=domain.ENTRIES_PER_BATCH)
    return batch


def _no_constant(name: str) -> Any:
    raise ValueError(f"JSON has no {name}")


@blueprint.route("/blobs/<sha256>", methods=["HEAD"])
@takes(headers=schemas.PersonHeader)
@blueprint.doc(
    summary="How far a file has come",
    description="`Upload-Offset` and `Upload-Complete` (?1 or ?0); 404 for a file that no entry of yours declared.",
    responses={200: "Known", 404: "Not declared by you", **_ERRORS},
)
@allow("phone.use")
def blob_state(sha256: str) -> Response:
    """Say where the server stands with a declared file."""
    _check_person()
    blob = _declared(sha256)
    progress = progress_of(_settings(), blob, g.principal.person_id)
    return _with_progress(Response(), progress.offset, progress.complete)


@blueprint.put("/blobs/<sha256>")
@takes(headers=schemas.ChunkHeaders)
@blueprint.output(schemas.BlobOut)
@blueprint.doc(
    summary="Send a piece of a declared file",
    description="`Upload-Offset` is where the piece begins, `Upload-Length` the whole size. After 409 ask HEAD.",
    responses={404: "Not declared by you", 409: "Stands elsewhere", 413: "Too large", 422: "Damaged",
               507: "Disk full", **_ERRORS},
)  # fmt: skip
@allow("phone.use", reads_first=True)
def blob_chunk(sha256: str) -> Any:
    """Append a piece; the last one is answered only when the file is durable and its row committed."""
    _check_person()
    blob = _declared(sha256)
    progress = Progress(blob.size, True) if blob.state == "stored" else _append(_settings(), blob)
    return jsonify(receipt_of=domain.OURS, sha256=sha256, offset=progress.offset, complete=progress.complete)


def _append(settings: Settings, blob: Blob) -> Progress:
    offset, total = (_whole_number(name) for name in ("Upload-Offset", "Upload-Length"))
    require_space(settings)
    request.max_content_length = domain.CHUNK_BYTES
    if (request.content_length or 0) > domain.CHUNK_BYTES:
        raise PatrolError(domain.CHUNK_TOO_LARGE, most=domain.CHUNK_BYTES)
    sha256, person_id = blob.sha256, g.principal.person_id
    if offset == 0:
        require_quota(db.session(), settings, person_id, clock=SystemClock())
    begin_writing(db.session)  # the network and the disk are slow: nobody waits for a lock meanwhile
    data = request.get_data(cache=False)
    with gate.passing():
        done = receive_chunk(settings, blob, person_id, offset, total, data)
        if not done:
            return Progress(offset + len(data), False)
        mark_stored(db.session(), _declared(sha256), total, clock=SystemClock())
        db.session.commit()
    order_copies(db.session(), sha256, g.principal)
    return Progress(total, True)


def _declared(sha256: str) -> Blob:
    if not _SHA256.fullmatch(sha256):
        raise PatrolError(domain.BLOB_UNKNOWN)
    blob = declared_blob(db.session(), sha256, g.principal.person_id)
    if blob is None:
        raise PatrolError(domain.BLOB_UNKNOWN)
    return blob


def _with_progress(response: Response, offset: int, complete: bool) -> Response:
    response.headers["Upload-Offset"] = str(offset)
    response.headers["Upload-Complete"] = "?1" if complete else "?0"
    return response


def _whole_number(header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise PatrolError(domain.BLOB_HEADERS, where=header)
    return int(text)
