"""Past inspections in other people's words: outcome, day, and which venue is meant."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from patrol.core.errors import PatrolError
from patrol.findings.importing.rows import read_moment, read_outcome, read_past, venue_book
from patrol.patrols import Outcome
from patrol.venues import Known
from patrol.venues.domain.likeness import Entry

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
BOOK = venue_book([
    Known(1, Entry("江城宾馆", "中山大道1号", "A1"), 114.31, 30.60),
    Known(2, Entry("快捷酒店", "解放大道2号", "B2"), 114.32, 30.61),
    Known(3, Entry("快捷酒店", "建设大道3号", "B2"), 114.28, 30.61),
])  # fmt: skip


@pytest.mark.parametrize(("text", "outcome"), [
    ("未见异常", Outcome.NOTHING_FOUND), ("未发现可疑情况", Outcome.NOTHING_FOUND), ("无违法行为", Outcome.NOTHING_FOUND),
    ("合格", Outcome.NOTHING_FOUND), ("0", Outcome.NOTHING_FOUND), ("No", Outcome.NOTHING_FOUND), ("无", Outcome.NOTHING_FOUND),
    ("检查不合格", Outcome.VIOLATION), ("1", Outcome.VIOLATION), ("发现传销窝点，已查处", Outcome.VIOLATION),
    ("疑似传销", Outcome.SUSPICIOUS), ("suspicious", Outcome.SUSPICIOUS), ("敲门无人应答", Outcome.NO_ANSWER),
    ("拒不配合检查", Outcome.REFUSED), ("REFUSED", Outcome.REFUSED), ("晴", None), ("", None),
])  # fmt: skip
def test_outcomes_are_understood_and_denials_first(text, outcome):
    assert read_outcome(text) is outcome


@pytest.mark.parametrize(("text", "moment"), [
    ("2026-03-01", "2026-03-01T12:00"), ("2026/3/1 9:05", "2026-03-01T09:05"), ("2026年3月1日 14时30分", "2026-03-01T14:30"),
    ("20260301", "2026-03-01T12:00"), ("2026-03-01T08:15:00", "2026-03-01T08:15"),
])  # fmt: skip
def test_days_and_times_are_read_in_the_bureaus_zone(text, moment):
    assert read_moment(text, ZONE).isoformat() == f"{moment}:00+08:00"


@pytest.mark.parametrize(("given", "venue"), [
    ({"external_id": "A1"}, 1), ({"name": "江城 宾馆", "address": "武汉市江岸区中山大道1号"}, 1),
    ({"external_id": "B2", "name": "快捷酒店", "address": "建设大道3号"}, 3),
    ({"external_id": "B2", "lon": "114.3201", "lat": "30.61"}, 2),
    ({"name": "快捷酒店", "lon": "114.2801", "lat": "30.61"}, 3), ({"external_id": "X", "name": "江城宾馆"}, 1),
])  # fmt: skip
def test_a_venue_is_found_by_number_place_or_name(given, venue):
    assert read_past({"date": "2026-03-01", "outcome": "1", **given}, BOOK, ZONE, NOW).venue_id == venue


def test_every_fault_of_a_row_is_told_at_once():
    with pytest.raises(PatrolError) as caught:
        read_past({"date": "2027-01-01", "outcome": "晴"}, BOOK, ZONE, NOW)
    assert [fault.problem.code for fault in caught.value.faults] == [
        "findings.date_outside", "findings.outcome_unknown", "findings.venue_missing",
    ]  # fmt: skip


@pytest.mark.parametrize(("given", "zh"), [
    ({"date": "昨天"}, "“昨天”不是有效日期，请按“2026-03-01”或“2026-03-01 14:30”的形式填写。"),
    ({"date": ""}, "缺少日期。"),
    ({"date": "1980-01-01"}, "1980-01-01不可能是历史到访日期：晚于今天或早于1990年。"),
    ({"outcome": ""}, "缺少检查结果。"),
    ({"external_id": "", "name": "快捷酒店"}, "底数中有2个场所与“快捷酒店”对应，请补充编号或地址。"),
    ({"external_id": "", "name": "没有"}, "底数中没有与“没有”对应的场所，请先导入场所。"),
])  # fmt: skip
def test_each_fault_is_a_sentence_an_official_would_write(given, zh):
    with pytest.raises(PatrolError) as caught:
        read_past({"date": "2026-03-01", "outcome": "1", "external_id": "A1", **given}, BOOK, ZONE, NOW)
    assert caught.value.sentence("zh") == zh
    assert caught.value.sentence("en")
