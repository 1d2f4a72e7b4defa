"""The most overdue venues are found without a full sort, and are the same ones."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from patrol.routes.domain.capacity import _highest


@given(st.lists(st.sampled_from([0.5, 0.7, 1.0, 1.2, math.inf]), max_size=30), st.integers(0, 32))
def test_the_most_overdue_are_found_as_a_full_stable_sort_finds_them(shares, count):
    values = np.array(shares, dtype=float)
    wanted = np.argsort(-values, kind="stable")[:count]
    assert sorted(_highest(values, count)) == sorted(wanted)
