"""Codes that residents copy by hand."""

import random

from hypothesis import given
from hypothesis import strategies as st

from patrol.clues.domain import code_hash, grouped, new_follow_code, read_follow_code

MESS = str.maketrans({"0": "o", "1": "i"})


@given(st.integers(min_value=0))
def test_a_code_is_read_as_people_write_it(seed):
    code = new_follow_code(random.Random(seed))
    assert len(code) == 26
    for written in (code, grouped(code), code.lower(), grouped(code).replace("-", " "), code.translate(MESS)):
        assert read_follow_code(written) == code
    assert code_hash(code) == code_hash(read_follow_code(grouped(code)))


@given(st.text(max_size=40))
def test_anything_else_is_no_code_or_a_whole_one(text):
    read = read_follow_code(text)
    assert read is None or len(read) == 26


def test_codes_carry_130_bits():
    seen = {new_follow_code(random.Random(n)) for n in range(500)}
    assert len(seen) == 500
    assert all(len({code[place] for code in seen}) == 32 for place in range(26))
