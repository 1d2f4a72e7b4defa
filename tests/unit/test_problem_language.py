"""A sentence speaks one language: what it names by a label is named in the reader's."""

import datetime as dt
import re

import pytest

from patrol.clues.domain import Doing, MoveKind, check_move
from patrol.core.errors import Faults, PatrolError
from patrol.enforcement.domain import judge_den
from patrol.enforcement.records import ACTIONS
from patrol.ledgers import domain
from patrol.prevention.domain import judge_community


def faults_of(judge, *given):
    faults = Faults()
    judge(*given, faults)
    return faults.found


def read(name, text):
    field, faults = ACTIONS.field(name), Faults()
    domain.read_plain(field, text, faults, dt.date(2026, 8, 1))
    return faults.found


def moves(state, kind, **more):
    with pytest.raises(PatrolError) as told:
        check_move(state, Doing(kind, by=1, **more))
    return told.value.faults


@pytest.mark.parametrize(
    ("faults", "zh", "en"),
    [
        (moves("received", MoveKind.REFUSE), "执行“不予受理”须填写原因。", "“Do not accept” needs a reason in words."),
        (moves("closed", MoveKind.CLOSE), "“已结案”状态下不能执行“结案”", "“Close” does not follow on “Closed”"),
        (read("officers_count", "-3"), "出动人次：“-3”不是", "Officers: “-3” is not a whole number"),
        (read("kind", "其他"), "不在可选范围内（计划行动、", "is not one of: Planned"),
        (faults_of(judge_den, {"state": "closed"}), "“已取缔”", "“Closed”"),
        (faults_of(judge_community, {"state": "awarded"}), "“已命名”", "“Awarded”"),
    ],
)  # fmt: skip
def test_no_sentence_mixes_its_languages(faults, zh, en):
    for fault in faults:
        said = fault.sentence("en")
        assert not re.search("[一-龥]", said.replace("其他", "")), said
        assert not re.search("[A-Za-z]{3,}", fault.sentence("zh"))
    assert any(zh in fault.sentence("zh") for fault in faults), [f.sentence("zh") for f in faults]
    assert any(en in fault.sentence("en") for fault in faults), [f.sentence("en") for f in faults]
