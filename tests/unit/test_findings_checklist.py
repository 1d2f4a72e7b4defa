"""The checklist is data: complete in both languages, built on article 7, blind to where people come from."""

import json
import re

import pytest

from patrol.core.errors import PatrolError
from patrol.findings.checklist_versions import shipped
from patrol.findings.domain import Act, acts_in, answers_in_words, check_answers, items_of

VERSIONS = sorted(shipped())


@pytest.mark.parametrize("version", VERSIONS)
def test_every_word_stands_in_both_languages(version):
    checklist = shipped()[version]
    assert checklist["version"] == str(version)
    for section in checklist["sections"]:
        assert section["title_zh"]
        assert section["title_en"]
        for item in section["items"]:
            assert item["kind"] in {"yesno", "choice", "number", "text"}
            for word in (item, *item.get("options", ())):
                assert re.search(r"[\u4e00-\u9fff]", word["label_zh"])
                assert word["label_en"].isascii()
    assert all(phrase["zh"] and phrase["en"] for phrase in checklist["quick_phrases"])


@pytest.mark.parametrize("version", VERSIONS)
def test_the_three_acts_of_article_7_come_first(version):
    sections = shipped()[version]["sections"]
    assert [section["act"] for section in sections[:3]] == [act.value for act in Act]


@pytest.mark.parametrize("version", VERSIONS)
def test_nothing_asks_where_people_come_from(version):
    items = json.dumps([section["items"] for section in shipped()[version]["sections"]], ensure_ascii=False)
    for word in ("口音", "外地", "户籍", "籍贯", "车牌", "身份证", "民族", "accent", "household", "plate"):
        assert word not in items


def test_codes_are_named_once_and_after_their_section():
    checklist = shipped()[1]
    codes = [item["code"] for section in checklist["sections"] for item in section["items"]]
    assert len(codes) == len(set(codes)) == len(items_of(checklist))
    assert all(
        item["code"].startswith(section["code"] + ".")
        for section in checklist["sections"]
        for item in section["items"]
    )


def test_all_wrong_answers_are_named_at_once():
    answers = {
        "entry_fee.seen": "perhaps",
        "entry_fee.receipts": "yes",
        "entry_fee.amount": -1,
        "no.such": 1,
        "recruiting.evidence": 7,
        "owner.people_present": True,
        "place.lookout": None,
    }
    with pytest.raises(PatrolError) as refused:
        check_answers(shipped()[1], answers)
    assert [fault.where for fault in refused.value.faults] == [
        f"answers.{code}" for code in answers if code != "place.lookout"
    ]


def test_answers_are_said_in_words_and_point_to_acts():
    answers = {"entry_fee.seen": "not_seen", "team_pay.bonus_rules": True, "owner.people_present": 12}
    assert acts_in(shipped()[1], answers) == ["team_pay"]
    said = answers_in_words(shipped()[1], answers, "en")
    assert [rows for _title, rows in said][1] == [
        ("Bonus rules, grade differences or multi-level schemes explained", "Yes")
    ]
    assert answers_in_words(shipped()[1], answers, "zh")[0][1][0][1] == "未见"
