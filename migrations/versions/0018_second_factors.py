"""Second factors of people who open the guarded register, and their recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def _person(name):
    return sa.Column(
        "person_id",
        BIG,
        sa.ForeignKey("person.id", name=op.f(f"fk_{name}_person_id_person"), ondelete="CASCADE"),
        nullable=False,
    )


def upgrade():
    """Create both tables; nobody has a second factor yet."""
    op.create_table(
        "second_factor",
        _person("second_factor"),
        sa.Column("person_uid", sa.String(36), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_counter", BIG, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "recovery_code",
        _person("recovery_code"),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("person_id", "sha256", name=op.f("pk_recovery_code")),
    )
