"""Photos over HTTP: they resume where they stopped, end whole or not at all, and are shown only as copies."""

import errno
import hashlib
import io
import os
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from patrol.findings import Photo
from patrol.infra.blobs import Blob
from patrol.infra.db import unscoped
from patrol.infra.files import blob_store
from tests.factories import patrols as make

BYTES = make.jpeg(300, 200)
SHA = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def phone(app, city):
    return make.sign_in(app, city.inspector)


@pytest.fixture
def declared(city, phone):
    one = make.entry("finding.record", make.finding_body(city.venues[0], photos=[make.photo_of(BYTES)]))
    result = make.send(phone, one).get_json()["results"][0]
    assert (result["status"], result["needs_blobs"]) == ("stored", [SHA])
    return one


def put(client, data, offset, total=len(BYTES), sha256=SHA, **headers):
    return client.put(
        f"/api/v1/blobs/{sha256}",
        data=data,
        headers={"X-Patrol": "1", "Upload-Offset": str(offset), "Upload-Length": str(total), **headers},
    )


def standing(client, sha256=SHA):
    answer = client.head(f"/api/v1/blobs/{sha256}")
    return answer.status_code, answer.headers.get("Upload-Offset"), answer.headers.get("Upload-Complete")


def photo_of(session):
    with unscoped(session, "a test looks"):
        return session.scalars(select(Photo).execution_options(populate_existing=True)).one()


def test_pieces_resume_and_end_whole(app, declared, phone, session):
    assert standing(phone) == (200, "0", "?0")
    answer = put(phone, BYTES[:100], 0).get_json()
    assert answer == {"receipt_of": "patrol", "sha256": SHA, "offset": 100, "complete": False}
    assert standing(phone) == (200, "100", "?0")
    assert put(phone, BYTES[:100], 0).status_code == 409
    answer = put(phone, BYTES[100:], 100).get_json()
    assert (answer["offset"], answer["complete"]) == (len(BYTES), True)
    assert standing(phone) == (200, str(len(BYTES)), "?1")
    assert blob_store(app.config["SETTINGS"]).read(SHA) == BYTES
    again = make.send(phone, declared).get_json()["results"][0]
    assert (again["status"], again["needs_blobs"]) == ("duplicate", [])


def test_only_the_declarer_sends_and_asks(app, city, declared, phone):
    police = make.sign_in(app, city.police)
    assert standing(police)[0] == 404
    assert put(police, BYTES, 0).get_json()["code"] == "sync.blob_unknown"
    assert put(phone, b"x", 0, 1, hashlib.sha256(b"x").hexdigest()).status_code == 404
    assert put(phone, b"x", 0, 1, "..%2f..%2fetc").status_code == 404


def test_altered_bytes_never_stay_and_three_times_is_enough(app, declared, phone):
    wrong = bytes(len(BYTES))
    assert [put(phone, wrong, 0).status_code for _ in range(3)] == [409, 409, 422]
    assert not blob_store(app.config["SETTINGS"]).has(SHA)
    assert put(phone, BYTES, 0).get_json()["complete"] is True


@pytest.mark.parametrize(
    ("offset", "total"), [("-1", "5"), ("0", "0"), ("x", "5"), ("3", "2"), ("0", "9" * 11), ("", "")]
)
def test_impossible_headers_are_refused(declared, phone, offset, total):
    answer = put(phone, b"12345", offset, total)
    assert answer.status_code in {409, 422}
    assert answer.get_json()["code"] in {"sync.blob_headers", "sync.blob_moved"}


def test_a_piece_too_large_is_refused(declared, phone):
    assert put(phone, bytes(1_048_577), 0, 2_000_000).status_code == 413


def test_a_full_disk_says_so_and_keeps_what_it_had(declared, phone, monkeypatch):
    put(phone, BYTES[:50], 0)
    real = os.pwrite

    def full(descriptor, data, offset):
        real(descriptor, data[:7], offset)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    answer = put(phone, BYTES[50:], 50)
    assert (answer.status_code, answer.get_json()["code"]) == (507, "files.disk_full")
    monkeypatch.undo()
    assert standing(phone) == (200, "50", "?0")
    assert put(phone, BYTES[50:], 50).get_json()["complete"] is True


def test_a_nearly_full_disk_refuses_before_accepting(city, declared, phone, monkeypatch):
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100, 99, 1))
    assert put(phone, BYTES, 0).status_code == 507
    assert make.send(phone, make.entry("visit.record", make.visit_body(city.venues[0]))).status_code == 507


def test_the_file_is_durable_before_its_row_and_its_row_before_the_answer(
    declared, phone, session, monkeypatch
):
    """fsync of the bytes, rename, fsync of the folder, then the row: in this order."""
    done = []
    real_fsync, real_replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (done.append("fsync"), real_fsync(fd))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append("rename"), real_replace(a, b))[1])
    from patrol.sync import api

    real_mark = api.mark_stored
    monkeypatch.setattr(api, "mark_stored", lambda *a, **k: (done.append("row"), real_mark(*a, **k))[1])
    monkeypatch.setattr(api, "order_copies", lambda *a, **k: done.append("committed"))
    assert put(phone, BYTES, 0).get_json()["complete"] is True
    assert done[: done.index("rename")].count("fsync") >= 1
    assert done[done.index("rename") + 1 :][:1] == ["fsync"]
    assert done.index("rename") < done.index("row") < done.index("committed")


def test_a_crash_between_file_and_row_is_healed_by_the_next_try(app, declared, phone, monkeypatch):
    from patrol.sync import api

    monkeypatch.setattr(api, "mark_stored", lambda *a, **k: 1 / 0)
    assert put(phone, BYTES, 0).status_code == 500
    monkeypatch.undo()
    assert standing(phone) == (200, "0", "?0")
    assert put(phone, BYTES, 0).get_json()["complete"] is True


def test_a_session_that_ends_between_two_pieces_goes_on_after_signing_in(app, city, declared, phone):
    put(phone, BYTES[:64], 0)
    assert put(make.browser(app), BYTES[64:], 64).status_code == 401
    again = make.sign_in(app, city.inspector)
    assert standing(again) == (200, "64", "?0")
    assert put(again, BYTES[64:], 64).get_json()["complete"] is True


def test_the_copy_that_is_shown_holds_no_metadata(app, city, declared, phone, session):
    assert b"SecretCamera" in BYTES
    put(phone, BYTES, 0)
    photo = photo_of(session)
    answer = phone.get(f"/api/v1/photos/{photo.uid}")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert b"SecretCamera" not in answer.data
    assert not Image.open(io.BytesIO(answer.data)).getexif()
    assert hashlib.sha256(answer.data).hexdigest() != SHA
    assert make.sign_in(app, city.stranger).get(f"/api/v1/photos/{photo.uid}").status_code == 404
    assert make.sign_in(app, city.liaison).get(f"/api/v1/photos/{photo.uid}").status_code == 403
    assert make.browser(app).get(f"/api/v1/photos/{photo.uid}").status_code == 401


def test_a_photo_that_is_no_picture_stays_sealed_and_is_never_shown(app, city, phone, session):
    data = b"<script>alert(1)</script>" * 9
    one = make.entry("finding.record", make.finding_body(city.venues[0], photos=[make.photo_of(data)]))
    make.send(phone, one)
    assert make.upload(phone, data).get_json()["complete"] is True
    photo = photo_of(session)
    assert (photo.sha256_copy, photo.copy_fault) == ("", "findings.not_a_picture")
    answer = phone.get(f"/api/v1/photos/{photo.uid}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "findings.photo_not_ready")


def test_a_photo_declared_too_large_is_refused_with_its_reason(city, phone):
    photo = {**make.photo_of(BYTES), "size_original": 31_000_000}
    one = make.entry("finding.record", make.finding_body(city.venues[0], photos=[photo]))
    result = make.send(phone, one).get_json()["results"][0]
    assert (result["status"], result["code"]) == ("rejected", "sync.photo_too_large")


def test_equal_photos_of_two_people_are_one_file_with_two_owners(app, city, declared, phone, session):
    police = make.sign_in(app, city.police)
    one = make.entry("finding.record", make.finding_body(city.venues[1], photos=[make.photo_of(BYTES)]))
    make.send(police, one)
    put(phone, BYTES, 0)
    assert standing(police) == (200, str(len(BYTES)), "?1")
    with unscoped(session, "a test looks"):
        assert [blob.state for blob in session.scalars(select(Blob))] == ["stored"]


def test_the_child_never_sees_our_modules():
    source = Path("patrol/findings/picture_child.py").read_text()
    assert "import patrol" not in source
    assert "from patrol" not in source
