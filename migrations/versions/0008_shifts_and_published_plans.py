"""Teams get an end, a break and a version; routes their figures; a day of a branch has one published plan."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade():
    """Add the columns, with what rows of before count as, and the index that lets one plan be published."""
    op.add_column("team", sa.Column("start_name", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("team", sa.Column("end_lon", sa.Double(), nullable=True))
    op.add_column("team", sa.Column("end_lat", sa.Double(), nullable=True))
    op.add_column("team", sa.Column("break_start", sa.String(length=5), nullable=False, server_default="12:00"))
    op.add_column("team", sa.Column("break_minutes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("team", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("route", sa.Column("figures", sa.JSON(), nullable=False, server_default="{}"))
    # Of several plans published for one day of one branch, the newest stays.
    op.execute(
        "UPDATE plan SET state = 'cancelled' WHERE state = 'published' AND id NOT IN "
        "(SELECT newest FROM (SELECT max(id) AS newest FROM plan WHERE state = 'published' "
        "GROUP BY agency_id, day) AS kept)"
    )
    published = sa.text("state = 'published'")
    op.create_index(
        "uq_plan_published",
        "plan",
        ["agency_id", "day"],
        unique=True,
        sqlite_where=published,
        postgresql_where=published,
    )
