"""What every test may ask for: the program, a database session on each engine, a web client."""

import gc
import shutil

import pytest

from scripts import translations
from tests.databases import (
    build_app,
    database,
    database_url,
    let_go,
    postgres_admin_url,
)
from tests.network import refuse_outside

__all__ = ["database", "database_url", "postgres_admin_url"]


def pytest_configure(config):
    """Close the network and compile stale catalogues before anything is imported."""
    patch = pytest.MonkeyPatch()
    refuse_outside(patch)
    config.add_cleanup(patch.undo)
    for catalogue in translations.stale_catalogues():
        translations.compile_catalogue(catalogue)


def pytest_collection_finish():
    """Spare the collector what lives as long as the run: going through all of it again and again took a quarter of it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_collection_modifyitems(items):
    """Whatever uses a database carries the mark ``db``."""
    for item in items:
        if "database" in getattr(item, "fixturenames", ()):
            item.add_marker("db")


@pytest.fixture(scope="session")
def bare_app(database, tmp_path_factory):
    """The program on this worker's database, built once for each engine. Tests ask for ``app``."""
    return build_app(database.url, tmp_path_factory.mktemp("data"), RATE_LIMITS="off", JOBS_INLINE=True)


@pytest.fixture
def app(bare_app, database):
    """The program on a freshly migrated database; what a test leaves behind is gone before the next."""
    from patrol.infra.limits import limiter

    limiter.enabled = (
        False  # one limiter serves the process: an app that another test built may have turned it on
    )
    yield bare_app
    let_go(bare_app)
    database.reset()
    empty(bare_app.config["SETTINGS"].DATA_DIR)


@pytest.fixture
def session(app):
    """The program's own database session inside an application context."""
    from patrol.infra.db import db

    with app.app_context():
        yield db.session
        db.session.rollback()


@pytest.fixture
def client(app):
    """A browser without JavaScript: cookies, forms and pages."""
    return app.test_client()


def empty(folder):
    """Remove what tests stored in the data folder; the secret stays, for the program has read it."""
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        elif entry.name != "secret.key" and not entry.name.startswith("jobs.db"):
            entry.unlink()
