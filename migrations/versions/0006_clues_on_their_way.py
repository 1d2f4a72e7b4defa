"""Clues on their way through the bureau, contact points, terms and the working calendar."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0006"
down_revision = "0005"


def _spatial_index(table):
    """Index ``table.geom``: SpatiaLite's r-tree, or PostGIS's gist on geometry and geography."""
    if op.get_bind().dialect.name == "sqlite":
        done = op.get_bind().exec_driver_sql(f"SELECT CreateSpatialIndex('{table}', 'geom')").scalar()
        if done != 1:
            raise RuntimeError(f"SpatiaLite made no index for {table}")
        return
    op.execute(f'CREATE INDEX idx_{table}_geom ON "{table}" USING gist (geom)')
    op.execute(f'CREATE INDEX idx_{table}_geog ON "{table}" USING gist ((geom::geography))')


def upgrade():
    """Create the tables; posters are named by sightings."""
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "clue_number",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_clue_number")),
    )
    op.create_table(
        "clue_term",
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_clue_term")),
    )
    op.create_table(
        "settled_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_settled_year")),
    )
    op.create_table(
        "contact_point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column(
            "scope_path",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("telephone", sa.String(length=30), nullable=False),
        sa.Column("person_name", sa.String(length=40), nullable=False),
        sa.Column("division_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("token", sa.String(length=12), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("response_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["division_id"], ["division.id"], name=op.f("fk_contact_point_division_id_division")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_point")),
        sa.UniqueConstraint("token", name=op.f("uq_contact_point_token")),
        sa.UniqueConstraint("uid", name=op.f("uq_contact_point_uid")),
    )
    op.create_index(op.f("ix_contact_point_division_id"), "contact_point", ["division_id"], unique=False)
    op.create_index(op.f("ix_contact_point_scope_path"), "contact_point", ["scope_path"], unique=False)
    op.create_table(
        "clue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column(
            "scope_path",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("source_number", sa.String(length=60), nullable=False),
        sa.Column("source_key", sa.String(length=80), nullable=True),
        sa.Column("source_name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("seen_on", sa.String(length=40), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("venue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("division_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sighting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("close_reason", sa.String(length=20), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("verified_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("handled_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("checked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accept_due", sa.Date(), nullable=False),
        sa.Column("close_due", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("extended_days", sa.Integer(), nullable=False),
        sa.Column("rework_count", sa.Integer(), nullable=False),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("merged_into_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("follow_sha256", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["acknowledged_by_id"], ["person.id"], name=op.f("fk_clue_acknowledged_by_id_person")
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_clue_agency_id_agency")),
        sa.ForeignKeyConstraint(["checked_by_id"], ["person.id"], name=op.f("fk_clue_checked_by_id_person")),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_clue_division_id_division")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_clue_grid_id_grid")),
        sa.ForeignKeyConstraint(["handled_by_id"], ["person.id"], name=op.f("fk_clue_handled_by_id_person")),
        sa.ForeignKeyConstraint(["merged_into_id"], ["clue.id"], name=op.f("fk_clue_merged_into_id_clue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_clue_person_id_person")),
        sa.ForeignKeyConstraint(["sighting_id"], ["sighting.id"], name=op.f("fk_clue_sighting_id_sighting")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_clue_venue_id_venue")),
        sa.ForeignKeyConstraint(
            ["verified_by_id"], ["person.id"], name=op.f("fk_clue_verified_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clue")),
        sa.UniqueConstraint("follow_sha256", name=op.f("uq_clue_follow_sha256")),
        sa.UniqueConstraint("number", name=op.f("uq_clue_number")),
        sa.UniqueConstraint("sighting_id", name=op.f("uq_clue_sighting_id")),
        sa.UniqueConstraint("source_key", name=op.f("uq_clue_source_key")),
        sa.UniqueConstraint("uid", name=op.f("uq_clue_uid")),
    )
    op.create_index(op.f("ix_clue_agency_id"), "clue", ["agency_id"], unique=False)
    op.create_index(op.f("ix_clue_channel"), "clue", ["channel"], unique=False)
    op.create_index(op.f("ix_clue_close_due"), "clue", ["close_due"], unique=False)
    op.create_index(op.f("ix_clue_division_id"), "clue", ["division_id"], unique=False)
    op.create_index(op.f("ix_clue_grid_id"), "clue", ["grid_id"], unique=False)
    op.create_index(op.f("ix_clue_merged_into_id"), "clue", ["merged_into_id"], unique=False)
    op.create_index(op.f("ix_clue_person_id"), "clue", ["person_id"], unique=False)
    op.create_index(op.f("ix_clue_scope_path"), "clue", ["scope_path"], unique=False)
    op.create_index("ix_clue_scope_received", "clue", ["scope_path", "received_at"], unique=False)
    op.create_index("ix_clue_scope_state", "clue", ["scope_path", "state"], unique=False)
    op.create_index(op.f("ix_clue_urgent"), "clue", ["urgent"], unique=False)
    op.create_index(op.f("ix_clue_venue_id"), "clue", ["venue_id"], unique=False)
    op.create_table(
        "clue_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.id"], name=op.f("fk_clue_link_clue_id_clue")),
        sa.ForeignKeyConstraint(["other_id"], ["clue.id"], name=op.f("fk_clue_link_other_id_clue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clue_link")),
        sa.UniqueConstraint("clue_id", "other_id", name=op.f("uq_clue_link_clue_id")),
    )
    op.create_index(op.f("ix_clue_link_clue_id"), "clue_link", ["clue_id"], unique=False)
    op.create_index(op.f("ix_clue_link_other_id"), "clue_link", ["other_id"], unique=False)
    op.create_table(
        "clue_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_bureau", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.id"], name=op.f("fk_clue_message_clue_id_clue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_clue_message_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clue_message")),
    )
    op.create_index(op.f("ix_clue_message_clue_id"), "clue_message", ["clue_id"], unique=False)
    op.create_table(
        "clue_reporter",
        sa.Column("clue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_sealed", sa.String(), nullable=False),
        sa.Column("contact_sealed", sa.String(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.id"], name=op.f("fk_clue_reporter_clue_id_clue")),
        sa.PrimaryKeyConstraint("clue_id", name=op.f("pk_clue_reporter")),
    )
    op.create_table(
        "clue_reward",
        sa.Column("clue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        sa.Column("shares", sa.Integer(), nullable=False),
        sa.Column("proof_sha256", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.id"], name=op.f("fk_clue_reward_clue_id_clue")),
        sa.PrimaryKeyConstraint("clue_id", name=op.f("pk_clue_reward")),
    )
    op.create_table(
        "clue_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("move", sa.String(length=12), nullable=False),
        sa.Column("before", sa.String(length=12), nullable=False),
        sa.Column("after", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("public_note", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["clue_id"], ["clue.id"], name=op.f("fk_clue_step_clue_id_clue")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_clue_step_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clue_step")),
    )
    op.create_index(op.f("ix_clue_step_clue_id"), "clue_step", ["clue_id"], unique=False)
    op.add_column(
        "sighting",
        sa.Column("contact_point_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    )
    op.create_index(op.f("ix_sighting_contact_point_id"), "sighting", ["contact_point_id"], unique=False)
    _spatial_index("clue")
