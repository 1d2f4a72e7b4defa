"""What the guarded register refuses stands at the form that was sent, with what was typed; no code is used up for nothing."""

import datetime as dt
import re

import pytest
from sqlalchemy import select

from patrol.accounts import Person
from patrol.core.clock import CHINA
from patrol.infra.audit import AuditEntry
from patrol.infra.db import db, unscoped
from tests.factories import patrols as make
from tests.factories.ledgers import make_record
from tests.factories.second_factor import enrol
from tests.factories.venues import create_person

NUMBER = "11010519491231002X"
REGISTER = "/enforcement/register/"
WRONG_CODE = "验证码不正确"


@pytest.fixture
def desk(app, session):
    """A manager at the desk with a second factor, an action of theirs, and a second manager."""
    city = make.create_city(session)
    with unscoped(session, "a test gives passwords"):
        session.info["readonly"] = False
        second = create_person(session, city.east, "branch_manager", username="second")
        create_person(session, city.east, "security_administrator", username="guardian")
        phones = [enrol(session, person) for person in (city.manager, second)]
        action_uid = make_record(session, "actions", "420102").uid
        session.commit()
    desk = make.sign_in(app, city.manager)
    desk.phone, desk.other_phone, desk.action = phones[0], phones[1], f"/actions/{action_uid}"
    desk.ask, desk.enter = f"{REGISTER}lists/of/{action_uid}", f"{REGISTER}enter/{action_uid}"
    desk.second = second
    return desk


def post(client, page, path, **data):
    """Send a form with the token of the page it stands on; the answer and its text."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).get_data(as_text=True))[1]
    answer = client.post(path, data={"csrf_token": token, **data})
    return answer, answer.get_data(as_text=True)


def field(text, ident):
    """The tag of one input."""
    return re.search(rf'<input[^>]*id="{ident}"[^>]*>', text)[0]


def test_a_list_refused_for_its_code_is_asked_for_again_without_typing_its_purpose_again(app, desk):
    answer, text = post(desk, desk.action, desk.ask, purpose="移交公安机关前核对", code="000000")
    assert answer.status_code == 422
    assert WRONG_CODE in text
    assert 'href="#f-list-code"' in text
    assert 'value="移交公安机关前核对"' in field(text, "f-list-purpose")
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
    said = {"csrf_token": token, "purpose": "移交公安机关前核对", "code": desk.phone.spare()}
    assert desk.post(desk.ask, data=said).status_code == 302


def test_a_number_mistyped_in_a_look_up_uses_up_no_code(app, desk):
    code = desk.phone.spare()
    asked = {"identity": "110105194912310021", "purpose": "核对案件材料", "code": code}
    answer, text = post(desk, REGISTER, f"{REGISTER}lookup", **asked)
    assert answer.status_code == 422
    assert 'value="110105194912310021"' in field(text, "f-identity")
    answer, text = post(desk, REGISTER, f"{REGISTER}lookup", **{**asked, "identity": NUMBER})
    assert answer.status_code == 200
    assert "没有登记该号码" in text or "查询结果" in text
    assert NUMBER not in text


def test_grounds_that_are_too_short_are_told_where_they_were_typed(app, desk):
    post(desk, desk.enter, desk.enter, role="participant", name="演示甲", identity=NUMBER)
    found = post(
        desk, REGISTER, f"{REGISTER}lookup", identity=NUMBER, purpose="核对案件材料", code=desk.phone.spare()
    )[1]
    person = re.search(rf'href="({REGISTER}persons/[^"]+)"', found)[1]
    answer, text = post(desk, person, f"{person}/forget", purpose="错", code="000000")
    assert answer.status_code == 422
    assert 'href="#f-forget-purpose"' in text
    assert 'value="错"' in field(text, "f-forget-purpose")
    assert "aria-invalid" in field(text, "f-forget-purpose")
    assert 'value=""' in field(text, "f-purpose")
    assert "aria-invalid" not in field(text, "f-purpose")


def test_a_wrong_code_of_an_approval_is_told_at_that_request(app, desk):
    post(desk, desk.action, desk.ask, purpose="移交公安机关前核对", code=desk.phone.spare())
    second = make.sign_in(app, desk.second)
    page = second.get(REGISTER).get_data(as_text=True)
    approve = re.search(rf'action="({REGISTER}lists/([^/"]+)/approve)"', page)
    answer, text = post(second, REGISTER, approve[1], code="000000")
    assert answer.status_code == 422
    assert f'href="#f-{approve[2]}-code"' in text
    assert "aria-invalid" in field(text, f"f-{approve[2]}-code")
    assert "aria-invalid" not in field(text, "f-code")


def test_whoever_guards_the_audit_reads_who_looked_when_in_china_and_for_what_purpose(app, desk):
    asked = {"identity": NUMBER, "purpose": "核对案件材料", "code": desk.phone.spare()}
    post(desk, REGISTER, f"{REGISTER}lookup", **asked)
    with unscoped(db.session, "a test reads the audit"):
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "register.look_up")).one()
        guardian = db.session.scalars(select(Person).where(Person.username == "guardian")).one()
        named = db.session.scalars(select(Person.name).where(Person.uid == entry.person_uid)).one()
        at = dt.datetime.fromisoformat(entry.at).astimezone(CHINA)
    make.free()
    text = make.sign_in(app, guardian).get("/audit/").get_data(as_text=True)
    row = next(each for each in text.split("<tr>") if "register.look_up" in each)
    assert "核对案件材料" in row
    assert named in row
    assert f"{at:%Y-%m-%d %H:%M:%S}" in row
    assert NUMBER not in text
