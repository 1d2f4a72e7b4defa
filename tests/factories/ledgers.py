"""One record for every ledger, made as a form makes it, and what hangs on records."""

import datetime as dt
import secrets
import uuid

from patrol.core.clock import FixedClock, china_date
from patrol.infra.jobs import Job
from patrol.ledgers import LEDGERS, Attachment, record_new

NOW = dt.datetime.now(dt.UTC)
CLOCK = FixedClock(NOW)
TEXTS = {"text": "金丝雀", "long": "金丝雀内容", "whole": "3", "money": "100", "names": "金丝雀、王磊"}
#: what a plausible record of a ledger says beyond its required fields
SAID = {
    "communities": {"households": "120"},
    "filings": {"address": "一元路1号"},
    "campaigns": {"ended_on": china_date(NOW + dt.timedelta(days=30)).isoformat()},
}


def given_for(session, ledger, division_code):
    """Return a form with every required field of a ledger filled in; records it needs are made first."""
    given = {}
    for f in ledger.fields:
        if f.required:
            given[f.name] = value_of(session, f, division_code)
    return {**given, **SAID.get(ledger.code, {})}


def value_of(session, f, division_code):
    if f.kind == "division":
        return division_code
    if f.kind == "day":
        return china_date(NOW).isoformat()
    if f.kind == "choice":
        return str(f.default or next(iter(f.choices)))
    if f.kind == "record":
        return make_record(session, f.target, division_code).number
    if f.name == "year":
        return str(china_date(NOW).year)
    return TEXTS[f.kind]


def make_record(session, code, division_code, actor=None, **said):
    """Record one fact of ledger ``code`` in a division."""
    ledger = LEDGERS[code]
    given = {**given_for(session, ledger, division_code), **said}
    return record_new(session, actor, ledger, given, clock=CLOCK)


def record_examples():
    """Return an example for the address of every ledger's record."""
    import patrol.enforcement
    import patrol.prevention  # noqa: F401  (they declare their ledgers)

    return {ledger.uid_param: example_of(ledger.code) for ledger in LEDGERS.values()}


def example_of(code):
    return lambda world: make_record(world.session, code, world.own.code).uid


def attachment(world):
    """Attach a document to an action of the own division."""
    from tests.factories.matrix import MARK, stored_picture

    action = make_record(world.session, "actions", world.own.code)
    sha256 = stored_picture()["sha256_original"]
    return world.add(
        Attachment(ledger="actions", record_uid=action.uid, scope_path=action.scope_path, name=f"{MARK}.jpg",
                   media_type="image/jpeg", size=9, sha256=sha256)
    ).uid  # fmt: skip


def import_job(world):
    """Make a finished import of the branch manager's."""
    owner = world.person("branch_manager")
    result = {"rows": 1, "stored": 1, "notes": [], "faults": []}
    row = world.add(
        Job(kind="ledgers.import", person_id=owner.id, person_uid=owner.uid, state="done", result=result,
            params={"ledger": "actions", "name": "表.csv"}, uid=str(uuid.uuid4()))
    )  # fmt: skip
    return row.uid, owner


def document_job(world):
    """Make a finished document of the branch manager's."""
    from patrol.reports.work import document_path

    owner = world.person("branch_manager")
    row = world.add(
        Job(kind="reports.document", person_id=owner.id, person_uid=owner.uid, state="done", uid=str(uuid.uuid4()),
            params={"kind": "pdf", "title": "总结"})
    )  # fmt: skip
    path = document_path(row.uid, "pdf")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-1.7\n")
    return row.uid, owner


def summary(world):
    """Make a draft of a summary of the own division."""
    from patrol.reports import Summary
    from tests.factories.matrix import MARK

    day = china_date(NOW)
    return world.add(
        Summary(template="yearly", title=f"{MARK}总结", text=f"# {MARK}总结\n\n行动{{actions}}次", since=day, until=day,
                division_id=world.own.id, scope_path=world.own.scope_path)
    )  # fmt: skip


def edition(world):
    """Freeze a summary of the own division."""
    from patrol.accounts.security import principal_of_person
    from patrol.reports.services import freeze

    actor = principal_of_person(world.person("branch_manager"))
    return freeze(world.session, actor, summary(world), clock=CLOCK).uid


def scheme(world):
    """Begin an assessment scheme of the own division."""
    from patrol.reports.assessment.services import begin_scheme, shipped_items
    from tests.factories.matrix import MARK

    return begin_scheme(
        world.session, None, f"{MARK}方案", world.own, "divisions", shipped_items(), clock=CLOCK
    )


def inspection(world):
    """Draw the sample of an inspection of the community that stands in the same address."""
    from sqlalchemy import select

    from patrol.infra.db import one_or_404
    from patrol.prevention.models import Community, CommunityInspection

    uid = world.examples["community_uid"].value
    community = one_or_404(world.session, select(Community).where(Community.uid == uid))
    return world.add(
        CommunityInspection(community_id=community.id, scope_path=community.scope_path, inspected_on=china_date(NOW),
                            seed="3021.55", households=9, sample=[1, 2])
    ).uid  # fmt: skip


def awarded_community(world):
    """Make a community that has a certificate."""
    day = china_date(NOW).isoformat()
    said = {"state": "awarded", "creating_on": day, "inspected_on": day, "awarded_on": day}
    return make_record(world.session, "communities", world.own.code, **said).uid


def guarded_person(world, number="11010519491231002X", name="金丝雀某"):
    """Enter a person into the guarded register from an action of the own division."""
    action = make_record(world.session, "actions", world.own.code)
    return enter_guarded(world.session, action, world.person("inspector"), number, name)


def enter_guarded(session, action, person, number, name, role="participant"):
    """Enter a person under the keys of the program that is being tested."""
    from flask import current_app

    from patrol.accounts import principal_of_person
    from patrol.enforcement.register.services import enter_person
    from patrol.infra.crypto import keyring

    given = {"role": role, "name": name, "identity": number, "note": f"{name}的备注"}
    ring = keyring(current_app.config["SETTINGS"])
    return enter_person(
        session, principal_of_person(person), action, given, ring, clock=CLOCK, rng=secrets.SystemRandom()
    )


def list_request(world):
    """Ask for the list of an action as the branch manager; nobody approved it."""
    from patrol.enforcement.register.models import ListRequest

    action = make_record(world.session, "actions", world.own.code)
    return world.add(
        ListRequest(action_id=action.id, scope_path=action.scope_path, purpose="金丝雀核查",
                    asked_by_id=world.person("branch_manager").id)
    )  # fmt: skip
