"""What a visit is worth on the pages is the planner's documented objective, with its horizon and its priors."""

import datetime as dt
from types import SimpleNamespace

import pytest

from patrol.core.clock import CHINA
from patrol.infra.db import unscoped
from patrol.routes import Plan, situation_of
from patrol.routes.planning import DUE, Obligation, prize_of
from patrol.routes.ways import Ways
from patrol.routes.weighing import PRIORS, kept_offer, priors_for, wanted_today, weigh
from patrol.venues import Venue
from tests.factories.routes import Branch

DAY = dt.date(2026, 5, 4)


def place(number, since, *, interval=30, risk=0.1, wanted=None, urgent=False, reasons=("known",)):
    seen = None if since is None else dt.datetime.combine(DAY, dt.time(10), CHINA) - dt.timedelta(days=since)
    return SimpleNamespace(
        id=number, uid=f"v{number}", last_visited_at=seen, revisit_interval_days=interval, risk=risk,
        risk_reasons=list(reasons), last_outcome="", wanted_by=wanted, wanted_urgent=urgent, wanted_why="X1",
        service_minutes=20,
    )  # fmt: skip


def weighed(*places, **more):
    return {offer.venue.id: offer for offer in weigh(places, DAY, CHINA, **more).offers}


def test_the_worth_is_the_one_objective_and_a_place_just_seen_is_left_alone():
    late, fresh = place(1, 35), place(2, 10)
    found = weighed(late, fresh)
    assert found[1].prize == pytest.approx(
        prize_of(Obligation("v1", 30, 35, 0.1, 26), mean_risk=0.1), abs=1e-3
    )
    assert (found[2].prize, found[2].why) == (0.0, ())
    assert [reason.code for reason in found[1].why] == ["overdue"]


def test_a_clue_gains_as_its_day_comes_nearer_and_an_urgent_one_comes_before_everything():
    soon, later = place(1, 10, wanted=DAY), place(2, 10, wanted=DAY + dt.timedelta(days=6))
    urgent = place(3, 1, wanted=DAY + dt.timedelta(days=6), urgent=True)
    worst = place(4, 90, risk=0.4)
    found = weighed(soon, later, urgent, worst)
    assert found[3].prize > found[4].prize > found[2].prize
    assert found[1].prize > found[2].prize > 0
    assert found[3].why[0].zh == "紧急线索X1"


def test_the_weeks_to_come_want_some_places_today_and_say_so():
    places = [place(number, 25) for number in range(20)]
    found = weighed(*places, minutes=26 * 6)
    level = [offer for offer in found.values() if any(reason.code == "level" for reason in offer.why)]
    plain = [offer for offer in found.values() if offer not in level]
    assert 3 <= len(level) <= 6  # 20 visits within five days, six a day at most
    assert min(offer.prize for offer in level) == pytest.approx(max(offer.prize for offer in plain) + DUE)
    assert wanted_today([], 100.0) == frozenset()


def test_a_place_nobody_computed_a_risk_for_takes_the_forecast_of_its_surroundings():
    blank, known = place(1, 40, risk=0.0, reasons=()), place(2, 40, risk=0.2)
    without, given = weighed(blank, known), weighed(blank, known, priors={1: 0.4, 2: 0.9})
    assert given[1].prize > without[1].prize
    assert given[2].prize < given[1].prize  # its own risk stands, whatever the surroundings say


def test_the_program_offers_the_hotspots_forecast_to_the_planner(app, session):
    branch = Branch(session)
    assert app.extensions[PRIORS].__name__ == "place_priors"
    assert priors_for(session, DAY) == {}  # nothing was ever found
    plan = Plan(agency_id=branch.branch.agency_id, scope_path=branch.branch.scope_path, day=DAY, params={
        "shifts": [[team.uid, "09:00", "13:00"] for team in branch.teams], "weights": {"sample": 0},
    }, figures={}, seed=1, routes=[], created_by_id=branch.branch.id)  # fmt: skip
    with unscoped(session, "a test plans"):
        ids = [key for (key,) in session.query(Venue.id).order_by(Venue.id).limit(3)]
        given = situation_of(session, plan, Ways(None), CHINA, {ids[0]: 0.9, ids[1]: 0.1})
    worth = {given.venues[key].id: prize for key, prize in given.worth.items()}
    assert worth[ids[0]] > worth[ids[1]] > worth[ids[2]]


def test_a_stop_keeps_what_it_was_weighed_by_whatever_words_stand_with_it():
    words = [{"code": "drawn", "zh": "随机抽查", "en": "drawn"}, {"zh": "到期", "en": "due"}, "old words"]
    kept = kept_offer(place(1, 40), 7.5, words, frozenset({"drawn"}))
    assert (kept.prize, [reason.zh for reason in kept.why]) == (7.5, ["到期"])
