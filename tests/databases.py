"""Both databases for tests: migrated once a session, fresh for every test, never skipped.

``database_url`` is parametrised: whatever uses it, directly or through ``app``, ``session`` or ``client``,
runs once on SpatiaLite and once on PostGIS. PostgreSQL is the cluster named by PATROL_TEST_POSTGRES; when
there is none a private one is started (scripts/postgres.py) and removed at the end.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from scripts.postgres import private_cluster
from tests.kept import Kept

DATABASES = ("spatialite", "postgis")


@dataclass(frozen=True)
class TestDatabase:
    """One database of this worker: where it is, and how to put it back to freshly migrated."""

    __test__ = False
    kind: str
    url: str
    reset: Callable[[], None]
    another: Callable[[str], str]
    copy: Callable[[str, str], str]
    bare: Callable[[str], str]
    close: Callable[[], None] = lambda: None


@pytest.fixture(scope="session")
def postgres_admin_url():
    """The administrator's address of a PostgreSQL server with PostGIS."""
    with private_cluster() as url:
        yield url


@pytest.fixture(scope="session", params=DATABASES)
def database(request, tmp_path_factory):
    """The database of this worker on each engine in turn; ``another(name)`` makes a fresh one beside it,
    ``copy(name, new)`` one that holds what ``another(name)`` holds by now, ``bare(name)`` one without any table.
    """
    folder = tmp_path_factory.mktemp(request.param)
    made = (
        spatialite(folder)
        if request.param == "spatialite"
        else postgis(folder, request.getfixturevalue("postgres_admin_url"))
    )
    yield made
    made.close()


@pytest.fixture(scope="session")
def database_url(database):
    """The address of a migrated database, on each engine in turn."""
    return database.url


def spatialite(folder: Path) -> TestDatabase:
    """Migrate a file once; a reset copies it over the one in use."""
    template, used = folder / "template.db", folder / "patrol.db"
    migrate(f"sqlite:///{template}", folder / "migration")

    def copy(target: Path, source: Path = template) -> str:
        for ending in ("-wal", "-shm", "-journal"):
            Path(f"{target}{ending}").unlink(missing_ok=True)
        fresh = target.with_suffix(".fresh")
        settle(source)
        shutil.copyfile(source, fresh)
        fresh.replace(target)
        return f"sqlite:///{target}"

    url = copy(used)
    return TestDatabase(
        "spatialite",
        url,
        reset=lambda: copy(used),
        another=lambda name: copy(folder / f"{name}.db"),
        copy=lambda name, new: copy(folder / f"{new}.db", folder / f"{name}.db"),
        bare=lambda name: f"sqlite:///{folder / name}.db",
    )


def settle(file: Path) -> None:
    """Bring what lies in the journal beside a database into its file."""
    if Path(f"{file}-wal").exists():
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def postgis(folder: Path, admin_url: str) -> TestDatabase:
    """Migrate a template database once; a reset takes out what came in, or copies the template if that cannot do."""
    worker = f"patrol_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    admin = create_engine(admin_url, isolation_level="AUTOCOMMIT")

    def url_of(name: str) -> str:
        return make_url(admin_url).set(database=name).render_as_string(hide_password=False)

    def create(name: str, template: str = "template0") -> str:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        admin.dispose()
        return url_of(name)

    template = f"{worker}_template"
    migrate(create(template), folder / "migration")
    url = create(worker, template)
    kept = Kept(url)

    def reset() -> None:
        if not kept.put_back():
            create(worker, template)

    return TestDatabase(
        "postgis",
        url,
        reset=reset,
        another=lambda name: create(f"{worker}_{name}", template),
        copy=lambda name, new: create(f"{worker}_{new}", f"{worker}_{name}"),
        bare=lambda name: create(f"{worker}_{name}"),
        close=kept.close,
    )


def migrate(url: str, data_dir: Path) -> None:
    """Bring the database at ``url`` to head, by the program's own command, and let go of it."""
    from patrol.infra.db import upgrade

    app = build_app(url, data_dir)
    upgrade(app)
    let_go(app)


def build_app(url: str, data_dir: Path, **settings: object):
    """Build the program for tests on the database at ``url``."""
    from patrol import create_app

    return create_app({"DATABASE_URL": url, "DATA_DIR": str(data_dir), "TESTING": True, **settings})


def let_go(app) -> None:
    """Close every connection of ``app``, so that its database can be replaced."""
    from patrol.infra.db import db

    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()
