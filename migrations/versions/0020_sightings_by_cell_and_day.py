"""Sightings by cell, day and kind, kept by triggers in the transaction that records them; apart from findings."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

#: cells are squares of 1/2000 degree; the shift keeps numbers above nought, where both engines round alike
SQLITE_CELL = "(CAST({axis}({row}.geom) * 2000 + 400000 AS INTEGER) - 400000)"
POSTGRES_CELL = "(floor({axis}({row}.geom) * 2000)::int)"
SQLITE_DAY = "((CAST(strftime('%s', {row}.received_at) AS INTEGER) + 28800) / 86400)"
POSTGRES_DAY = "(floor((extract(epoch FROM {row}.received_at) + 28800) / 86400)::int)"
KEY = "scope_path, day, cell_x, cell_y, grid_id, kind"


def upgrade():
    """Create the table, fill it from what is there, and keep it by triggers from here on."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    path = sa.String(160) if sqlite else sa.String(160, collation="C")
    op.create_table(
        "sighting_day",
        sa.Column("scope_path", path, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("cell_x", sa.Integer(), nullable=False),
        sa.Column("cell_y", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("sightings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*KEY.split(", "), name=op.f("pk_sighting_day")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sighting_day_scope_path"), "sighting_day", ["scope_path"])
    op.execute(_added("sighting AS t", "t", "1", sqlite))
    (_sqlite_triggers if sqlite else _postgres_triggers)()


def _added(source, row, number, sqlite):
    """Spell the statement that adds ``number`` for each row of ``source`` that has a place."""
    cell, day = (SQLITE_CELL, SQLITE_DAY) if sqlite else (POSTGRES_CELL, POSTGRES_DAY)
    x, y = (cell.format(row=row, axis=axis) for axis in ("ST_X", "ST_Y"))
    return (
        f"INSERT INTO sighting_day ({KEY}, sightings) "
        f"SELECT {row}.scope_path, {day.format(row=row)}, {x}, {y}, coalesce({row}.grid_id, 0), {row}.kind, "
        f"sum({number}) FROM {source} WHERE {row}.geom IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6 "
        f"ORDER BY 1, 2, 3, 4, 5, 6 "
        f"ON CONFLICT ({KEY}) DO UPDATE SET sightings = sighting_day.sightings + excluded.sightings"
    )


def _sqlite_triggers():
    def change(row, number):
        x, y = (SQLITE_CELL.format(row=row, axis=axis) for axis in ("ST_X", "ST_Y"))
        return (
            f"INSERT INTO sighting_day ({KEY}, sightings) SELECT {row}.scope_path, {SQLITE_DAY.format(row=row)}, "
            f"{x}, {y}, coalesce({row}.grid_id, 0), {row}.kind, {number} WHERE {row}.geom IS NOT NULL "
            f"ON CONFLICT ({KEY}) DO UPDATE SET sightings = sightings + excluded.sightings;"
        )

    for event, body in (
        ("INSERT", change("NEW", "1")),
        ("DELETE", change("OLD", "-1")),
        ("UPDATE OF scope_path, received_at, geom, grid_id, kind", change("OLD", "-1") + change("NEW", "1")),
    ):
        name = f"sighting_day_{event.split()[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON sighting BEGIN {body} END")


def _postgres_triggers():
    fresh = _added("added AS t", "t", "1", sqlite=False)
    gone = _added("removed AS t", "t", "-1", sqlite=False)
    for event, body, tables in (
        ("INSERT", fresh, "NEW TABLE AS added"),
        ("DELETE", gone, "OLD TABLE AS removed"),
        ("UPDATE", f"{gone}; {fresh}", "OLD TABLE AS removed NEW TABLE AS added"),
    ):
        name = f"sighting_day_{event.lower()}"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$body$ BEGIN {body}; RETURN NULL; END $body$"
        )
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON sighting REFERENCING {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
        )
