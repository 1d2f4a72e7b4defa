"""Built front-end files by their logical names, from the manifest that the build wrote."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, send_from_directory
from whitenoise import WhiteNoise

from patrol.core.errors import PatrolError, problem
from patrol.infra.resources import resource

NOT_BUILT = problem(
    "assets.not_built",
    en="The front end is not built. Run: make setup",
    zh="前端尚未构建，请运行：make setup",
    status=500,
)
PREFIX = "/static/"


def dist() -> Path:
    """Return the folder of built files."""
    return resource("static", "dist")


@lru_cache(maxsize=4)
def _manifest(modified: float) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((dist() / "manifest.json").read_text())
    return loaded


def manifest() -> dict[str, Any]:
    """Return the build's manifest: logical name to file name (or to an object with ``file``)."""
    path = dist() / "manifest.json"
    if not path.exists():
        raise PatrolError(NOT_BUILT)
    return _manifest(path.stat().st_mtime)


def asset(name: str) -> str:
    """Return the URL of the built file with the logical name ``name``; raises ``ValueError`` for an unknown one."""
    entries = manifest()
    entry = entries.get("files", entries).get(name)
    if entry is None:
        raise ValueError(f"no built file is called {name}")
    return PREFIX + (entry["file"] if isinstance(entry, dict) else entry)


def asset_imports(name: str) -> list[str]:
    """Return the URLs of the chunks that a built script needs at once, so that a page can fetch them early."""
    entries = manifest()
    entry = entries.get("files", entries).get(name)
    imports = entry.get("imports", ()) if isinstance(entry, dict) else ()
    return [PREFIX + file for file in imports]


def install_assets(app: Flask) -> None:
    """Serve built files compressed and for ever cacheable; offer ``asset()`` to templates."""
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.globals["asset_imports"] = asset_imports
    if dist().is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=str(dist()),
            prefix=PREFIX.strip("/"),
            max_age=31_536_000,
            immutable_file_test=lambda path, url: True,
            autorefresh=False,
        )


def send_built(name: str) -> Response:
    """Send a built file from the site's root (service worker, manifest), always revalidated."""
    response = send_from_directory(dist(), name, max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response
