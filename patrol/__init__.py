"""Patrol (网格巡查): where the next hour of patrol goes, and what came of it."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apiflask import APIFlask

__version__ = "0.1.0"

#: every room, lowest floor first; each may have ``views``, ``api`` (with a ``blueprint``) and ``work`` (jobs)
ROOMS = (
    "territory",
    "accounts",
    "venues",
    "ledgers",
    "routes",
    "patrols",
    "findings",
    "clues",
    "ground",
    "enforcement",
    "prevention",
    "hotspots",
    "reports",
    "sync",
    "evidence",
    "pwa",
)


def create_app(given: Mapping[str, object] | None = None) -> APIFlask:
    """Build the program: settings, floor 1, then every room. ``given`` goes over the environment."""
    from apiflask import APIFlask  # takes a second, which no command on files should wait for

    from patrol.accounts import every_permission, install_security, principal_of_id, principal_of_signed_in
    from patrol.infra import audit, blobs  # noqa: F401  (their tables)
    from patrol.infra.assets import install_assets
    from patrol.infra.config import read_settings
    from patrol.infra.csrf import install_csrf
    from patrol.infra.db import install_database
    from patrol.infra.http import install_http
    from patrol.infra.i18n import install_i18n
    from patrol.infra.jobs import install_jobs
    from patrol.infra.limits import install_limits
    from patrol.infra.policy import install_policy
    from patrol.infra.resources import resource

    settings = read_settings(given)
    app = APIFlask(
        "patrol",
        title="Patrol",
        version=__version__,
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        template_folder=str(resource("templates")),
        static_folder=None,  # type: ignore[arg-type]
        json_errors=False,
    )
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.SECRET_KEY,
        TESTING=settings.TESTING,
        MAX_CONTENT_LENGTH=settings.UPLOAD_MAX_BYTES,
        PROPAGATE_EXCEPTIONS=False if not settings.TESTING else None,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    modules = [load(room, part) for room in ROOMS for part in ("", "models", "work", "views", "api")]
    install_assets(app)
    install_i18n(app, settings)
    install_database(app, settings)
    install_csrf(app)
    install_security(app, settings)
    install_jobs(app, settings, principal_of_id)
    install_http(app, settings)
    install_limits(app, settings)
    for module in modules:
        for blueprint in getattr(module, "blueprints", ()):
            app.register_blueprint(blueprint)
    install_policy(app, principal_of_signed_in, every_permission())
    return app


def load(room: str, part: str) -> object | None:
    """Import ``patrol.<room>[.<part>]`` if there is such a file."""
    name = f"patrol.{room}.{part}".rstrip(".")
    if importlib.util.find_spec(name) is None:
        return None
    return importlib.import_module(name)
