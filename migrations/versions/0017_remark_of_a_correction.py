"""What an officer said about a correction of a venue."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade():
    """Add one text; the edits that wait already have none."""
    op.add_column("venue_amendment", sa.Column("remark", sa.String(200), server_default="", nullable=False))
