"""What the harness may ask for: a stormy world on each engine."""

import pytest

from tests.soak.world import build_world


@pytest.fixture
def world(database, tmp_path):
    """A city in a fresh database and a data folder, with nobody connected."""
    return build_world(
        database.another(f"storm{tmp_path.name[-12:]}".lower().replace("-", "")), tmp_path / "data"
    )
