"""Declarative base, portable column types and the Flask-SQLAlchemy object."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any
from weakref import WeakKeyDictionary

import uuid6
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Integer, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry
from sqlalchemy.types import JSON, TypeDecorator

from patrol.core.clock import SystemClock

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def utc_now() -> dt.datetime:
    """Return the present instant; services take a clock instead, this is for column defaults only."""
    return SystemClock().now()


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware instant in UTC on both engines; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Convert to UTC; SQLite keeps it without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone was handed to the database")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Give every instant back as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


#: 64-bit on PostgreSQL; SQLite's rowid must be spelled INTEGER
BigId = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """The base of every table."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={dt.datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()},
    )


class UidMixin:
    """An integer key inside (r-trees need one), a UUIDv7 outside (URLs, phones, exports)."""

    id: Mapped[int] = mapped_column(BigId, primary_key=True, sort_order=-20)
    uid: Mapped[str] = mapped_column(
        String(36), unique=True, default=lambda: str(uuid6.uuid7()), sort_order=-19
    )


def is_uid(text: str) -> bool:
    """Say whether ``text`` is a UUID in canonical form."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


class PatrolSession(FlaskSession):
    """A session that can be told to read only, so that readers never wait for the write lock."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        """Choose the engine; ``session.info['readonly']`` picks its reading variant."""
        return reading_variant(db.engine) if self.info.get("readonly") else db.engine


_reading: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


def reading_variant(engine: Engine) -> Engine:
    """Return the one variant of ``engine`` whose transactions only read.

    A session keeps a connection for each engine object: a new variant for each query would take a new connection.
    """
    if engine not in _reading:
        _reading[engine] = engine.execution_options(readonly=True)
    return _reading[engine]


db = SQLAlchemy(model_class=Base, session_options={"class_": PatrolSession})
