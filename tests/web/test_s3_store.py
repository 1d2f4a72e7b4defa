"""Photos and evidence in an S3-compatible store: a real one over HTTP takes them in, gives them back, and may fail."""

import contextlib
import hashlib
import os
import socket
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from io import BytesIO

import boto3
import pytest

from patrol.core.errors import PatrolError
from patrol.infra.files import DiskStore, S3Store, blob_store, scratch_file
from tests.factories import patrols as make

BUCKET = "evidence"
KEYS = {"S3_ACCESS_KEY": "patrol", "S3_SECRET_KEY": "a long secret"}
SERVER = "from moto.server import ThreadedMotoServer as S; import signal; S('127.0.0.1', {port}).start(); signal.pause()"


def process_waits(process, seconds):
    with contextlib.suppress(subprocess.TimeoutExpired):
        raise AssertionError(f"the store ended with {process.wait(seconds)}")


@pytest.fixture(scope="module")
def endpoint():
    """A store of its own process, as a store is."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-c", SERVER.format(port=port)], stderr=subprocess.DEVNULL
    ) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            process_waits(process, 0.2)
        yield f"http://127.0.0.1:{port}"
        process.terminate()


@pytest.fixture
def bucket(endpoint):
    """The bucket as its administrator sees it, emptied before each test."""
    store = boto3.resource(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="admin",
        aws_secret_access_key="admin",
    )
    made = store.create_bucket(Bucket=BUCKET)
    made.objects.all().delete()
    return made


@pytest.fixture
def app(app, endpoint, bucket):
    """The program with its photos in the store."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = with_store(before, endpoint)
    yield app
    app.config["SETTINGS"] = before


def with_store(settings, endpoint, **more):
    return replace(settings, **{"S3_ENDPOINT": endpoint, "S3_BUCKET": BUCKET, **KEYS, **more})


@pytest.fixture
def city(session):
    return make.create_city(session)


def names(bucket):
    return sorted(each.key for each in bucket.objects.all())


def written(settings, content):
    path = scratch_file(settings)
    path.write_bytes(content)
    return path, hashlib.sha256(content).hexdigest()


def test_a_photo_from_a_phone_lies_in_the_store_and_is_shown_from_there(app, city, bucket):
    phone, photo = make.sign_in(app, city.inspector), make.jpeg(300, 200)
    sha256 = hashlib.sha256(photo).hexdigest()
    body = make.finding_body(city.venues[0], photos=[make.photo_of(photo)])
    assert make.send(phone, make.entry("finding.record", body)).get_json()["results"][0]["needs_blobs"] == [
        sha256
    ]
    assert make.upload(phone, photo).get_json()["complete"]
    assert sha256 in names(bucket)
    assert bucket.Object(sha256).get()["Body"].read() == photo
    settings = app.config["SETTINGS"]
    assert isinstance(blob_store(settings), S3Store)
    assert list(DiskStore(settings.DATA_DIR / "blobs").names()) == []
    assert not list((settings.DATA_DIR / "incoming").glob("*"))
    again = make.send(
        phone, make.entry("finding.record", make.finding_body(city.venues[1], photos=[make.photo_of(photo)]))
    )
    assert again.get_json()["results"][0]["needs_blobs"] == []


def test_an_export_of_evidence_takes_the_originals_from_the_store(app, city, bucket):
    phone, photo = make.sign_in(app, city.inspector), make.jpeg(300, 200, seed=3)
    body = make.finding_body(city.venues[0], photos=[make.photo_of(photo)], witness="李四")
    make.send(phone, make.entry("finding.record", body, schema=2))
    make.upload(phone, photo)
    desk = make.sign_in(app, city.manager)
    form = {"title": "案", "case_number": "2026-1", "purpose": "移送", "finding": [body["finding_uid"]]}
    page = desk.post("/evidence/", data=form, headers={"X-Patrol": "1"}).headers["Location"]
    with desk.get(f"{page}.zip") as answer:
        file = BytesIO(answer.data)
    with zipfile.ZipFile(file) as made:
        contents = [made.read(name) for name in made.namelist()]
    assert photo in contents


def test_many_blobs_are_named_and_what_is_not_there_is_not(app, bucket):
    settings = app.config["SETTINGS"]
    store = blob_store(settings)
    hashes = []
    for number in range(3):
        path, sha256 = written(settings, os.urandom(50) + bytes([number]))
        assert not store.has(sha256)
        store.put(sha256, path)
        store.keep(sha256)
        assert store.has(sha256)
        hashes.append(sha256)
    assert sorted(store.names()) == sorted(hashes)
    with pytest.raises(FileNotFoundError):
        store.read("0" * 64)


def test_altered_bytes_never_reach_the_store(app, bucket):
    path, _ = written(app.config["SETTINGS"], b"what came")
    with pytest.raises(PatrolError) as told:
        blob_store(app.config["SETTINGS"]).put(hashlib.sha256(b"what was announced").hexdigest(), path)
    assert told.value.code == "files.altered"
    assert names(bucket) == []


def test_a_bucket_that_is_not_there_is_said_with_what_to_check(app, endpoint):
    settings = with_store(app.config["SETTINGS"], endpoint, S3_BUCKET="another")
    path, sha256 = written(settings, b"photo")
    with pytest.raises(PatrolError) as told:
        blob_store(settings).put(sha256, path)
    assert told.value.code == "files.store_refuses"
    assert "NoSuchBucket" in told.value.sentence("en")
    assert "S3_BUCKET" in told.value.sentence("zh")
    assert path.exists(), "what could not be stored is not thrown away"


def test_while_the_store_is_away_the_phone_keeps_its_photo_and_sends_it_later(app, city, bucket, endpoint):
    phone, photo = make.sign_in(app, city.inspector), make.jpeg(300, 200, seed=5)
    body = make.finding_body(city.venues[0], photos=[make.photo_of(photo)])
    make.send(phone, make.entry("finding.record", body))
    there = app.config["SETTINGS"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        app.config["SETTINGS"] = with_store(there, f"http://127.0.0.1:{probe.getsockname()[1]}")
    answer = make.upload(phone, photo)
    assert (answer.status_code, answer.get_json()["code"]) == (503, "files.store_away")
    assert "S3_ENDPOINT" in answer.get_data(as_text=True)
    app.config["SETTINGS"] = there
    assert make.upload(phone, photo).get_json()["complete"]
    assert names(bucket) != []
