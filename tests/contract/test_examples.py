"""Every example in a docstring of the package runs and says what it says."""

import doctest
import importlib

import pytest

from tests.contract.sources import files, module_of, name_of

WITH_EXAMPLES = [path for path in files(".py", below="patrol") if "    >>> " in path.read_text("utf-8")]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=name_of)
def test_examples_in_docstrings_hold(path):
    outcome = doctest.testmod(importlib.import_module(module_of(path)))
    assert outcome.attempted > 0
    assert outcome.failed == 0
