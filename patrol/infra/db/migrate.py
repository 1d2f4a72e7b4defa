"""Alembic by the two verbs a person needs, and the assertions a start depends on."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from patrol.core.errors import PatrolError, problem
from patrol.infra import spatial
from patrol.infra.db.base import db
from patrol.infra.db.guards import assert_guarded
from patrol.infra.resources import resource

#: as many first values of an index SQLite may step over to use what stands behind them
MOST_SKIPS = 256

NOT_MIGRATED = problem(
    "db.not_migrated",
    en="The database is at revision {found}, the program needs {wanted}. Run: patrol db upgrade",
    zh="数据库版本为 {found}，程序需要 {wanted}。请运行：patrol db upgrade",
    status=500,
)

NEWER = problem(
    "db.newer",
    en="The database is at revision {found}, which this program (up to {wanted}) does not know."
    " Install the newer program, or restore a backup made with this one.",
    zh="数据库版本为 {found}，本程序（最高 {wanted}）无法识别。请安装新版程序，或恢复由本版程序制作的备份。",
    status=500,
)

NO_POSTGIS = problem(
    "db.no_postgis",
    en="The database lacks PostGIS and this account may not add it. As its administrator: CREATE EXTENSION postgis",
    zh="数据库缺少 PostGIS，且当前账号无权安装。请由数据库管理员执行：CREATE EXTENSION postgis",
    status=500,
)


def alembic_config(engine: Engine) -> Config:
    """Return Alembic's configuration for the shipped migrations on ``engine``."""
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    config.attributes["engine"] = engine
    return config


def upgrade(app: Flask, revision: str = "head") -> None:
    """Bring the database of ``app`` to ``revision``, then assert that it is sound; a newer one is refused."""
    with app.app_context():
        install_postgis(db.engine)
        _refuse_newer(db.engine)
        command.upgrade(alembic_config(db.engine), revision)
        with db.engine.connect() as connection:
            if revision == "head":
                check_database(connection)
            else:
                spatial.assert_sound(connection, spatial_tables())
        refresh_statistics(db.engine)


def _refuse_newer(engine: Engine) -> None:
    """A database of a newer program is left alone: an older one would write what it does not understand."""
    with engine.connect() as connection:
        found = current_revision(connection)
    known = {each.revision for each in ScriptDirectory.from_config(alembic_config(engine)).walk_revisions()}
    if found is not None and found not in known:
        raise PatrolError(NEWER, found=found, wanted=head_revision())


def refresh_statistics(engine: Engine, *, anew: bool = False) -> None:
    """Let SQLite look at every index that grew (``anew``: at all of them): without figures it guesses wrongly.

    Every row is looked at, because a sample of a few thousand leaves out how values are spread: a month of a whole
    city was then counted by walking the visits of all years. A million visits take about a second. PostgreSQL does
    this by itself. 0x10002 looks at all tables, whether or not this connection has used them.
    """
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA analysis_limit = 0")
        spread = connection.scalar(text("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat4'"))
        known = spread and connection.scalar(text("SELECT count(*) FROM sqlite_stat4"))
        connection.exec_driver_sql("PRAGMA optimize = 0x10002" if known and not anew else "ANALYZE")
        _forbid_long_skips(connection)
        connection.commit()


def _forbid_long_skips(connection: Connection) -> None:
    """Keep SQLite from entering an index once for each of very many first values that a query does not name.

    It takes such a walk for cheap (3,000 venues to count one month's visits: 30 ms instead of 8). ``noskipscan``
    behind the figures of an index says no (sqlite.org/fileformat2.html#stat1tab).
    """
    rows = connection.execute(text("SELECT rowid, stat FROM sqlite_stat1 WHERE idx IS NOT NULL")).all()
    for key, stat in rows:
        total, *runs = (int(word) for word in stat.split() if word.isdigit())
        if len(runs) > 1 and total > MOST_SKIPS * runs[0] and "noskipscan" not in stat:
            marked = {"stat": f"{stat} noskipscan", "key": key}
            connection.execute(text("UPDATE sqlite_stat1 SET stat = :stat WHERE rowid = :key"), marked)
    connection.exec_driver_sql("ANALYZE sqlite_schema")


def install_postgis(engine: Engine) -> None:
    """Add PostGIS to a PostgreSQL database that has none yet; raises :class:`PatrolError` when it may not be."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        if connection.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")):
            return
        try:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
            connection.commit()
        except DBAPIError as error:
            raise PatrolError(NO_POSTGIS) from error


def head_revision() -> str:
    """Return the newest shipped revision."""
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    return str(ScriptDirectory.from_config(config).get_current_head())


def current_revision(connection: Any) -> str | None:
    """Return the revision the database is at, ``None`` for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def check_database(connection: Any) -> None:
    """Raise unless the schema is at head, seals and feed have their triggers, and spatial tables are sound."""
    found, wanted = current_revision(connection), head_revision()
    if found != wanted:
        raise PatrolError(NOT_MIGRATED, found=found, wanted=wanted)
    assert_guarded(connection)
    spatial.assert_sound(connection, spatial_tables())


def spatial_tables() -> dict[str, str]:
    """Return the geometry type of every table that has a ``geom`` column."""
    return {
        name: str(getattr(table.c.geom.type, "geometry_type"))  # noqa: B009
        for name, table in db.metadata.tables.items()
        if "geom" in table.c
    }
