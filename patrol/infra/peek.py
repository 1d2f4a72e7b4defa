"""A glance at a database without loading the program: whether there is anything to prepare before a start.

Importing the program takes seconds; most starts find a database that is ready. Whatever cannot be told at a glance
counts as not ready, and the whole program then looks for itself. The servers check soundness by themselves.
"""

from __future__ import annotations

from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from patrol.infra.config import Settings
from patrol.infra.resources import resource


def is_at_head(settings: Settings) -> bool:
    """Say whether the database stands at the newest revision of this program."""
    wanted = resource("migrations", "head.txt").read_text().strip()
    return _glance(settings, "SELECT version_num FROM alembic_version") == wanted


def holds_a_city(settings: Settings) -> bool:
    """Say whether the database, at the newest revision, holds a division."""
    return is_at_head(settings) and _glance(settings, "SELECT 1 FROM division LIMIT 1") == 1


def _glance(settings: Settings, query: str) -> object:
    """Return the one value of a query, or ``None`` for any fault: no file, no table, no server."""
    file = settings.DATABASE_URL.removeprefix("sqlite:///")
    url = (
        f"sqlite:///file:{file}?mode=ro&uri=true" if file != settings.DATABASE_URL else settings.DATABASE_URL
    )
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text(query)).scalar_one_or_none()
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()
