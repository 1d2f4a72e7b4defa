"""Many at once: the same entries in any order, from several requests at the same moment, are stored once."""

import random
import threading

from sqlalchemy import func, select

from patrol.findings import Finding
from patrol.infra.audit import first_broken_link
from patrol.infra.db import db, unscoped
from patrol.patrols import Visit
from patrol.sync import Receipt
from tests.factories import patrols as make


def test_the_same_entries_at_the_same_moment_are_stored_once(app):
    with app.app_context():
        city = make.create_city(db.session)
        visits = [make.visit_body(city.venues[n % 3], outcome="suspicious") for n in range(8)]
        entries = [make.entry("visit.record", body) for body in visits]
        entries += [
            make.entry("finding.record", make.finding_body(city.venues[n % 3], visit_uid=body["visit_uid"]))
            for n, body in enumerate(visits)
        ]
        clients = [make.sign_in(app, city.inspector) for _ in range(4)]
        db.session.remove()
    told = {entry["id"]: [] for entry in entries}
    answers, lock = [], threading.Lock()

    def post(number):
        mine = random.Random(number).sample(entries, len(entries))
        answer = None
        while (
            answer is None or answer.status_code == 503
        ):  # held off: a phone comes back, and so does this one
            answer = type(clients[number]).open(
                clients[number], "/api/v1/sync", method="POST", json=make.batch(*mine), headers=make.HEADERS
            )
        with lock:
            answers.append(answer.status_code)
            for result in answer.get_json().get("results", ()):
                told[result["id"]].append(result["status"])

    threads = [threading.Thread(target=post, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {200}
    assert {tuple(sorted(statuses)) for statuses in told.values()} == {("duplicate",) * 3 + ("stored",)}
    with app.app_context(), unscoped(db.session, "a test counts"):
        counts = [db.session.scalar(select(func.count()).select_from(m)) for m in (Visit, Finding, Receipt)]
        assert counts == [8, 8, 16]
        findings = db.session.scalars(select(Finding))
        assert all(finding.visit_id for finding in findings)
        assert first_broken_link(db.session) is None
