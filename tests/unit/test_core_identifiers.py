"""Numbers that people type."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.core import identifiers as ids
from patrol.core.errors import PatrolError


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014", "11010519491231002x"])
def test_sound_identity_numbers_pass(number):
    assert ids.read_identity_number(number) == number.upper()
    assert ids.identity_region_is_known(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "core.identity_check"),
        ("110105194902300021", "core.identity_date"),
        ("1101051949123100", "core.identity_shape"),
        ("11010519491231002٣", "core.identity_shape"),
        ("", "core.identity_shape"),
    ],
)
def test_wrong_identity_numbers_say_what_is_wrong(number, code):
    with pytest.raises(PatrolError) as raised:
        ids.read_identity_number(number)
    assert raised.value.code == code


def test_an_unknown_region_only_warns():
    assert not ids.identity_region_is_known("99")


CREDIT = ["91350100M000100Y43", "9144030071526726XG", "91330100799655058B", "914403001922038216"]


@pytest.mark.parametrize("code", CREDIT)
def test_sound_credit_codes_pass_and_their_changed_last_character_fails(code):
    assert ids.read_credit_code(code.lower()) == code
    other = "0" if code[-1] != "0" else "1"
    with pytest.raises(PatrolError, match="credit_check"):
        ids.read_credit_code(code[:-1] + other)


@pytest.mark.parametrize("code", CREDIT)
def test_the_organisation_code_within_is_sound(code):
    assert ids.organisation_code_is_sound(code)
    assert not ids.organisation_code_is_sound(code[:8] + ("1" if code[8] != "1" else "2") + code[9:])


def test_letters_that_look_like_digits_are_refused_in_credit_codes():
    with pytest.raises(PatrolError, match="credit_shape"):
        ids.read_credit_code("I1350100M000100Y43")


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("13800138000", "13800138000"),
        ("+86 138 0013 8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("（027）8281-1234", "02782811234"),
        ("０２７－８２８１１２３４", "02782811234"),
        ("400-820-8820", "4008208820"),
        ("12345", "12345"),
    ],
)
def test_telephone_numbers_are_stored_as_digits(text, stored):
    assert ids.read_phone(text) == stored


@pytest.mark.parametrize("text", ["12800138000", "1380013800", "82811234", "", "+1 202 555 0100"])
def test_other_numbers_are_no_telephone(text):
    with pytest.raises(PatrolError, match="phone"):
        ids.read_phone(text)


@pytest.mark.parametrize(
    ("text", "code", "level", "parent"),
    [
        ("42", "42", "province", None),
        ("420000", "42", "province", None),
        ("420100", "4201", "prefecture", "42"),
        ("420102", "420102", "county", "4201"),
        ("420102002", "420102002", "township", "420102"),
        ("420102002000", "420102002", "township", "420102"),
        ("420102002001", "420102002001", "community", "420102002"),
    ],
)
def test_division_codes_lose_padding_and_know_their_place(text, code, level, parent):
    assert ids.read_division_code(text) == code
    assert ids.division_level(code) == level
    assert ids.division_parent(code) == parent


@pytest.mark.parametrize("text", ["4", "42010", "0201", "江岸", "4201020020", "４２x"])
def test_other_texts_are_no_division_code(text):
    with pytest.raises(PatrolError, match="division_code"):
        ids.read_division_code(text)


def test_grid_codes_have_the_length_that_was_set():
    assert ids.read_grid_code("420102 002001 001") == "420102002001001"
    with pytest.raises(PatrolError, match="15 digits"):
        ids.read_grid_code("42010200200100")
    assert ids.read_grid_code("4" * 20, lengths=(15, 20)) == "4" * 20


@given(st.integers())
def test_report_codes_survive_being_copied_by_hand(seed):
    code = ids.new_report_code(random.Random(seed))
    assert len(code) == 26
    assert ids.read_report_code(code) == code
    copied = ids.show_report_code(code).replace("0", "O").replace("1", "l")
    assert ids.read_report_code(f" {copied} ") == code


@pytest.mark.parametrize("text", ["", "u" * 26, "0" * 25, "0" * 27, "零" * 26])
def test_other_texts_are_no_report_code(text):
    with pytest.raises(PatrolError, match="report_code"):
        ids.read_report_code(text)
