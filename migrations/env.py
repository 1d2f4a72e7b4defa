"""Alembic's environment: one transaction a migration, spatial types understood, both engines."""

from alembic import context
from geoalchemy2 import alembic_helpers

from patrol.infra.db.base import UtcDateTime, db

OWN = set(db.metadata.tables) | {"alembic_version"}


def include_object(obj, name, kind, reflected, compare_to):
    """Leave out SpatiaLite's and PostGIS's own tables, and the indices we write by hand."""
    if kind == "table":
        return name in OWN
    if kind == "index" and name and name.startswith("idx_") and name.endswith(("_geom", "_geog")):
        return False
    return alembic_helpers.include_object(obj, name, kind, reflected, compare_to)


def compare_type(ctx, inspected_column, metadata_column, inspected_type, metadata_type):
    """Geometry is asserted by :func:`patrol.infra.spatial.assert_sound` instead."""
    return False if metadata_column.name == "geom" else None


def render_item(kind, obj, autogen_context):
    """Render our instants as what they are in the database."""
    if kind == "type" and isinstance(obj, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return alembic_helpers.render_item(kind, obj, autogen_context)


def run(connection):
    """Run migrations on one connection."""
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_object=include_object,
        render_item=render_item,
        compare_type=compare_type,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with context.config.attributes["engine"].connect() as opened:
        run(opened)
