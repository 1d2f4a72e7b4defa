"""An action is at as many venues as it was: they move from a column of the action to a table of their own.

The way back needs every action to be at one venue at most; where one is at several, it stops and changes nothing.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = "fk_action_venue_id_venue"


def upgrade():
    """Carry the venue of each action over as its first, then take the column away."""
    op.create_table(
        "action_venue",
        sa.Column("action_id", BIG, nullable=False),
        sa.Column("venue_id", BIG, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action_id"], ["action.id"], name=op.f("fk_action_venue_action_id_action"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_action_venue_venue_id_venue")),
        sa.PrimaryKeyConstraint("action_id", "venue_id", name=op.f("pk_action_venue")),
    )
    op.create_index(op.f("ix_action_venue_venue_id"), "action_venue", ["venue_id"])
    op.execute(
        "INSERT INTO action_venue (action_id, venue_id, position) "
        "SELECT id, venue_id, 0 FROM action WHERE venue_id IS NOT NULL"
    )
    op.drop_index(op.f("ix_action_venue_id"), table_name="action")
    if op.get_bind().dialect.name == "sqlite":
        _forget_the_key()
    op.drop_column("action", "venue_id")


def _forget_the_key():
    """Take the foreign key out of SQLite's text of the table: a column that a key names cannot be dropped.

    Rows, index and triggers of the spatial table stay as they are; making it anew would lose them without a word.
    Source: https://sqlite.org/lang_altertable.html#otheralter, "removing CHECK or FOREIGN KEY or NOT NULL constraints".
    """
    bind = op.get_bind()
    sql = bind.exec_driver_sql("SELECT sql FROM sqlite_schema WHERE name = 'action'").scalar()
    key = rf",\s*CONSTRAINT {KEY} FOREIGN KEY\s*\(venue_id\) REFERENCES venue \(id\)"
    without, found = re.subn(key, "", sql)
    if not found:  # the way back writes it at the column, and there it is dropped with it
        return
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    bind.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = ? WHERE type = 'table' AND name = 'action'", (without,)
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = RESET")


def downgrade():
    """Put the one venue of each action back into its column; raises where an action has several."""
    several = "SELECT count(*) FROM (SELECT 1 FROM action_venue GROUP BY action_id HAVING count(*) > 1) AS many"
    if count := op.get_bind().exec_driver_sql(several).scalar():
        raise RuntimeError(f"{count} actions are at several venues; one column cannot hold them")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"ALTER TABLE action ADD COLUMN venue_id INTEGER CONSTRAINT {KEY} REFERENCES venue (id)")
    else:
        op.add_column("action", sa.Column("venue_id", BIG, sa.ForeignKey("venue.id", name=op.f(KEY))))
    op.execute(
        "UPDATE action SET venue_id = (SELECT venue_id FROM action_venue WHERE action_venue.action_id = action.id)"
    )
    op.create_index(op.f("ix_action_venue_id"), "action", ["venue_id"])
    op.drop_table("action_venue")
