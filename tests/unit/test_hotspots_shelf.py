"""Answers are kept as long as the database is the same, and no longer."""

from sqlalchemy import create_engine

from patrol.hotspots.answers import kept


def test_an_answer_is_kept_until_the_last_connection_is_closed():
    engine = create_engine("sqlite://")
    first = kept(("a test", "1"), object)
    assert kept(("a test", "1"), object) is first
    engine.dispose()
    assert kept(("a test", "1"), object) is not first
