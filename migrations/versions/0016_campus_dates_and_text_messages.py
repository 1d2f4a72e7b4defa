"""The campus calendar, and text messages with their sealed telephones."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0016"
down_revision = "0015"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
POINT = Geometry(
    "POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
)


def _ledger(name, day, *parts, index=()):
    """Create the table of a ledger: what all of them have, and its own columns."""
    op.create_table(
        name,
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("scope_path", PATH, nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column(
            "division_id",
            BIG,
            sa.ForeignKey("division.id", name=op.f(f"fk_{name}_division_id_division")),
            nullable=False,
        ),
        *parts,
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("import_uid", sa.String(36), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", BIG, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
    )
    for column in ("scope_path", "number", "division_id", "withdrawn_at", day, *index):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _spatial_index(table):
    """Index ``table.geom``: SpatiaLite's r-tree, or PostGIS's gist on geometry and geography."""
    if op.get_bind().dialect.name == "sqlite":
        done = op.get_bind().exec_driver_sql(f"SELECT CreateSpatialIndex('{table}', 'geom')").scalar()
        if done != 1:
            raise RuntimeError(f"SpatiaLite made no index for {table}")
        return
    op.execute(f'CREATE INDEX idx_{table}_geom ON "{table}" USING gist (geom)')
    op.execute(f'CREATE INDEX idx_{table}_geog ON "{table}" USING gist ((geom::geography))')


def upgrade():
    """Create both tables; nothing else changes."""
    _ledger(
        "campus_date",
        "begins_on",
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("school", sa.String(120), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("students", sa.Integer(), nullable=False),
        sa.Column("geom", POINT, nullable=True),
        sa.Column("contact", sa.String(80), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        index=("kind",),
    )
    _ledger(
        "text_message",
        "written_on",
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("audience", sa.String(80), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.String(), nullable=False),
        sa.Column("last_sent_at", MOMENT, nullable=True),
    )
    _spatial_index("campus_date")
