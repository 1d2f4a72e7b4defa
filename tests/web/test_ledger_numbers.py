"""Two people who record at the same moment are never given one number."""

import contextlib
import threading

from patrol.enforcement.models import Action
from patrol.infra.db import unscoped
from patrol.ledgers import LEDGERS, queries
from tests.factories import patrols as make
from tests.factories.desk import token
from tests.factories.ledgers import given_for


def test_two_records_at_once_have_two_numbers(app, session, monkeypatch):
    """Both are held where the next number has just been read, until they meet or a second has passed."""
    city = make.create_city(session)
    desks = [make.sign_in(app, city.manager), make.sign_in(app, city.manager)]
    keys = [token(desk, "/actions/new") for desk in desks]
    with unscoped(session, "a test fills in a form"):
        given = given_for(session, LEDGERS["actions"], "420102")
    session.rollback()
    gate, real, answers = threading.Barrier(2), queries.next_count, [None, None]

    def waiting(*asked):
        found = real(*asked)
        with contextlib.suppress(threading.BrokenBarrierError):
            gate.wait(timeout=1)
        return found

    monkeypatch.setattr("patrol.ledgers.queries.next_count", waiting)

    def record(at):
        with app.app_context():
            answers[at] = desks[at].post("/actions/new", data={"csrf_token": keys[at], **given}).status_code

    threads = [threading.Thread(target=record, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302, 302]
    with unscoped(session, "a test looks"):
        numbers = sorted(row.number for row in session.query(Action))
    assert len(set(numbers)) == 2, numbers
