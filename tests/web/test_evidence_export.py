"""The export for a case: whole, signed, readable, and betraying any alteration to its own offline verifier."""

import json
import os
import random
import subprocess
import sys
import zipfile

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from patrol.evidence import ChainSignature, verify_export
from patrol.evidence.signing import head_statement
from patrol.infra.audit import AuditEntry
from patrol.infra.db import db
from patrol.infra.jobs import Job, enqueue
from patrol.infra.jobs.queue import timetable
from tests.factories import patrols as make
from tests.factories.tampering import KINDS, tampered

#: `make soak` does all 10,000
TAMPERINGS = int(os.environ.get("TAMPERINGS", "60"))


@pytest.fixture
def city(session):
    return make.create_city(session)


@pytest.fixture
def desk(app, city):
    return make.sign_in(app, city.manager)


def record_case(app, city):
    """Have an officer and a liaison record one finding each, photos included; return their numbers."""
    uids = []
    for person, seed in ((city.inspector, 1), (city.liaison, 2)):
        phone = make.sign_in(app, person)
        photo = make.jpeg(seed=seed)
        body = make.finding_body(city.venues[0], photos=[make.photo_of(photo)], witness="李四")
        (told,) = make.send(phone, make.entry("finding.record", body, schema=2)).get_json()["results"]
        assert told["status"] == "stored", told
        assert make.upload(phone, photo).get_json()["complete"]
        uids.append(body["finding_uid"])
    return uids


def export(desk, uids, **more):
    form = {"title": "某某传销案", "case_number": "2026-17", "purpose": "移送法院", "finding": uids, **more}
    return desk.post("/evidence/", data=form, headers={"X-Patrol": "1"})


@pytest.fixture
def made(app, city, desk, tmp_path):
    """A made export as a file, and the address of its page."""
    answer = export(desk, record_case(app, city))
    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = answer.headers["Location"]
    file = desk.get(f"{page}.zip")
    assert file.status_code == 200, db.session.query(Job).order_by(Job.id.desc()).first().error_en
    path = tmp_path / "export.zip"
    path.write_bytes(file.data)
    file.close()
    return path, page


def test_the_file_holds_all_that_a_court_needs(app, city, desk, made):
    path, page = made
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        records = json.loads(archive.read("records.json"))["findings"]
        assert {
            "manifest.json",
            "manifest.sig",
            "records.json",
            "chain.json",
            "cover.pdf",
            "verify.py",
        } <= names
        assert archive.read("cover.pdf").startswith(b"%PDF")
        assert [record["facts"]["class"] for record in records] == ["evidence", "clue"]
        for record in records:
            (original,) = record["originals"].values()
            (copy,) = record["copies"]
            assert b"SecretCamera" in archive.read(original)
            assert b"SecretCamera" not in archive.read(copy)
            assert record["facts"]["witness"] == "李四"
            assert record["facts"]["accuracy_m"] is not None
    text = desk.get(page).get_data(as_text=True)
    assert "某某传销案" in text
    assert "移送法院" in text
    assert "某某传销案" in desk.get("/evidence/").get_data(as_text=True)


def test_the_verifier_runs_alone_and_says_so(made, tmp_path):
    path, _ = made
    with zipfile.ZipFile(path) as archive:
        (tmp_path / "verify.py").write_bytes(archive.read("verify.py"))
        key = json.loads(archive.read("manifest.json"))["key"]
    alone = [sys.executable, "-I", "-S", str(tmp_path / "verify.py"), str(path)]
    done = subprocess.run([*alone, key], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.split()[0]) == (0, "UNALTERED"), done.stdout
    other = subprocess.run([*alone, "0" * 64], capture_output=True, text=True, check=False)
    assert other.returncode == 1


@pytest.mark.parametrize("kind", KINDS)
def test_any_tampering_is_found(made, tmp_path, kind):
    path, _ = made
    rng, changed = random.Random(kind), tmp_path / "changed.zip"
    for number in range(max(1, TAMPERINGS // len(KINDS))):
        told = tampered(path, changed, kind, rng)
        assert not is_clean(changed), f"{kind} number {number} was not found: {told}"


def is_clean(path):
    try:
        return not verify_export.faults_of(path)
    except Exception:
        return False


def test_the_head_of_the_chain_is_signed_every_hour_and_once(app, city, session):
    assert timetable["evidence.sign_head"] == "7 * * * *"
    signed = []
    for turn in range(3):
        if turn != 1:
            record_case(app, city)
        session.rollback()
        session.info["readonly"] = False
        signed.append(enqueue("evidence.sign_head", {}, None).result["number"])
    assert 0 < signed[0] == signed[1] < signed[2]
    rows = session.scalars(select(ChainSignature).order_by(ChainSignature.number)).all()
    assert [row.number for row in rows] == [signed[0], signed[2]]
    for row in rows:
        (link,) = session.execute(select(AuditEntry.sha256).where(AuditEntry.number == row.number)).scalars()
        assert link == row.sha256
        statement = head_statement(row.number, row.sha256, row.signed_at)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(row.key))
        key.verify(bytes.fromhex(row.signature), statement)
        with pytest.raises(InvalidSignature):
            key.verify(bytes.fromhex(row.signature), statement.replace(b"head", b"tail"))


def test_only_a_manager_exports_and_only_what_is_in_scope(app, city, desk, session):
    uids = record_case(app, city)
    for person in (city.inspector, city.liaison):
        assert export(make.sign_in(app, person), uids).status_code == 403
    assert export(desk, []).status_code == 422
    assert export(desk, uids, purpose=" ").status_code == 422
    assert "封存原件" in desk.get("/evidence/new").get_data(as_text=True)
    page = export(desk, uids).headers["Location"]
    from tests.factories.venues import create_person

    with_other_scope = make.sign_in(app, _other_manager(session, city, create_person))
    assert with_other_scope.get(page).status_code == 404
    assert export(with_other_scope, uids).status_code == 422


def _other_manager(session, city, create_person):
    from patrol.infra.db import unscoped

    session.info["readonly"] = False
    with unscoped(session, "a test hires somebody"):
        person = create_person(session, city.west, "branch_manager", username="westmanager")
        session.commit()
    return person


@pytest.mark.parametrize("value", [0.1, 1e-7, 1.5e21, 123456789.125, -0.0, 1e16, 5e-324, 114.3100001, 2.0])
def test_the_verifier_writes_numbers_as_the_chain_does(value):
    import rfc8785

    assert verify_export.canonical({"a": [value]}) == rfc8785.dumps({"a": [value]}).decode()
