"""Which campaigns a plan serves; of earlier plans, those that weighed in them."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")


def upgrade():
    """Create the table and fill it from the figures that plans have kept."""
    op.create_table(
        "plan_campaign",
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("campaign_uid", sa.String(36), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("owner_path", PATH, nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_plan_campaign_plan_id_plan"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "campaign_uid", name=op.f("pk_plan_campaign")),
    )
    op.create_index(op.f("ix_plan_campaign_campaign_uid"), "plan_campaign", ["campaign_uid"])
    bind = op.get_bind()
    known = {row.uid: row for row in bind.execute(sa.text("SELECT uid, title, ended_on, scope_path FROM campaign"))}
    for plan_id, figures in bind.execute(sa.text("SELECT id, figures FROM plan")).all():
        weighed = (json.loads(figures) if isinstance(figures, str) else figures or {}).get("campaigns") or []
        for uid in sorted({each["uid"] for each in weighed} & set(known)):
            bind.execute(
                sa.text(
                    "INSERT INTO plan_campaign (plan_id, campaign_uid, title, ended_on, owner_path) "
                    "VALUES (:plan, :uid, :title, :ended, :path)"
                ),
                {"plan": plan_id, "uid": uid, "title": known[uid].title, "ended": known[uid].ended_on,
                 "path": known[uid].scope_path},
            )  # fmt: skip


def downgrade():
    """What weighed in a plan stays in its figures."""
    op.drop_table("plan_campaign")
