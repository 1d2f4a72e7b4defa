"""Migrations are numbered without a gap, stand in one line, and head.txt names the last."""

import re

from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.contract.sources import ROOT

FOLDER = ROOT / "migrations"
NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.py")


def scripts():
    """Return Alembic's own view of the folder."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def test_migrations_are_numbered_without_gap_and_named():
    names = sorted(path.name for path in (FOLDER / "versions").glob("*.py"))
    assert all(NAME.fullmatch(name) for name in names), names
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_a_revision_is_its_number_and_follows_the_one_before():
    revisions = list(reversed(list(scripts().walk_revisions())))
    for number, revision in enumerate(revisions, start=1):
        assert revision.revision.startswith(f"{number:04}")
        assert revision.down_revision == (revisions[number - 2].revision if number > 1 else None)


def test_there_is_one_head_and_head_txt_names_it():
    assert scripts().get_heads() == [(FOLDER / "head.txt").read_text("utf-8").strip()]
