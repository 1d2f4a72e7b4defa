"""The database: one declarative base, one session, one scope guard, two engines.

SQLite with SpatiaLite is the embedded default; PostgreSQL with PostGIS the larger deployment. Everything
that differs between them is in :mod:`patrol.infra.db.engine` and :mod:`patrol.infra.spatial`.
"""

from patrol.infra.db.base import Base, BigId, UidMixin, UtcDateTime, db, utc_now
from patrol.infra.db.engine import install_database, is_sqlite
from patrol.infra.db.migrate import (
    check_database,
    current_revision,
    head_revision,
    refresh_statistics,
    upgrade,
)
from patrol.infra.db.scope import (
    NOT_FOUND,
    OUT_OF_SCOPE,
    Principal,
    Scoped,
    ScopeError,
    ScopePath,
    bind_principal,
    one_or_404,
    path_range,
    principal_of,
    unscoped,
    within,
)

__all__ = [
    "NOT_FOUND",
    "OUT_OF_SCOPE",
    "Base",
    "BigId",
    "Principal",
    "ScopeError",
    "ScopePath",
    "Scoped",
    "UidMixin",
    "UtcDateTime",
    "bind_principal",
    "check_database",
    "current_revision",
    "db",
    "head_revision",
    "install_database",
    "is_sqlite",
    "one_or_404",
    "path_range",
    "principal_of",
    "refresh_statistics",
    "unscoped",
    "upgrade",
    "utc_now",
    "within",
]
