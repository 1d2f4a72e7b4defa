"""The guarded register: entered from an action, read only for a purpose with a second factor, forgotten; a thief reads nothing."""

import base64
import datetime as dt
import hashlib
import os
import random
import re
import sqlite3
import subprocess
import tarfile
import urllib.parse

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from patrol.accounts import principal_of_person
from patrol.core.clock import FixedClock
from patrol.core.errors import PatrolError
from patrol.enforcement.register import services
from patrol.enforcement.register.models import GuardedPerson
from patrol.infra.audit import AuditEntry
from patrol.infra.backup import make_backup
from patrol.infra.crypto import keyring
from patrol.infra.db import db, unscoped
from patrol.ledgers import LEDGERS
from scripts.postgres import find_binaries
from tests.factories import patrols as make
from tests.factories.ledgers import enter_guarded, make_record
from tests.factories.second_factor import enrol
from tests.factories.venues import create_person

NUMBER, NAME = "11010519491231002X", "金丝雀三丰"
REGISTER = "/enforcement/register/"


@pytest.fixture
def city(session):
    made = make.create_city(session)
    with unscoped(session, "a test gives passwords"):
        session.info["readonly"] = False
        made.second = create_person(session, made.east, "branch_manager", username="second")
        made.phones = {person.id: enrol(session, person) for person in (made.manager, made.second)}
        made.action = make_record(session, "actions", "420102")
        made.action_uid, made.number = made.action.uid, made.action.number
        session.commit()
    return made


def token(client, path):
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))[1]


def post(client, page, path=None, **data):
    return client.post(path or page, data={"csrf_token": token(client, page), **data})


def spare(city, person=None):
    """A code of the second factor: recovery codes, because one half minute has but one code."""
    return city.phones[(person or city.manager).id].spare()


def audited(session, verb):
    with unscoped(session, "a test reads the audit"):
        return session.scalars(select(AuditEntry).where(AuditEntry.verb == verb)).all()


def entered(app, city, number=NUMBER, name=NAME):
    desk = make.sign_in(app, city.manager)
    page = f"{REGISTER}enter/{city.action_uid}"
    answer = post(desk, page, role="participant", name=name, identity=number, note="金丝雀备注")
    assert answer.status_code == 302, answer.get_data(as_text=True)
    with unscoped(db.session, "a test looks for what it entered"):
        uid = db.session.scalars(select(GuardedPerson.uid).order_by(GuardedPerson.id.desc())).first()
    make.free()
    return desk, uid


def test_an_entry_is_masked_and_revealed_only_for_a_purpose_with_the_second_factor(app, session, city):
    desk, uid = entered(app, city)
    page = f"{REGISTER}persons/{uid}"
    masked = desk.get(page).get_data(as_text=True)
    assert "11************002X" in masked
    assert "金**" in masked
    for answer, said in (
        (post(desk, page, f"{page}/reveal", purpose="查", code=spare(city)), "请填写用途"),
        (post(desk, page, f"{page}/reveal", purpose="办案核对身份", code="000000"), "验证码不正确"),
    ):
        assert answer.status_code == 422
        text = answer.get_data(as_text=True)
        assert said in text
        assert NUMBER not in text
        assert NAME not in text
    assert not audited(session, "register.reveal")
    make.free(session)
    shown = post(desk, page, f"{page}/reveal", purpose="办案核对身份", code=spare(city))
    text = shown.get_data(as_text=True)
    assert NUMBER in text
    assert NAME in text
    assert 'http-equiv="refresh" content="60;' in text
    assert shown.headers["Cache-Control"] == "no-store"
    (entry,) = audited(session, "register.reveal")
    assert (entry.subject, entry.detail) == (uid, {"purpose": "办案核对身份"})
    assert NUMBER not in desk.get(page).get_data(as_text=True)


def test_five_wrong_codes_lock_the_account(app, city):
    desk, uid = entered(app, city)
    page = f"{REGISTER}persons/{uid}"
    for _ in range(5):
        assert post(desk, page, f"{page}/reveal", purpose="办案核对身份", code="000000").status_code == 422
    locked = post(desk, page, f"{page}/reveal", purpose="办案核对身份", code=spare(city))
    assert locked.status_code == 429
    assert NUMBER not in locked.get_data(as_text=True)


def test_only_the_whole_number_finds_and_the_look_is_on_record(app, session, city):
    desk, uid = entered(app, city)
    part = post(
        desk, REGISTER, f"{REGISTER}lookup", identity=NUMBER[:12], purpose="办案核对", code=spare(city)
    )
    assert part.status_code == 422
    assert uid not in part.get_data(as_text=True)
    found = post(
        desk,
        REGISTER,
        f"{REGISTER}lookup",
        identity="110105 19491231 002x",
        purpose="办案核对",
        code=spare(city),
    )
    text = found.get_data(as_text=True)
    assert uid in text
    assert "11************002X" in text
    assert NUMBER not in text
    (entry,) = audited(session, "register.look_up")
    assert entry.detail == {"purpose": "办案核对", "found": 1}


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        ("11010519491231", "17位数字", "17 digits"),
        ("110105194913310026", "日期不存在", "does not exist"),
        ("110105194912310021", "校验位", "does not fit"),
        ("100105194912310020", "地区代码", "name no region"),
        ("110105209912310023", "晚于今天", "in the future"),
    ],
)
def test_wrong_numbers_are_told_in_both_languages_and_nothing_is_lost(app, city, number, zh, en):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    if zh in {"地区代码", "晚于今天"}:
        number = (
            number[:17]
            + "10X98765432"[sum(w * int(c) for w, c in zip(weights, number[:17], strict=True)) % 11]
        )
    desk, page = make.sign_in(app, city.manager), f"{REGISTER}enter/{city.action_uid}"
    for language, said in (("zh", zh), ("en", en)):
        answer = post(desk, f"{page}?lang={language}", role="rescued", name=NAME, identity=number)
        assert answer.status_code == 422
        text = answer.get_data(as_text=True)
        assert said in text
        assert NAME in text
    twice = post(desk, page, role="rescued", name=NAME, identity=NUMBER)
    assert twice.status_code == 302
    assert post(desk, page, role="rescued", name=NAME, identity=NUMBER).status_code == 409


def test_a_list_needs_two_persons_and_ends(app, session, city):
    desk, uid = entered(app, city)
    action = f"/actions/{city.action_uid}"
    assert uid not in desk.get(action).get_data(as_text=True)
    assert (
        post(
            desk, action, f"{REGISTER}lists/of/{city.action_uid}", purpose="移交公安机关", code=spare(city)
        ).status_code
        == 302
    )
    request_uid = re.search(r"waits|等待第二人", desk.get(REGISTER).get_data(as_text=True)) and _request_uid()
    own = post(desk, REGISTER, f"{REGISTER}lists/{request_uid}/approve", code=spare(city))
    assert own.status_code == 409
    assert desk.get(f"{REGISTER}lists/{request_uid}").status_code == 409
    second = make.sign_in(app, city.second)
    assert post(second, REGISTER, f"{REGISTER}lists/{request_uid}/approve", code="000000").status_code == 422
    assert desk.get(f"{REGISTER}lists/{request_uid}").status_code == 409
    assert (
        post(
            second, REGISTER, f"{REGISTER}lists/{request_uid}/approve", code=spare(city, city.second)
        ).status_code
        == 302
    )
    assert second.get(f"{REGISTER}lists/{request_uid}").status_code == 404
    text = desk.get(f"{REGISTER}lists/{request_uid}").get_data(as_text=True)
    assert uid in text
    assert NUMBER not in text
    assert len(audited(session, "register.list")) == 1
    make.free(session)
    with unscoped(session, "a test asks a day later"):
        row = session.scalars(select(services.ListRequest)).one()
        late = FixedClock(row.approved_at + dt.timedelta(hours=24, seconds=1))
        with pytest.raises(PatrolError) as told:
            services.approved_list(session, principal_of_person(city.manager), row, clock=late)
    assert told.value.code == "enforcement.not_approved"


def _request_uid():
    with unscoped(db.session, "a test looks for its request"):
        uid = db.session.scalars(select(services.ListRequest.uid)).one()
    make.free()
    return uid


def test_what_is_due_is_shredded_and_a_destroyed_key_opens_nothing(app, session, city):
    desk, uid = entered(app, city)
    session.info["readonly"] = False
    with unscoped(session, "a test works as the night's job"):
        row = session.scalars(select(GuardedPerson).where(GuardedPerson.uid == uid)).one()
        ring, last = keyring(app.config["SETTINGS"]), row.expires_on
        on = lambda day: FixedClock(dt.datetime.combine(day, dt.time(4), dt.UTC))  # noqa: E731
        assert services.shred_expired(session, None, clock=on(last)) == 0
        assert services.opened(row, ring)["identity"] == NUMBER
        assert services.shred_expired(session, None, clock=on(last + dt.timedelta(days=1))) == 1
        assert services.shred_expired(session, None, clock=on(last + dt.timedelta(days=1))) == 0
        assert (
            row.sealed_key,
            row.sealed_name,
            row.sealed_identity,
            row.sealed_note,
            row.identity_index,
        ) == ("",) * 5
        with pytest.raises(PatrolError) as told:
            services.opened(row, ring)
        session.commit()
    make.free(session)
    assert told.value.code == "enforcement.shredded"
    assert desk.get(f"{REGISTER}persons/{uid}").status_code == 200


def test_a_field_moved_to_another_row_does_not_open(app, session, city):
    entered(app, city)
    session.info["readonly"] = False
    with unscoped(session, "a test moves a field"):
        action, number = session.merge(city.action), _number(random.Random(1))
        other = enter_guarded(session, action, city.manager, number, "李四")
        row, ring = (
            session.scalars(select(GuardedPerson).order_by(GuardedPerson.id)).first(),
            keyring(app.config["SETTINGS"]),
        )
        row.sealed_identity = other.sealed_identity
        with pytest.raises(InvalidTag):
            services.opened(row, ring)
        session.rollback()
    make.free(session)


def _number(rng):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    head = f"420102{rng.randint(1955, 2005)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}{rng.randint(0, 999):03}"
    return head + "10X98765432"[sum(w * int(c) for w, c in zip(weights, head, strict=True)) % 11]


def spellings(number):
    """Return every way in which a number could lie in a file, readable for whoever has only the file."""
    texts = {number, number.lower(), number[::-1], f"{number[:6]} {number[6:14]} {number[14:]}", number[6:]}
    raw = {text.encode(code) for text in texts for code in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le")}
    raw |= {number.encode("cp037"), urllib.parse.quote(number).encode(), number.encode().hex().encode()}
    raw |= {
        number.encode().hex().upper().encode(),
        int(number[:17]).to_bytes(8, "big"),
        int(number[:17]).to_bytes(8, "little"),
    }
    for shift in range(3):  # base64 at every alignment, without the characters that the neighbours decide
        plain = base64.b64encode(b"\0" * shift + number.encode())
        raw.add(plain[4 if shift else 0 : -4])
    for algorithm in (
        "md5",
        "sha1",
        "sha256",
        "sha512",
    ):  # a bare hash is no protection: there are few numbers
        for text in (number, number.lower()):
            digest = hashlib.new(algorithm, text.encode())
            raw |= {
                digest.digest(),
                digest.hexdigest().encode(),
                base64.b64encode(digest.digest()).rstrip(b"="),
            }
    return raw


def test_a_thief_of_database_and_backup_reads_no_number(app, database, session, city, tmp_path):
    rng = random.Random(20261125)
    numbers = list(dict.fromkeys(_number(rng) for _ in range(20)))
    session.info["readonly"] = False
    with unscoped(session, "a test enters many"):
        action, person = session.merge(city.action), session.merge(city.manager)
        for number in numbers:
            enter_guarded(session, action, person, number, NAME)
        session.commit()
    make.free(session)
    desk = make.sign_in(app, city.manager)
    for number in numbers[:3]:
        post(desk, REGISTER, f"{REGISTER}lookup", identity=number, purpose="办案核对", code=spare(city))
    stolen = stolen_files(app, database, tmp_path)
    ring = [path.read_bytes() for path in (app.config["SETTINGS"].DATA_DIR / "keys").glob("*.key")]
    assert len(ring) >= 2, "there are keys that a backup could have taken along"
    assert not any(key in content for key in ring for content in stolen.values())
    assert sum(content.count(city.number.encode()) for content in stolen.values()), (
        "nothing was looked through"
    )
    for number in numbers:
        for spelling in spellings(number):
            for name, content in stolen.items():
                assert spelling not in content, f"{name} tells {number}"
    assert not any(NAME.encode() in content for content in stolen.values())
    # the drill itself can fail: one number written plainly, or as a bare hash, is found
    leak = b"..." + numbers[7].encode() + b"..." + hashlib.sha256(numbers[8].encode()).digest()
    assert all(any(spelling in leak for spelling in spellings(n)) for n in numbers[7:9])


def stolen_files(app, database, tmp_path):
    """Return what lies on the disk, what the databases' own copies say, and every file but the keys."""
    db.session.remove()
    found = {}
    data = app.config["SETTINGS"].DATA_DIR
    for path in data.rglob("*"):
        if path.is_file() and data / "keys" not in path.parents:
            found[str(path)] = path.read_bytes()
    if database.kind == "spatialite":
        source = database.url.removeprefix("sqlite:///")
        with sqlite3.connect(source) as opened:
            opened.execute(f"VACUUM INTO '{tmp_path / 'backup.db'}'")
        for path in [*_siblings(source), tmp_path / "backup.db"]:
            found[str(path)] = path.read_bytes()
    else:
        program = find_binaries() / "pg_dump"
        address = database.url.replace("postgresql+psycopg", "postgresql")
        dump = [os.fspath(program), "--no-owner", address]
        found["pg_dump"] = subprocess.run(dump, capture_output=True, check=True).stdout
    make_backup(app.config["SETTINGS"], tmp_path / "patrol.backup")
    with tarfile.open(tmp_path / "patrol.backup") as archive:
        for entry in archive:
            found[f"backup: {entry.name}"] = archive.extractfile(entry).read()
    assert "backup: database" in found
    return found


def _siblings(source):
    from pathlib import Path

    return [path for path in Path(source).parent.glob(f"{Path(source).name}*") if path.is_file()]


def test_numbers_are_in_no_list_export_search_or_day_pack(app, city):
    desk, _uid = entered(app, city)
    pages = [
        "/actions/?q=三丰",
        f"/actions/{city.action_uid}",
        "/actions/export.xlsx",
        REGISTER,
        "/enforcement/terms",
    ]
    for page in pages:
        answer = desk.get(page)
        assert answer.status_code == 200
        body = answer.get_data()
        assert NAME.encode() not in body, page
        assert NUMBER.encode() not in body, page
    phone = make.sign_in(app, city.inspector)
    pack = phone.get("/api/v1/pack")
    assert pack.status_code == 200
    assert NUMBER.encode() not in pack.get_data()
    assert "guarded" not in LEDGERS
