"""Proposals of new grids and divisions, kept until somebody applies or drops them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")


def upgrade():
    """Create the table and its indices."""
    op.create_table(
        "ground_draft",
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("scope_path", PATH, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("division_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("job_uid", sa.String(36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["division_id"], ["division.id"], name=op.f("fk_ground_draft_division_id_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ground_draft")),
        sa.UniqueConstraint("uid", name=op.f("uq_ground_draft_uid")),
    )
    for column in ("division_id", "person_id", "scope_path"):
        op.create_index(op.f(f"ix_ground_draft_{column}"), "ground_draft", [column], unique=False)
