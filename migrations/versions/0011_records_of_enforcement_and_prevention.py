"""Ledgers of enforcement and prevention, documents of records, summaries; dens with their whole life.

The table of dens is made anew: until now nothing but the demonstration could fill it, and a city of the
demonstration keeps what it had only in invented rows. A den that anybody else wrote stops the upgrade.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0011"
down_revision = "0010"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
POINT = Geometry(
    "POINT", srid=4326, dimension=2, spatial_index=False, from_text="ST_GeomFromEWKT", name="geometry"
)


def _c(name, kind, to="", null=False, ondelete=None):
    """A column; ``to`` names the table its value is a key of."""
    keys = [sa.ForeignKey(f"{to}.id", ondelete=ondelete, name="fk")] if to else []
    return sa.Column(name, kind, *keys, nullable=null)


def _table(name, *parts, index=()):
    """Create a table with the names that the models give to its keys, and its indices."""
    for column in parts:
        for key in getattr(column, "foreign_keys", ()):
            key.name = op.f(f"fk_{name}_{column.name}_{key.target_fullname.partition('.')[0]}")
    op.create_table(name, *parts)
    for column in index:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _uid_table(name, *parts, index=()):
    """Create a table whose rows have a key inside, a UUID outside, and a division."""
    _table(
        name,
        _c("id", BIG),
        _c("uid", sa.String(36)),
        _c("scope_path", PATH),
        *parts,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("uid", name=op.f(f"uq_{name}_uid")),
        index=("scope_path", *index),
    )


def _ledger(name, *parts, index=()):
    """Create the table of a ledger: what all of them have, and its own columns."""
    _uid_table(
        name,
        _c("number", sa.String(40)),
        _c("division_id", BIG, to="division"),
        *parts,
        _c("version", sa.Integer()),
        _c("invented", sa.Boolean()),
        _c("import_uid", sa.String(36)),
        _c("created_at", MOMENT),
        _c("created_by_id", BIG, null=True),
        _c("updated_at", MOMENT),
        _c("withdrawn_at", MOMENT, null=True),
        _c("withdrawn_reason", sa.String()),
        index=("number", "division_id", "withdrawn_at", *index),
    )


def _spatial_index(table):
    """Index ``table.geom``: SpatiaLite's r-tree, or PostGIS's gist on geometry and geography."""
    if op.get_bind().dialect.name == "sqlite":
        done = op.get_bind().exec_driver_sql(f"SELECT CreateSpatialIndex('{table}', 'geom')").scalar()
        if done != 1:
            raise RuntimeError(f"SpatiaLite made no index for {table}")
        return
    op.execute(f'CREATE INDEX idx_{table}_geom ON "{table}" USING gist (geom)')
    op.execute(f'CREATE INDEX idx_{table}_geog ON "{table}" USING gist ((geom::geography))')


def _drop_dens():
    """Drop the old table of dens, unless somebody wrote a real one."""
    bind = op.get_bind()
    if bind.exec_driver_sql("SELECT count(*) FROM den WHERE NOT invented").scalar():
        raise RuntimeError("the table den holds records that are not invented; they need moving by hand")
    if bind.dialect.name == "sqlite":
        if bind.exec_driver_sql("SELECT DropTable(NULL, 'den')").scalar() != 1:
            raise RuntimeError("SpatiaLite did not drop the table den")
    else:
        op.drop_table("den")


def upgrade():
    """Create the tables with their indices."""
    _drop_dens()
    _first_tables()
    _further_tables()
    for table in ("action", "den", "community", "publicity_event", "outlet"):
        _spatial_index(table)
    _store_checklist()


def _store_checklist():
    """Store the default of the community checklist (五个一); from here on it is data that managers edit."""
    items = sa.table("community_item", *(sa.column(name) for name in ("position", "zh", "en", "active")))
    lines = (
        ("一个工作班子：有领导负责、有专人落实", "One working group: somebody leads, somebody does it"),
        (
            "一本场所台账：出租房、宾馆、会议场所底数清楚",
            "One register of venues: rentals, hotels and halls are known",
        ),
        ("一处宣传阵地：固定宣传栏，定期更新", "One notice board, kept up to date"),
        (
            "一支联络队伍：楼栋有联络员，线索有人报",
            "One team of liaisons: every building has somebody who reports",
        ),
        ("一套巡查机制：定期排查、有记录、有整改", "One round of checks: regular, on record, with remedies"),
    )
    op.bulk_insert(
        items,
        [{"position": at, "zh": zh, "en": en, "active": True} for at, (zh, en) in enumerate(lines, start=1)],
    )


def _first_tables():
    _uid_table(
        "attachment",
        _c("ledger", sa.String(30)), _c("record_uid", sa.String(36)), _c("name", sa.String(160)),
        _c("caption", sa.String(160)), _c("media_type", sa.String(80)), _c("size", sa.Integer()),
        _c("sha256", sa.String(64)), _c("added_at", MOMENT), _c("added_by_id", BIG, null=True),
        index=("sha256",),
    )
    op.create_index("ix_attachment_record", "attachment", ["ledger", "record_uid"])
    _table(
        "community_item",
        sa.Column("id", sa.Integer(), primary_key=True),
        _c("position", sa.Integer()), _c("zh", sa.String(200)), _c("en", sa.String(200)),
        _c("active", sa.Boolean()),
    )
    _ledger(
        "campaign",
        _c("title", sa.String(200)), _c("begun_on", sa.Date()), _c("ended_on", sa.Date()),
        _c("areas", sa.JSON()), _c("goal", sa.String()), _c("lead", sa.String(200)),
        index=("begun_on",),
    )
    _ledger(
        "community",
        _c("title", sa.String(200)), _c("kind", sa.String(12)), _c("state", sa.String(12)),
        _c("households", sa.Integer()), _c("contact", sa.String(80)), _c("geom", POINT, null=True),
        _c("applied_on", sa.Date()), _c("creating_on", sa.Date(), null=True),
        _c("inspected_on", sa.Date(), null=True), _c("awarded_on", sa.Date(), null=True),
        _c("certificate", sa.String(40)), _c("reinspect_on", sa.Date(), null=True),
        _c("revoked_on", sa.Date(), null=True), _c("revoked_reason", sa.String(400)), _c("evidence", sa.JSON()),
        index=("applied_on", "awarded_on", "state"),
    )
    op.create_index("ix_community_scope_awarded", "community", ["scope_path", "awarded_on"])
    _ledger(
        "contact",
        _c("title", sa.String(200)), _c("agency", sa.String(80)), _c("duty", sa.String(80)),
        _c("phone", sa.String(30)), _c("since", sa.Date()),
    )
    _ledger(
        "direct_seller",
        _c("title", sa.String(200)), _c("credit_code", sa.String(18)), _c("licence", sa.String(60)),
        _c("responsible", sa.String(40)), _c("phone", sa.String(30)), _c("since", sa.Date()),
        _c("note", sa.String()),
        index=("credit_code",),
    )
    _ledger(
        "joint_meeting",
        _c("title", sa.String(200)), _c("held_on", sa.Date()), _c("chair", sa.String(80)),
        _c("present", sa.JSON()), _c("absent", sa.JSON()), _c("agenda", sa.String()),
        _c("minutes", sa.String()),
        index=("held_on",),
    )
    _ledger(
        "material_move",
        _c("title", sa.String(200)), _c("material", sa.String(12)), _c("way", sa.String(8)),
        _c("moved_on", sa.Date()), _c("count", sa.Integer()), _c("note", sa.String()),
        index=("material", "moved_on"),
    )
    _ledger(
        "open_letter",
        _c("title", sa.String(200)), _c("addressee", sa.String(12)), _c("sent_on", sa.Date()),
        _c("copies", sa.Integer()), _c("agencies", sa.JSON()), _c("text", sa.String()),
        index=("addressee", "sent_on"),
    )
    _ledger(
        "publicity_event",
        _c("title", sa.String(200)), _c("kind", sa.String(12)), _c("held_on", sa.Date()),
        _c("address", sa.String(200)), _c("geom", POINT, null=True), _c("agencies", sa.JSON()),
        _c("audience", sa.Integer()), _c("leaflets", sa.Integer()), _c("posters", sa.Integer()),
        _c("booklets", sa.Integer()), _c("banners", sa.Integer()), _c("boards", sa.Integer()),
        _c("messages", sa.Integer()), _c("note", sa.String()),
        index=("held_on", "kind"),
    )
    op.create_index("ix_publicity_event_scope_held", "publicity_event", ["scope_path", "held_on"])
    _ledger(
        "seller_count",
        _c("title", sa.String(200)), _c("counted_on", sa.Date()), _c("count", sa.Integer()),
        index=("counted_on",),
    )
    _ledger(
        "statement",
        _c("title", sa.String(200)), _c("year", sa.Integer()), _c("level", sa.String(12)),
        _c("signer", sa.String(80)), _c("receiver", sa.String(80)), _c("signed_on", sa.Date()),
        index=("signed_on", "year"),
    )
    _table(
        "campaign_target",
        sa.Column("id", BIG, primary_key=True),
        _c("campaign_id", BIG, to="campaign", ondelete="CASCADE"), _c("indicator", sa.String(40)),
        _c("division_code", sa.String(20)), _c("value", sa.Integer()),
        sa.UniqueConstraint(
            "campaign_id", "indicator", "division_code", name=op.f("uq_campaign_target_campaign_id")
        ),
        index=("campaign_id",),
    )


def _further_tables():
    _uid_table(
        "community_inspection",
        _c("community_id", BIG, to="community"), _c("inspected_on", sa.Date()), _c("seed", sa.String(64)),
        _c("households", sa.Integer()), _c("sample", sa.JSON()), _c("asked", sa.Integer()),
        _c("knew", sa.Integer()), _c("passed", sa.Boolean(), null=True), _c("inspectors", sa.String(200)),
        _c("note", sa.String()), _c("created_at", MOMENT), _c("created_by_id", BIG, null=True),
        index=("community_id",),
    )
    _ledger(
        "decision",
        _c("title", sa.String(200)), _c("meeting_id", BIG, to="joint_meeting", null=True),
        _c("decided_on", sa.Date()), _c("owner", sa.String(80)), _c("due_on", sa.Date()),
        _c("done_on", sa.Date(), null=True), _c("outcome", sa.String()),
        index=("due_on", "meeting_id"),
    )
    _ledger(
        "risk_warning",
        _c("title", sa.String(200)), _c("issued_on", sa.Date()),
        _c("company_id", BIG, to="direct_seller", null=True), _c("text", sa.String()),
        index=("company_id", "issued_on"),
    )
    _ledger(
        "seller_check",
        _c("title", sa.String(200)), _c("kind", sa.String(12)), _c("company_id", BIG, to="direct_seller"),
        _c("checked_on", sa.Date()), _c("faulty", sa.JSON()), _c("signs", sa.JSON()),
        _c("problems", sa.String()), _c("mend_by", sa.Date(), null=True), _c("mended_on", sa.Date(), null=True),
        index=("checked_on", "company_id", "kind"),
    )
    _ledger(
        "action",
        _c("title", sa.String(200)), _c("kind", sa.String(12)), _c("begun_on", sa.Date()),
        _c("ended_on", sa.Date(), null=True), _c("campaign_id", BIG, to="campaign", null=True),
        _c("venue_id", BIG, to="venue", null=True), _c("address", sa.String(200)), _c("geom", POINT, null=True),
        _c("agencies", sa.JSON()), _c("officers", sa.JSON()), _c("officers_count", sa.Integer()),
        _c("vehicles", sa.Integer()), _c("dispersed", sa.Integer()), _c("educated", sa.Integer()),
        _c("rescued", sa.Integer()), _c("identity_records", sa.Integer()), _c("measures", sa.JSON()),
        _c("approval", sa.String(12)), _c("approval_number", sa.String(60)), _c("approved_by", sa.String(40)),
        _c("approved_on", sa.Date(), null=True), _c("sealed_on", sa.Date(), null=True),
        _c("seal_extended", sa.Boolean()), _c("seal_lifted_on", sa.Date(), null=True),
        _c("handed_over", sa.Boolean()), _c("note", sa.String()),
        index=("begun_on", "campaign_id", "sealed_on", "venue_id"),
    )
    op.create_index("ix_action_scope_begun", "action", ["scope_path", "begun_on"])
    _ledger(
        "filed_meeting",
        _c("title", sa.String(200)), _c("company_id", BIG, to="direct_seller", null=True),
        _c("venue_id", BIG, to="venue", null=True), _c("address", sa.String(200)), _c("filed_on", sa.Date()),
        _c("held_on", sa.Date()), _c("begins", sa.String(5)), _c("ends", sa.String(5)),
        _c("speakers", sa.JSON()), _c("size", sa.Integer()), _c("note", sa.String()),
        index=("company_id", "filed_on", "held_on", "venue_id"),
    )
    _ledger(
        "outlet",
        _c("title", sa.String(200)), _c("company_id", BIG, to="direct_seller"), _c("kind", sa.String(12)),
        _c("venue_id", BIG, to="venue", null=True), _c("address", sa.String(200)), _c("geom", POINT, null=True),
        _c("responsible", sa.String(40)), _c("since", sa.Date()),
        index=("company_id", "venue_id"),
    )
    _ledger(
        "den",
        _c("name", sa.String(120)), _c("address", sa.String(200)), _c("venue_id", BIG, to="venue", null=True),
        _c("grid_id", BIG, to="grid", null=True), _c("geom", POINT, null=True), _c("state", sa.String(12)),
        _c("found_on", sa.Date()), _c("confirmed_on", sa.Date(), null=True),
        _c("closed_on", sa.Date(), null=True), _c("found_at", MOMENT), _c("closed_at", MOMENT, null=True),
        _c("action_id", BIG, to="action", null=True), _c("persons", sa.Integer()),
        _c("relocated_from_id", BIG, to="den", null=True), _c("note", sa.String()),
        index=("action_id", "closed_on", "found_on", "grid_id", "state", "venue_id"),
    )
    _ledger(
        "enforcement_case",
        _c("title", sa.String(200)), _c("filed_on", sa.Date()), _c("action_id", BIG, to="action", null=True),
        _c("acts", sa.JSON()), _c("joint", sa.Boolean()), _c("persons", sa.Integer()),
        _c("levels", sa.Integer()), _c("state", sa.String(12)), _c("transferred_on", sa.Date(), null=True),
        _c("transferred_to", sa.String(80)), _c("decided_on", sa.Date(), null=True), _c("fine", BIG),
        _c("note", sa.String()),
        index=("action_id", "decided_on", "filed_on", "state", "transferred_on"),
    )
    _uid_table(
        "summary",
        _c("template", sa.String(20)), _c("title", sa.String(200)), _c("division_id", BIG, to="division"),
        _c("since", sa.Date()), _c("until", sa.Date()), _c("text", sa.String()), _c("signature", sa.String(80)),
        _c("version", sa.Integer()), _c("created_at", MOMENT), _c("created_by_id", BIG, null=True),
        _c("updated_at", MOMENT),
        index=("division_id", "until"),
    )
    _uid_table(
        "summary_edition",
        _c("summary_id", BIG, to="summary"), _c("number", sa.Integer()), _c("content", sa.JSON()),
        _c("sha256", sa.String(64)), _c("frozen_at", MOMENT), _c("frozen_by_id", BIG, null=True),
        _c("frozen_by", sa.String(40)),
        sa.UniqueConstraint("summary_id", "number", name=op.f("uq_summary_edition_summary_id")),
        index=("summary_id",),
    )
