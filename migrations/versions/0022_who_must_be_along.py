"""Whom a visit to a venue needs beside the inspector."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade():
    """Nobody is needed anywhere until somebody says so."""
    op.add_column("venue", sa.Column("needs_duty", sa.String(20), nullable=False, server_default=""))
