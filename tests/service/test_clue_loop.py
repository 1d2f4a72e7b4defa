"""A clue on its way: the loop, its clocks, two pairs of eyes, joining, rewards; nobody learns who reported."""

import datetime as dt
import random

import pytest
from sqlalchemy import select

from patrol.accounts.security import principal_of_person
from patrol.clues import ClueChannel, ClueIn, SightingKind
from patrol.clues.domain import MoveKind, code_hash
from patrol.clues.models import Clue, ClueReporter, ClueReward, ClueStep
from patrol.clues.queries import alike, clue_by_code, clue_by_uid, loop_figures, terms_of
from patrol.clues.services import (
    acknowledge_clue,
    answer_bureau,
    claim_reward,
    doing_of,
    link_clues,
    merge_clue,
    move_clue,
    offer_reward,
    open_clue,
    pay_reward,
    reveal_clue_reporter,
    send_words,
    set_days,
    set_terms,
    words_due,
)
from patrol.core.clock import CHINA, FixedClock
from patrol.core.errors import PatrolError
from patrol.infra.audit import AuditEntry
from patrol.infra.config import read_settings
from patrol.infra.crypto import Keyring
from patrol.infra.db import bind_principal, unscoped
from patrol.routes.domain import VisitFacts, reasons_today
from patrol.routes.weighing import weigh
from patrol.territory import Division
from tests.factories import patrols as make
from tests.factories.venues import create_person

NINE = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)  # a Monday, nine o'clock in China


class Desk:
    """A manager at work with a clock, keys and chance of their own."""

    def __init__(self, session, city, folder):
        self.session, self.city, self.clock = session, city, FixedClock(NINE)
        self.keys, self.rng = Keyring(folder), random.Random(4)
        self.sit(city.manager)

    def sit(self, person):
        self.actor = principal_of_person(person)
        bind_principal(self.session, self.actor)
        return self

    def take(self, **facts):
        given = {"channel": ClueChannel.TELEPHONE, "kind": SightingKind.LECTURE, "text": "楼上每天几十人听课"}
        given |= {"address": "一元路3号", "division_uid": self.city.east.uid, **facts}
        clue, self.code = open_clue(
            self.session, self.actor, ClueIn(**given), keys=self.keys, clock=self.clock, rng=self.rng
        )
        return clue

    def move(self, clue, kind, **given):
        doing = doing_of(clue, self.actor, MoveKind(kind), given)
        return move_clue(self.session, self.actor, clue, doing, version=clue.version, clock=self.clock)

    def to_fed_back(self, clue):
        """Bring a clue to where it waits to be checked; the manager verified and handled it."""
        self.move(clue, "accept")
        self.move(clue, "triage", agency=self.city.inspector.agency.uid)
        self.move(clue, "assign", person=self.city.inspector.uid)
        self.move(clue, "verify", verdict="true", reason="现场有二十人听课")
        self.move(clue, "handle", reason="已驱散并移交公安")
        self.move(clue, "feed_back", answer="情况属实，已依法处理。")
        return clue


@pytest.fixture
def desk(session, tmp_path):
    return Desk(session, make.create_city(session), tmp_path / "keys")


def refused(code, what, *args, **more):
    with pytest.raises(PatrolError) as caught:
        what(*args, **more)
    assert code in {fault.problem.code for fault in caught.value.faults}


def test_a_clue_goes_round_and_is_checked_by_somebody_else(desk):
    clue = desk.to_fed_back(desk.take())
    refused("clues.own_work", desk.move, clue, "check")
    colleague = desk.city.police
    with unscoped(desk.session, "a test makes a second manager"):
        colleague.roles = list(desk.city.manager.roles)
        desk.session.flush()
    desk.sit(colleague)
    desk.move(clue, "rework", reason="照片不清")
    assert (clue.state, clue.rework_count, clue.verified_by_id) == ("assigned", 1, None)
    desk.sit(desk.city.manager)
    desk.move(clue, "verify", verdict="true", reason="再次核实")
    desk.move(clue, "feed_back", answer="属实。")
    desk.sit(colleague)
    desk.move(clue, "check")
    refused("clues.needs_close_reason", desk.move, clue, "close")
    desk.move(clue, "close", close_reason="confirmed")
    assert (clue.state, clue.closed_on) == ("closed", dt.date(2026, 3, 2))
    steps = desk.session.scalars(select(ClueStep).where(ClueStep.clue_id == clue.id)).all()
    assert len(steps) == 11
    with unscoped(desk.session, "a test looks"):
        audited = [e.verb for e in desk.session.scalars(select(AuditEntry)) if e.verb.startswith("clues.")]
    assert audited == ["clues.open"] + ["clues.step"] * 11


def test_a_move_says_everything_that_is_missing_and_changes_nothing(desk):
    clue = desk.take()
    for kind, code in (
        ("triage", "clues.not_now"), ("close", "clues.not_now"), ("refuse", "clues.needs_reason"),
        ("escalate", "clues.needs_reason"),
    ):  # fmt: skip
        refused(code, desk.move, clue, kind)
    desk.move(clue, "accept")
    refused("clues.needs_agency", desk.move, clue, "triage")
    refused("clues.bad_extension", desk.move, clue, "extend", days="99", reason="x")
    refused("http.not_found", desk.move, clue, "triage", agency="00000000-0000-7000-8000-000000000000")
    assert clue.state == "accepted"
    doing = doing_of(clue, desk.actor, MoveKind.TRIAGE, {"agency": desk.city.inspector.agency.uid})
    with pytest.raises(PatrolError, match="Somebody else went on"):
        move_clue(desk.session, desk.actor, clue, doing, version=clue.version - 1, clock=desk.clock)


def test_an_officer_records_only_where_they_were_sent(desk):
    clue = desk.take()
    desk.move(clue, "accept")
    desk.move(clue, "triage", agency=desk.city.inspector.agency.uid)
    desk.move(clue, "assign", person=desk.city.inspector.uid)
    desk.sit(desk.city.police)
    refused("clues.not_yours", desk.move, clue, "verify", verdict="true", reason="x")
    desk.sit(desk.city.inspector)
    desk.move(clue, "verify", verdict="untrue", reason="未见异常")
    refused("clues.not_yours", desk.move, clue, "feed_back", answer="x")


def test_clocks_run_in_working_days_and_follow_the_bureaus_calendar(desk):
    clue = desk.take()
    assert (clue.accept_due, clue.close_due) == (dt.date(2026, 3, 3), dt.date(2026, 3, 23))
    set_days(desk.session, desk.actor, {dt.date(2026, 3, 3): False}, clock=desk.clock)
    assert (clue.accept_due, clue.close_due) == (dt.date(2026, 3, 4), dt.date(2026, 3, 24))
    desk.move(clue, "accept")
    desk.move(clue, "extend", days="5", reason="证据需补充")
    assert clue.close_due == dt.date(2026, 3, 31)
    refused("clues.bad_extension", desk.move, clue, "extend", days="5", reason="再延")
    given = {"accept_days": "2", "close_days": "x", "urgent_accept_days": "0", "urgent_close_days": "3"}
    refused("clues.bad_term", set_terms, desk.session, desk.actor, given, clock=desk.clock)
    set_terms(
        desk.session, desk.actor, {**given, "close_days": "10", "urgent_ack_minutes": "5"}, clock=desk.clock
    )
    assert terms_of(desk.session).close_days == 10
    assert clue.close_due == dt.date(2026, 3, 24)


def test_a_clock_into_an_unannounced_year_is_provisional(desk):
    desk.clock = FixedClock(dt.datetime(2030, 12, 30, 1, tzinfo=dt.UTC))
    clue = desk.take(urgent=True)
    assert clue.due_provisional
    assert clue.accept_due == dt.date(2030, 12, 30)


def test_figures_count_over_what_was_due(desk):
    late, closed = desk.take(), desk.take()
    desk.move(closed, "refuse", reason="不属管辖")
    waiting = desk.take()
    later = NINE + dt.timedelta(days=60)
    told = loop_figures(
        desk.session, since=NINE - dt.timedelta(days=1), until=later, today=dt.date(2026, 3, 2)
    )
    assert (told.received, told.due_accept, told.accepted_in_time, told.due_close, told.closed) == (
        3,
        1,
        1,
        1,
        1,
    )
    told = loop_figures(
        desk.session, since=NINE - dt.timedelta(days=1), until=later, today=dt.date(2026, 4, 30)
    )
    assert (told.due_accept, told.accepted_in_time, told.due_close, told.closed_in_time) == (3, 1, 3, 1)
    assert (told.accepted_rate, told.closed_in_time_rate, told.rework_rate) == (33.33, 33.33, 0.0)
    assert {late.number, waiting.number, closed.number} == {"2026-00001", "2026-00002", "2026-00003"}


def test_alike_clues_are_suggested_linked_and_merged(desk):
    first = desk.take(venue_uid=desk.city.venues[0].uid)
    desk.clock.advance(dt.timedelta(days=2))
    second = desk.take(venue_uid=desk.city.venues[0].uid, text="楼上每天有几十人在听课")
    other = desk.take(venue_uid=desk.city.venues[2].uid, text="会议推销保健品", address="二元路")
    found = alike(desk.session, second)
    assert found[0][0].id == first.id
    assert found[0][1].same_venue
    assert other.id not in {row.id for row, _ in found}
    link_clues(desk.session, desk.actor, second, first, clock=desk.clock)
    link_clues(desk.session, desk.actor, first, second, clock=desk.clock)
    merge_clue(desk.session, desk.actor, second, first, clock=desk.clock)
    assert (second.state, second.merged_into_id) == ("closed", first.id)
    refused("clues.ended", merge_clue, desk.session, desk.actor, second, other, clock=desk.clock)
    refused("clues.itself", merge_clue, desk.session, desk.actor, first, first, clock=desk.clock)


def test_an_accepted_clue_is_work_for_the_planner_until_it_is_verified(desk):
    venue = desk.city.venues[0]
    clue = desk.take(venue_uid=venue.uid, urgent=True)
    assert venue.wanted_by is None
    desk.move(clue, "accept")
    assert (venue.wanted_by, venue.wanted_urgent, venue.wanted_why) == (clue.close_due, True, clue.number)
    facts = VisitFacts(NINE.date(), 30, 0.1, "", venue.wanted_by, venue.wanted_urgent, venue.wanted_why)
    assert reasons_today(facts, NINE.date(), mean_risk=0.1)[0].zh == f"紧急线索{clue.number}"
    weighed = weigh(desk.city.venues, NINE.date(), CHINA).offers
    assert weighed[0].venue.id == venue.id
    assert weighed[0].prize > 30 + weighed[1].prize
    desk.move(clue, "triage", agency=desk.city.inspector.agency.uid)
    desk.move(clue, "assign", person=desk.city.inspector.uid)
    desk.move(clue, "verify", verdict="untrue", reason="未见异常")
    assert (venue.wanted_by, venue.wanted_why) == (None, "")


def test_the_reporter_is_sealed_apart_and_every_look_is_on_record(desk):
    clue = desk.take(reporter_name="王小明", reporter_contact="13812345678", reporter_way="sms")
    row = desk.session.get(ClueReporter, clue.id)
    assert "13812345678" not in row.contact_sealed
    refused(
        "clues.no_purpose",
        reveal_clue_reporter,
        desk.session,
        desk.actor,
        desk.keys,
        clue,
        " ",
        clock=desk.clock,
    )
    found = reveal_clue_reporter(desk.session, desk.actor, desk.keys, clue, "核实奖励发放", clock=desk.clock)
    assert found == ("王小明", "13812345678")
    with unscoped(desk.session, "a test looks"):
        entries = list(desk.session.scalars(select(AuditEntry)))
    assert [entry.verb for entry in entries].count("clues.see_reporter") == 1
    assert "王小明" not in repr([(entry.verb, entry.detail) for entry in entries])
    assert "王小明" not in repr(vars(clue))


def test_news_goes_by_the_way_the_reporter_chose_and_says_nothing_of_the_matter(desk, tmp_path):
    settings = read_settings({"DATA_DIR": str(tmp_path / "data")})
    silent = desk.take()
    assert words_due(desk.session, desk.keys, desk.actor, silent, MoveKind.FEED_BACK) == []
    clue = desk.take(reporter_contact="13812345678", reporter_way="sms")
    words = words_due(desk.session, desk.keys, desk.actor, clue, MoveKind.FEED_BACK)
    assert not (tmp_path / "data" / "messages.jsonl").exists()
    assert send_words(settings, words, clock=desk.clock).told == [""]
    sent = (tmp_path / "data" / "messages.jsonl").read_text()
    assert "13812345678" in sent
    assert "听课" not in sent
    assert "一元路" not in sent


def test_an_escalation_reaches_the_managers_above_and_names_those_whom_no_message_reaches(desk, tmp_path):
    settings = read_settings({"DATA_DIR": str(tmp_path / "data")})
    clue = desk.take()
    with unscoped(desk.session, "a test gives managers telephones"):
        town = desk.session.scalars(select(Division).where(Division.code == "4201")).one()
        above, silent, gone = (
            create_person(desk.session, town, phone=phone) for phone in ("13900001111", " ", "13900003333")
        )
        gone.active = False
        create_person(desk.session, desk.city.west, phone="13900002222")
        desk.city.inspector.phone = "13900004444"
        desk.city.manager.phone = "13900005555"  # escalates it: is not told what they did
        desk.session.flush()
    words = words_due(desk.session, desk.keys, desk.actor, clue, MoveKind.ESCALATE)
    told = send_words(settings, words, clock=desk.clock)
    assert told.told == [above.name]
    assert told.missed == [silent.name]
    sent = (tmp_path / "data" / "messages.jsonl").read_text()
    assert "13900001111" in sent
    assert clue.number in sent
    for kept in ("13900002222", "13900003333", "13900004444", "13900005555", "听课", "一元路"):
        assert kept not in sent


def test_whoever_has_the_code_answers_and_claims_without_being_known(desk):
    clue = desk.take()
    code = desk.code
    found = clue_by_code(desk.session, code_hash(code))
    assert found.id == clue.id
    bind_principal(desk.session, None)
    answer_bureau(desk.session, found, "他们每天早上七点来", clock=desk.clock)
    desk.sit(desk.city.manager)
    assert [m.text for m in clue_by_uid(desk.session, clue.uid).messages] == ["他们每天早上七点来"]
    refused("clues.reward_not_true", offer_reward, desk.session, desk.actor, clue, yuan=500, shares=1,
            reason="有功", clock=desk.clock)  # fmt: skip
    desk.to_fed_back(clue)
    refused("clues.reward_amount", offer_reward, desk.session, desk.actor, clue, yuan=0, shares=1, reason="",
            clock=desk.clock)  # fmt: skip
    offer_reward(desk.session, desk.actor, clue, yuan=500, shares=1, reason="有功", clock=desk.clock)
    refused("clues.reward_not_offered", pay_reward, desk.session, desk.actor, clue, clock=desk.clock)
    claim_reward(desk.session, clue, clock=desk.clock)
    claim_reward(desk.session, clue, clock=desk.clock)
    pay_reward(desk.session, desk.actor, clue, clock=desk.clock)
    assert desk.session.get(ClueReward, clue.id).state == "paid"


def test_only_the_first_reporter_of_a_place_is_rewarded(desk):
    venue = desk.city.venues[0].uid
    first = desk.take(venue_uid=venue)
    desk.clock.advance(dt.timedelta(hours=1))
    second = desk.to_fed_back(desk.take(venue_uid=venue))
    refused("clues.reward_not_first", offer_reward, desk.session, desk.actor, second, yuan=100, shares=1,
            reason="有功", clock=desk.clock)  # fmt: skip
    desk.to_fed_back(first)
    proof = offer_reward(
        desk.session, desk.actor, first, yuan=100, shares=2, reason="有功", clock=desk.clock
    ).proof_sha256
    assert len(proof) == 64


def test_a_number_of_the_platform_comes_in_once_and_scope_holds(desk):
    desk.take(channel=ClueChannel.HOTLINE, source_number="12315-7")
    refused("clues.known_number", desk.take, channel=ClueChannel.HOTLINE, source_number="12315-7")
    refused("clues.no_division", desk.take, division_uid=desk.city.west.uid)
    refused("http.not_found", desk.take, venue_uid=desk.city.far.uid)
    with unscoped(desk.session, "a test counts"):
        assert len(desk.session.scalars(select(Clue)).all()) == 1


def test_the_first_acknowledgement_counts(desk):
    clue = desk.take(urgent=True)
    assert acknowledge_clue(desk.session, desk.actor, clue, clock=desk.clock)
    desk.sit(desk.city.inspector)
    assert not acknowledge_clue(desk.session, desk.actor, clue, clock=desk.clock)
    assert clue.acknowledged_by_id == desk.city.manager.id
