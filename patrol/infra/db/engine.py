"""How each engine is opened: extension, pragmas, immediate write transactions, one fair write lock."""

from __future__ import annotations

import fcntl
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from flask import Flask
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import make_url

from patrol.core.errors import PatrolError, problem
from patrol.infra.config import Settings
from patrol.infra.db.base import db

NO_SPATIALITE = problem(
    "db.no_spatialite",
    en="The library mod_spatialite is missing. On Debian: apt-get install libsqlite3-mod-spatialite",
    zh="缺少 mod_spatialite 库。Debian 上请执行：apt-get install libsqlite3-mod-spatialite",
    status=500,
)

_holding = threading.local()


class LockedConnection(sqlite.Connection):
    """A SQLite connection whose write transactions queue at one lock file shared by all processes.

    SQLite's own busy handler sleeps and is unfair: with four writers the slowest waited 31 times longer
    than behind this lock. The kernel releases it when a process dies.
    """

    lock_path: str = ""
    _lock: int | None = None

    def take_write_lock(self) -> None:
        """Wait for the turn to write; a second connection of the same thread is a programmer's mistake."""
        if not self.lock_path or self._lock is not None:
            return
        if getattr(_holding, "path", None) == self.lock_path:
            raise RuntimeError(
                "this thread already writes through another connection: it would wait for itself"
            )
        self._lock = os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        _holding.path = self.lock_path

    def release_write_lock(self) -> None:
        """Let the next writer go."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
            _holding.path = None

    def commit(self) -> None:
        """Commit, then release the lock."""
        try:
            super().commit()
        finally:
            if not self.in_transaction:
                self.release_write_lock()

    def rollback(self) -> None:
        """Roll back if SQLite has not already done so (a full disk), then release the lock."""
        try:
            if self.in_transaction:
                super().rollback()
        finally:
            self.release_write_lock()

    def close(self) -> None:
        """Close, never keeping the lock."""
        try:
            super().close()
        finally:
            self.release_write_lock()


def is_sqlite(url: str) -> bool:
    """Say whether a database address is SQLite's."""
    return make_url(url).get_backend_name() == "sqlite"


def install_database(app: Flask, settings: Settings) -> None:
    """Bind Flask-SQLAlchemy to the chosen engine."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.DATABASE_URL
    if is_sqlite(settings.DATABASE_URL):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            "module": sqlite,
            "connect_args": {"timeout": 30, "factory": LockedConnection, "check_same_thread": False},
        }
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 5}
    db.init_app(app)
    with app.app_context():
        engine = db.engine
        if is_sqlite(settings.DATABASE_URL):
            path = Path(make_url(settings.DATABASE_URL).database or "")
            initialise_spatial_metadata(path)
            install_sqlite_hooks(engine, f"{path}.lock")
        _drop_connections_of_the_parent_after_fork(engine)


def _drop_connections_of_the_parent_after_fork(engine: Engine) -> None:
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))


def install_sqlite_hooks(engine: Engine, lock_path: str) -> None:
    """Prepare every new connection and every transaction of a SQLite engine."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: LockedConnection, record: Any) -> None:
        connection.isolation_level = None
        connection.lock_path = lock_path
        load_spatialite(connection)
        for pragma in (
            "journal_mode=wal",
            "synchronous=full",
            "busy_timeout=30000",
            "foreign_keys=on",
            "cache_size=-65536",
            "mmap_size=268435456",
            "temp_store=memory",
        ):
            connection.execute(f"pragma {pragma}")
        _assert_pragmas(connection)

    @event.listens_for(engine, "begin")
    def on_begin(connection: Connection) -> None:
        if connection.get_execution_options().get("readonly"):
            connection.exec_driver_sql("BEGIN")
            return
        raw: Any = connection.connection.dbapi_connection
        raw.take_write_lock()
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            raw.release_write_lock()
            raise


def load_spatialite(connection: Any) -> None:
    """Load mod_spatialite into a raw connection, then forbid further extensions."""
    connection.enable_load_extension(True)
    try:
        connection.load_extension("mod_spatialite")
    except sqlite.OperationalError as error:
        raise PatrolError(NO_SPATIALITE) from error
    finally:
        connection.enable_load_extension(False)


def _assert_pragmas(connection: Any) -> None:
    """Read back what matters: a silently ignored pragma would cost durability."""
    expected = {"synchronous": 2, "journal_mode": "wal", "foreign_keys": 1}
    for name, value in expected.items():
        found = connection.execute(f"pragma {name}").fetchone()[0]
        if found != value:
            raise RuntimeError(f"SQLite answered {name}={found}, wanted {value}")


def initialise_spatial_metadata(path: Path) -> None:
    """Create SpatiaLite's own tables on a raw autocommit connection.

    Inside a transaction ``InitSpatialMetaData`` fails silently and everything after it runs without index.
    """
    if str(path) in {"", ":memory:"}:
        raise ValueError("SQLite needs a file: an in-memory database cannot be shared by processes")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        connection = sqlite.connect(str(path), timeout=30, isolation_level=None)
        try:
            connection.execute("pragma journal_mode=wal")
            load_spatialite(connection)
            if connection.execute("select CheckSpatialMetaData()").fetchone()[0] != 3:
                done = connection.execute("select InitSpatialMetaData(1)").fetchone()[0]
                if done != 1:
                    sys.stderr.write("InitSpatialMetaData answered 0\n")
                    raise RuntimeError(f"SpatiaLite could not prepare {path.name}")
        finally:
            connection.close()
    finally:
        os.close(descriptor)
