"""The index of visits by area and time also holds the venue: a year's figures are counted from it alone."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade():
    """Make the index anew with one column more; nothing else needed the old one."""
    op.drop_index("ix_visit_scope_arrived", table_name="visit")
    op.create_index("ix_visit_scope_arrived_venue", "visit", ["scope_path", "arrived_at", "venue_id"])
