"""The examples in the docstrings of the statistics run."""

import doctest
import importlib
import pkgutil

import pytest

from patrol.hotspots import statistics

MODULES = [module.name for module in pkgutil.walk_packages(statistics.__path__, f"{statistics.__name__}.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0
