"""Answers are kept as long as the database is the same and there is room, and no longer."""

from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from scipy import sparse
from sqlalchemy import create_engine

from patrol.hotspots.answers import kept
from patrol.hotspots.shelf import Shelf, weight


def test_an_answer_is_kept_until_the_last_connection_is_closed():
    engine = create_engine("sqlite://")
    first = kept(("a test", "1"), object)
    assert kept(("a test", "1"), object) is first
    engine.dispose()
    assert kept(("a test", "1"), object) is not first


def test_the_shelf_holds_no_more_bytes_than_it_may_and_drops_what_was_asked_for_longest_ago():
    shelf = Shelf(most=40_000)
    made = []

    def ask(name):
        return shelf.take(name, lambda: made.append(name) or np.zeros(1500))

    for name in "abc":
        ask(name)
    ask("a")
    ask("d")
    assert shelf.held <= 40_000
    for name in "adcb":
        ask(name)
    assert made == ["a", "b", "c", "d", "b"]


def test_what_is_larger_than_the_shelf_is_made_anew_and_drives_nothing_out():
    shelf = Shelf(most=40_000)
    small = shelf.take("small", lambda: np.zeros(1000))
    large = shelf.take("large", lambda: np.zeros(10_000))
    assert shelf.take("large", lambda: np.zeros(10_000)) is not large
    assert shelf.take("small", lambda: np.zeros(1000)) is small
    shelf.clear()
    assert shelf.held == 0


@dataclass
class Record:
    near: object
    shapes: object
    names: tuple


@pytest.mark.parametrize("count", [1000, 4000])
def test_weight_counts_what_records_hold_at_any_depth_once(count):
    table = np.zeros((count, 5))
    matrix = sparse.csr_array((np.ones(count), (np.arange(count), np.arange(count))), shape=(count, count))
    squares = shapely.box(np.arange(count), 0, np.arange(count) + 1, 1)
    record = Record(
        {"columns": [table[:, 0], table[:, 1]]}, squares, tuple(f"square {n}" for n in range(count))
    )
    alone = table.nbytes
    with_shapes = alone + count * (8 + 500 + 5 * 16)
    assert with_shapes < weight(record) < with_shapes + 100 * count
    assert weight(matrix) >= matrix.data.nbytes + matrix.indices.nbytes + matrix.indptr.nbytes
