"""On whose phone an urgent clue has been, and since when."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade():
    """Create the table; of earlier clues nobody knows."""
    op.create_table(
        "clue_reached",
        sa.Column(
            "clue_id", BIG, sa.ForeignKey("clue.id", name=op.f("fk_clue_reached_clue_id_clue")), nullable=False
        ),
        sa.Column(
            "person_id",
            BIG,
            sa.ForeignKey("person.id", name=op.f("fk_clue_reached_person_id_person")),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("clue_id", "person_id", name=op.f("pk_clue_reached")),
    )
