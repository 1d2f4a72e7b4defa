"""The guarded register of persons: entries sealed field by field, and requests for lists."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def _table(name, *parts, index):
    """Create a table of one division's rows that hang on an action, with its indices."""
    op.create_table(
        name,
        sa.Column("id", BIG, nullable=False),
        sa.Column("uid", sa.String(36), nullable=False),
        sa.Column("scope_path", PATH, nullable=False),
        sa.Column("action_id", BIG, nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        sa.ForeignKeyConstraint(["action_id"], ["action.id"], name=op.f(f"fk_{name}_action_id_action")),
    )
    for column in ("scope_path", "action_id", *index):
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def upgrade():
    """Create both tables."""
    _table(
        "guarded_person",
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("identity_index", sa.String(64), nullable=False),
        sa.Column("sealed_key", sa.String(), nullable=False),
        sa.Column("sealed_name", sa.String(), nullable=False),
        sa.Column("sealed_identity", sa.String(), nullable=False),
        sa.Column("sealed_note", sa.String(), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("recorded_by_id", BIG, nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("shredded_at", MOMENT, nullable=True),
        index=("identity_index", "expires_on"),
    )
    _table(
        "list_request",
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", BIG, nullable=False),
        sa.Column("approved_at", MOMENT, nullable=True),
        sa.Column("approved_by_id", BIG, nullable=True),
        index=(),
    )
