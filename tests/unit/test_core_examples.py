"""The examples in the docstrings of the core run."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["clock", "datum", "geo", "identifiers", "ids"])
def test_examples_in_docstrings_hold(name):
    outcome = doctest.testmod(importlib.import_module(f"patrol.core.{name}"))
    assert outcome.attempted > 0
    assert outcome.failed == 0
