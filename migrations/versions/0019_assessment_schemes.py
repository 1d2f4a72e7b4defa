"""Schemes by which districts are assessed, each version a row."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    """Create the table; nothing else changes."""
    name = "assessment_scheme"
    op.create_table(
        name,
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("scope_path", PATH, nullable=False),
        sa.Column("family", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("division_id", BIG, sa.ForeignKey("division.id", name=op.f(f"fk_{name}_division_id_division")),
                  nullable=False),
        sa.Column("units", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by_id", BIG, nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.Column("published_by", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sa.UniqueConstraint("family", "number", name=op.f(f"uq_{name}_family")),
    )
    for column in ("scope_path", "division_id", "state"):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])
