"""An index of visits by time: the newest visits and the last month of a whole city are read without the years before."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade():
    """Add the index; SQLite learns by the next statistics when to take it."""
    op.create_index("ix_visit_arrived_scope", "visit", ["arrived_at", "scope_path"], if_not_exists=True)
