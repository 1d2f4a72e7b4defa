"""What the harness may ask for: a stormy world on each engine."""

import pytest

from tests.databases import DATABASES
from tests.soak.world import build_world


def pytest_collection_modifyitems(items):
    """Pipes of processes that were killed on purpose are the harness's own litter, collected whenever Python likes."""
    for item in items:
        if "tests/soak" in item.nodeid:
            kind = next((name for name in DATABASES if name in item.name), "spatialite")
            item.add_marker(pytest.mark.xdist_group(kind))
            item.add_marker(
                pytest.mark.filterwarnings(
                    "ignore:Exception ignored in. <_io:pytest.PytestUnraisableExceptionWarning"
                )
            )


@pytest.fixture
def world(database, tmp_path):
    """A city in a fresh database and a data folder, with nobody connected."""
    return build_world(
        database.another(f"storm{tmp_path.name[-12:]}".lower().replace("-", "")), tmp_path / "data"
    )


def pytest_terminal_summary(terminalreporter):
    """Say what the storms did, also where workers ran them."""
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        for name, said in getattr(report, "user_properties", ()):
            if name == "storm" and report.when == "call":
                terminalreporter.write_line(f"storm on {said}")
