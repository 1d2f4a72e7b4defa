"""Tables of the foundation: receipt, route, team_member, venue, den, import_row, patrol, sighting, stop, sighting_photo, sighting_reporter."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0002"
down_revision = "0001"


def _spatial_index(table, points):
    """Index ``table.geom``: SpatiaLite's r-tree, or PostGIS's gist on geometry and (for points) geography."""
    if op.get_bind().dialect.name == "sqlite":
        done = op.get_bind().exec_driver_sql(f"SELECT CreateSpatialIndex('{table}', 'geom')").scalar()
        if done != 1:
            raise RuntimeError(f"SpatiaLite made no index for {table}")
        return
    op.execute(f'CREATE INDEX idx_{table}_geom ON "{table}" USING gist (geom)')
    if points:
        op.execute(f'CREATE INDEX idx_{table}_geog ON "{table}" USING gist ((geom::geography))')


def upgrade():
    """Create the tables with their indices."""
    op.create_table(
        "receipt",
        sa.Column("entry_uid", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("device_uid", sa.String(length=36), nullable=False),
        sa.Column("device_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_receipt_person_id_person")),
        sa.PrimaryKeyConstraint("entry_uid", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_device_uid"), "receipt", ["device_uid"], unique=False)
    op.create_index(op.f("ix_receipt_person_id"), "receipt", ["person_id"], unique=False)
    op.create_index(op.f("ix_receipt_received_at"), "receipt", ["received_at"], unique=False)
    op.create_table(
        "route",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column(
            "scope_path",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("travel_minutes", sa.Double(), nullable=False),
        sa.Column("length_m", sa.Double(), nullable=False),
        sa.Column("line", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plan.id"], name=op.f("fk_route_plan_id_plan"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_route_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("uid", name=op.f("uq_route_uid")),
    )
    op.create_index(op.f("ix_route_day"), "route", ["day"], unique=False)
    op.create_index(op.f("ix_route_plan_id"), "route", ["plan_id"], unique=False)
    op.create_index(op.f("ix_route_scope_path"), "route", ["scope_path"], unique=False)
    op.create_index(op.f("ix_route_team_id"), "route", ["team_id"], unique=False)
    op.create_table(
        "team_member",
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("duty", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_team_member_person_id_person"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["team_id"], ["team.id"], name=op.f("fk_team_member_team_id_team"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("team_id", "person_id", name=op.f("pk_team_member")),
    )
    op.create_index(op.f("ix_team_member_person_id"), "team_member", ["person_id"], unique=False)
    op.create_table(
        "venue",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column(
            "scope_path",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("datum_given", sa.String(length=8), nullable=False),
        sa.Column("owner_name", sa.String(length=80), nullable=False),
        sa.Column("owner_phone", sa.String(length=30), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("opening_hours", sa.JSON(), nullable=False),
        sa.Column("service_minutes", sa.Integer(), nullable=False),
        sa.Column("revisit_interval_days", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("risk", sa.Double(), nullable=False),
        sa.Column("risk_reasons", sa.JSON(), nullable=False),
        sa.Column("last_visited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_outcome", sa.String(length=20), nullable=False),
        sa.Column("visit_count", sa.Integer(), nullable=False),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("division_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("qr_token", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=60), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("features", sa.JSON(), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["division_id"], ["division.id"], name=op.f("fk_venue_division_id_division")),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_venue_grid_id_grid")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["venue_import.id"], name=op.f("fk_venue_import_id_venue_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
        sa.UniqueConstraint("qr_token", name=op.f("uq_venue_qr_token")),
        sa.UniqueConstraint("uid", name=op.f("uq_venue_uid")),
    )
    op.create_index(op.f("ix_venue_code"), "venue", ["code"], unique=False)
    op.create_index(op.f("ix_venue_division_id"), "venue", ["division_id"], unique=False)
    op.create_index(op.f("ix_venue_external_id"), "venue", ["external_id"], unique=False)
    op.create_index(op.f("ix_venue_grid_id"), "venue", ["grid_id"], unique=False)
    op.create_index(op.f("ix_venue_import_id"), "venue", ["import_id"], unique=False)
    op.create_index(op.f("ix_venue_kind"), "venue", ["kind"], unique=False)
    op.create_index(op.f("ix_venue_last_visited_at"), "venue", ["last_visited_at"], unique=False)
    op.create_index(op.f("ix_venue_name"), "venue", ["name"], unique=False)
    op.create_index(op.f("ix_venue_risk"), "venue", ["risk"], unique=False)
    op.create_index(op.f("ix_venue_scope_path"), "venue", ["scope_path"], unique=False)
    op.create_index(op.f("ix_venue_state"), "venue", ["state"], unique=False)
    _spatial_index("venue", points=True)
    op.create_table(
        "den",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column(
            "scope_path",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("venue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("relocated_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_den_grid_id_grid")),
        sa.ForeignKeyConstraint(["relocated_from_id"], ["den.id"], name=op.f("fk_den_relocated_from_id_den")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_den_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_den")),
        sa.UniqueConstraint("uid", name=op.f("uq_den_uid")),
    )
    op.create_index(op.f("ix_den_grid_id"), "den", ["grid_id"], unique=False)
    op.create_index(op.f("ix_den_scope_path"), "den", ["scope_path"], unique=False)
    op.create_index(op.f("ix_den_state"), "den", ["state"], unique=False)
    op.create_index(op.f("ix_den_venue_id"), "den", ["venue_id"], unique=False)
    _spatial_index("den", points=True)
    op.create_table(
        "import_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("import_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("duplicate_of_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["venue.id"], name=op.f("fk_import_row_duplicate_of_id_venue")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["venue_import.id"],
            name=op.f("fk_import_row_import_id_venue_import"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_import_state", "import_row", ["import_id", "state"], unique=False)
    op.create_table(
        "patrol",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column(
            "scope_path",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("route_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("device_uid", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_patrol_person_id_person")),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_patrol_route_id_route")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_patrol_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patrol")),
        sa.UniqueConstraint("uid", name=op.f("uq_patrol_uid")),
    )
    op.create_index(op.f("ix_patrol_person_id"), "patrol", ["person_id"], unique=False)
    op.create_index(op.f("ix_patrol_route_id"), "patrol", ["route_id"], unique=False)
    op.create_index(op.f("ix_patrol_scope_path"), "patrol", ["scope_path"], unique=False)
    op.create_index(op.f("ix_patrol_started_at"), "patrol", ["started_at"], unique=False)
    op.create_index(op.f("ix_patrol_team_id"), "patrol", ["team_id"], unique=False)
    op.create_table(
        "sighting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column(
            "scope_path",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("channel", sa.String(length=12), nullable=False),
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
        sa.Column("position", sa.JSON(), nullable=False),
        sa.Column("venue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("division_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("follow_sha256", sa.String(length=64), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["division_id"], ["division.id"], name=op.f("fk_sighting_division_id_division")
        ),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_sighting_grid_id_grid")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_sighting_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
        sa.UniqueConstraint("follow_sha256", name=op.f("uq_sighting_follow_sha256")),
        sa.UniqueConstraint("uid", name=op.f("uq_sighting_uid")),
    )
    op.create_index(op.f("ix_sighting_channel"), "sighting", ["channel"], unique=False)
    op.create_index(op.f("ix_sighting_division_id"), "sighting", ["division_id"], unique=False)
    op.create_index(op.f("ix_sighting_grid_id"), "sighting", ["grid_id"], unique=False)
    op.create_index(op.f("ix_sighting_scope_path"), "sighting", ["scope_path"], unique=False)
    op.create_index("ix_sighting_scope_received", "sighting", ["scope_path", "received_at"], unique=False)
    op.create_index(op.f("ix_sighting_state"), "sighting", ["state"], unique=False)
    op.create_index(op.f("ix_sighting_venue_id"), "sighting", ["venue_id"], unique=False)
    _spatial_index("sighting", points=True)
    op.create_table(
        "stop",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("route_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("venue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("planned_arrival", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_leave", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("added_by_hand", sa.Boolean(), nullable=False),
        sa.Column("prize", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["route_id"], ["route.id"], name=op.f("fk_stop_route_id_route"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_stop_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop")),
        sa.UniqueConstraint("route_id", "venue_id", name=op.f("uq_stop_route_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_stop_uid")),
    )
    op.create_index(op.f("ix_stop_route_id"), "stop", ["route_id"], unique=False)
    op.create_index(op.f("ix_stop_venue_id"), "stop", ["venue_id"], unique=False)
    op.create_table(
        "sighting_photo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("sighting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256_original", sa.String(length=64), nullable=False),
        sa.Column("size_original", sa.Integer(), nullable=False),
        sa.Column("type_original", sa.String(length=40), nullable=False),
        sa.Column("sha256_display", sa.String(length=64), nullable=False),
        sa.Column("size_display", sa.Integer(), nullable=False),
        sa.Column("sha256_copy", sa.String(length=64), nullable=False),
        sa.Column("copy_fault", sa.String(length=40), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["sighting_id"], ["sighting.id"], name=op.f("fk_sighting_photo_sighting_id_sighting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting_photo")),
        sa.UniqueConstraint("sighting_id", "sha256_original", name=op.f("uq_sighting_photo_sighting_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_sighting_photo_uid")),
    )
    op.create_index(op.f("ix_sighting_photo_sha256_copy"), "sighting_photo", ["sha256_copy"], unique=False)
    op.create_index(
        op.f("ix_sighting_photo_sha256_display"), "sighting_photo", ["sha256_display"], unique=False
    )
    op.create_index(
        op.f("ix_sighting_photo_sha256_original"), "sighting_photo", ["sha256_original"], unique=False
    )
    op.create_index(op.f("ix_sighting_photo_sighting_id"), "sighting_photo", ["sighting_id"], unique=False)
    op.create_table(
        "sighting_reporter",
        sa.Column("sighting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("contact_sealed", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_sighting_reporter_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["sighting_id"], ["sighting.id"], name=op.f("fk_sighting_reporter_sighting_id_sighting")
        ),
        sa.PrimaryKeyConstraint("sighting_id", name=op.f("pk_sighting_reporter")),
    )
    op.create_index(op.f("ix_sighting_reporter_person_id"), "sighting_reporter", ["person_id"], unique=False)
