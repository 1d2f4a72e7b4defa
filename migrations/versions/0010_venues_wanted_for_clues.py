"""A venue knows by when somebody has to look at it, and for which clue."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade():
    """Add the three ordinary columns."""
    op.add_column("venue", sa.Column("wanted_by", sa.Date(), nullable=True))
    op.add_column("venue", sa.Column("wanted_urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("venue", sa.Column("wanted_why", sa.String(length=40), nullable=False, server_default=""))
