"""Tables of the foundation: sighting_step, track_gap, track_point, visit, finding, photo."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0003"
down_revision = "0002"


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
        "sighting_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sighting_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("public_note", sa.String(), nullable=False),
        sa.Column("internal_note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sighting_step_person_id_person")),
        sa.ForeignKeyConstraint(
            ["sighting_id"], ["sighting.id"], name=op.f("fk_sighting_step_sighting_id_sighting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting_step")),
    )
    op.create_index(op.f("ix_sighting_step_sighting_id"), "sighting_step", ["sighting_id"], unique=False)
    op.create_table(
        "track_gap",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("patrol_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrol.id"], name=op.f("fk_track_gap_patrol_id_patrol"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_gap")),
        sa.UniqueConstraint("patrol_id", "from_at", name=op.f("uq_track_gap_patrol_id")),
    )
    op.create_table(
        "track_point",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("patrol_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["patrol_id"], ["patrol.id"], name=op.f("fk_track_point_patrol_id_patrol"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_point")),
        sa.UniqueConstraint("patrol_id", "at", name=op.f("uq_track_point_patrol_id")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column(
            "scope_path",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("venue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("patrol_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stop_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("presence", sa.JSON(), nullable=False),
        sa.Column("sampled", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_visit_grid_id_grid")),
        sa.ForeignKeyConstraint(["patrol_id"], ["patrol.id"], name=op.f("fk_visit_patrol_id_patrol")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_visit_person_id_person")),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stop.id"], name=op.f("fk_visit_stop_id_stop"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_visit_venue_id_venue")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("uid", name=op.f("uq_visit_uid")),
    )
    op.create_index("ix_visit_grid_arrived", "visit", ["grid_id", "arrived_at"], unique=False)
    op.create_index(op.f("ix_visit_patrol_id"), "visit", ["patrol_id"], unique=False)
    op.create_index(op.f("ix_visit_person_id"), "visit", ["person_id"], unique=False)
    op.create_index("ix_visit_scope_arrived", "visit", ["scope_path", "arrived_at"], unique=False)
    op.create_index(op.f("ix_visit_scope_path"), "visit", ["scope_path"], unique=False)
    op.create_index(op.f("ix_visit_stop_id"), "visit", ["stop_id"], unique=False)
    op.create_index("ix_visit_venue_arrived", "visit", ["venue_id", "arrived_at"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column(
            "scope_path",
            sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("visit_uid", sa.String(length=36), nullable=False),
        sa.Column("venue_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("grid_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("checklist_version", sa.Integer(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("acts", sa.JSON(), nullable=False),
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
        sa.Column("position", sa.JSON(), nullable=False),
        sa.Column("witness", sa.String(length=80), nullable=False),
        sa.Column("is_clue", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("device_uid", sa.String(length=36), nullable=False),
        sa.Column("clock_offset_s", sa.Double(), nullable=True),
        sa.Column("entry_sha256", sa.String(length=64), nullable=False),
        sa.Column("supersedes_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["grid_id"], ["grid.id"], name=op.f("fk_finding_grid_id_grid")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_finding_person_id_person")),
        sa.ForeignKeyConstraint(
            ["supersedes_id"], ["finding.id"], name=op.f("fk_finding_supersedes_id_finding")
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_finding_venue_id_venue")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_finding_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint("uid", name=op.f("uq_finding_uid")),
    )
    op.create_index("ix_finding_grid_found", "finding", ["grid_id", "found_at"], unique=False)
    op.create_index(op.f("ix_finding_kind"), "finding", ["kind"], unique=False)
    op.create_index(op.f("ix_finding_person_id"), "finding", ["person_id"], unique=False)
    op.create_index("ix_finding_scope_found", "finding", ["scope_path", "found_at"], unique=False)
    op.create_index(op.f("ix_finding_scope_path"), "finding", ["scope_path"], unique=False)
    op.create_index(op.f("ix_finding_supersedes_id"), "finding", ["supersedes_id"], unique=False)
    op.create_index("ix_finding_venue_found", "finding", ["venue_id", "found_at"], unique=False)
    op.create_index(op.f("ix_finding_visit_id"), "finding", ["visit_id"], unique=False)
    op.create_index(op.f("ix_finding_visit_uid"), "finding", ["visit_uid"], unique=False)
    _spatial_index("finding", points=True)
    op.create_table(
        "photo",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("finding_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256_original", sa.String(length=64), nullable=False),
        sa.Column("size_original", sa.Integer(), nullable=False),
        sa.Column("type_original", sa.String(length=40), nullable=False),
        sa.Column("sha256_display", sa.String(length=64), nullable=False),
        sa.Column("size_display", sa.Integer(), nullable=False),
        sa.Column("sha256_copy", sa.String(length=64), nullable=False),
        sa.Column("copy_fault", sa.String(length=40), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("camera_or_album", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_photo_finding_id_finding")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photo")),
        sa.UniqueConstraint("finding_id", "sha256_original", name=op.f("uq_photo_finding_id")),
        sa.UniqueConstraint("uid", name=op.f("uq_photo_uid")),
    )
    op.create_index(op.f("ix_photo_finding_id"), "photo", ["finding_id"], unique=False)
    op.create_index(op.f("ix_photo_sha256_display"), "photo", ["sha256_display"], unique=False)
    op.create_index(op.f("ix_photo_sha256_original"), "photo", ["sha256_original"], unique=False)
