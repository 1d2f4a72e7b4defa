"""The index of visits by grid also holds the area, so that SQLite never reads a year's visits one by one through it."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade():
    """Make the index anew with one column more; nothing else needed the old one."""
    op.drop_index("ix_visit_grid_arrived", table_name="visit")
    op.create_index("ix_visit_grid_arrived", "visit", ["grid_id", "arrived_at", "scope_path"])
