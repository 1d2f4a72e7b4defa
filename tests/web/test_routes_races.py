"""Two managers at the same moment: one of them wins, the other is told in a sentence, nothing is half done."""

import contextlib
import threading

import pytest

from patrol.infra.audit import AuditEntry
from patrol.infra.db import db, unscoped
from patrol.infra.db.engine import is_sqlite
from patrol.routes import Plan, services
from tests.factories.routes import Branch, make_plan, token


@pytest.fixture
def desks(app):
    """Two managers who may plan for the branch, each signed in at an own desk, and two drafts of one day."""
    with app.app_context():
        branch = Branch(db.session)
        desk = branch.desk(app)
        plans = [make_plan(desk, db.session) for _ in range(2)]
        told = [(plan.uid, plan.version, plan.routes[0].stops or plan.routes[1].stops) for plan in plans]
        told = [(uid, version, stops[0].uid, stops[-1].uid) for uid, version, stops in told]
        found = [branch.desk(app), branch.desk(app, branch.manager)]
        keys = [token(client) for client in found]
        db.session.remove()
    return found, keys, told


def at_once(app, monkeypatch, service, *calls):
    """Let every call come as far as ``service`` with what it has read, then all go on together.

    SQLite lets one transaction in at a time, so there the second call comes to the gate when the first is through;
    on PostgreSQL both must have met.
    """
    gate, met = threading.Barrier(len(calls)), []
    real = getattr(services, service)

    def waiting(*given, **named):
        with contextlib.suppress(threading.BrokenBarrierError):
            met.append(gate.wait(timeout=3))
        return real(*given, **named)

    monkeypatch.setattr(f"patrol.routes.services.{service}", waiting)
    answers = [None] * len(calls)

    def go(number):
        answers[number] = calls[number]()

    threads = [threading.Thread(target=go, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert is_sqlite(app.config["SETTINGS"].DATABASE_URL) or len(met) == len(calls)
    return answers


def states(app):
    with app.app_context(), unscoped(db.session, "a test looks"):
        return {plan.uid: plan.state for plan in db.session.query(Plan).all()}


def verbs(app, verb):
    with app.app_context(), unscoped(db.session, "a test counts"):
        return db.session.query(AuditEntry).filter_by(verb=verb).count()


def publishing(client, key, plan, **form):
    uid, version = plan[:2]
    data = {"csrf_token": key, "version": version, "lead": "now", **form}
    return lambda: alone(client, f"/plans/{uid}/publish", data=data)


def alone(client, path, **named):
    """Send a form from a thread, which has no application context whose leftovers would have to go."""
    return type(client).open(client, path, method="POST", **named)


def told(app, clients, plans):
    """Return what each manager reads on the page that follows."""
    with app.app_context():
        return [
            client.get(f"/plans/{uid}").get_data(as_text=True)
            for client, (uid, *_) in zip(clients, plans, strict=True)
        ]


def test_two_plans_of_a_day_published_at_once_leave_one_published(app, desks, monkeypatch):
    clients, keys, plans = desks
    calls = [publishing(*each) for each in zip(clients, keys, plans, strict=True)]
    answers = at_once(app, monkeypatch, "publish_plan", *calls)
    assert [answer.status_code for answer in answers] == [302, 302]
    texts = told(app, clients, plans)
    assert sorted(states(app).values()) == ["planned", "published"]
    assert sum("计划已发布" in text for text in texts) == 1
    assert sum("已有一份发布的计划" in text for text in texts) == 1
    assert verbs(app, "plans.publish") == 1


def test_two_plans_that_replace_each_other_at_once_leave_one_published(app, desks, monkeypatch):
    clients, keys, plans = desks
    calls = [publishing(*each, replace="1") for each in zip(clients, keys, plans, strict=True)]
    at_once(app, monkeypatch, "publish_plan", *calls)
    texts = told(app, clients, plans)
    assert sorted(states(app).values()) == ["planned", "published"]
    assert all("计划已发布" in text or "已有一份发布的计划" in text for text in texts)


def test_one_plan_published_twice_at_once_is_published_once(app, desks, monkeypatch):
    clients, keys, plans = desks
    calls = [publishing(client, key, plans[0]) for client, key in zip(clients, keys, strict=True)]
    at_once(app, monkeypatch, "publish_plan", *calls)
    texts = told(app, clients, plans[:1] * 2)
    assert states(app)[plans[0][0]] == "published"
    late = (
        "已被他人修改",
        "只有已完成的计划才能发布",
    )  # where the second came to it when the first was through
    assert sum(any(words in text for words in late) for text in texts) == 1
    assert verbs(app, "plans.publish") == 1


def test_two_managers_who_change_a_plan_at_once_are_told_apart(app, desks, monkeypatch):
    clients, keys, plans = desks
    uid, version, first, last = plans[0]
    calls = [
        lambda client=client, key=key, stop=stop: alone(
            client,
            f"/plans/{uid}/change",
            data={"csrf_token": key, "act": "drop", "stop": stop, "version": version},
            headers={"X-Patrol": "1"},
        )
        for client, key, stop in zip(clients, keys, (first, last), strict=True)
    ]
    answers = at_once(app, monkeypatch, "rearrange", *calls)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    late = next(answer.get_json() for answer in answers if answer.status_code == 409)
    assert "已被他人修改" in late["said"]
    assert late["version"] == version + 1
    with app.app_context(), unscoped(db.session, "a test counts"):
        plan = db.session.query(Plan).filter_by(uid=uid).one()
        assert sum(len(route.stops) for route in plan.routes) == 9
    assert verbs(app, "plans.change") == 1
