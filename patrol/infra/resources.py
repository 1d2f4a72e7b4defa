"""Where templates, built files and shipped data lie: in the repository, or inside the wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_BUNDLE = _PACKAGE / "_bundle"


def resource_root() -> Path:
    """Return the folder that holds ``templates``, ``static``, ``geodata`` and ``migrations``."""
    return _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parent


def resource(*parts: str) -> Path:
    """Return the path of a shipped file or folder, e.g. ``resource("geodata", "manifest.toml")``."""
    return resource_root().joinpath(*parts)
