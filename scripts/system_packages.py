"""Debian packages that pip cannot bring: found by what they provide, installed through apt when missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from steps import SetupError, run

LIBRARY_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib")


def _library(name: str) -> Callable[[], bool]:
    def found() -> bool:
        return any(
            any(Path(folder).glob(pattern))
            for folder in LIBRARY_FOLDERS
            for pattern in (f"{name}.so*", f"*-linux-gnu*/{name}.so*")
        )

    return found


def _cjk_font() -> bool:
    folders = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
    return any(any(folder.rglob(f"*{name}*")) for folder in folders for name in ("CJK", "SourceHanS", "wqy-"))


def _chromium() -> bool:
    return any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))


def _postgis() -> bool:
    return any(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))


def _venv() -> bool:
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return False
    return True


#: Debian package -> how to see that what it provides is there
FOR_SERVING = {
    "python3-venv": _venv,
    "libsqlite3-mod-spatialite": _library("mod_spatialite"),
    "libpango-1.0-0": _library("libpango-1.0"),
    "libpangoft2-1.0-0": _library("libpangoft2-1.0"),
    "fonts-noto-cjk": _cjk_font,
}
FOR_TESTS = {
    "chromium": _chromium,
    "strace": lambda: shutil.which("strace") is not None,
    "postgresql-15-postgis-3": _postgis,
    "redis-server": lambda: shutil.which("redis-server") is not None,
}


def missing(for_tests: bool) -> list[str]:
    """Return the packages whose contents are not on this machine."""
    wanted = FOR_SERVING | (FOR_TESTS if for_tests else {})
    return [package for package, found in wanted.items() if not found()]


def install(packages: list[str]) -> None:
    """Install ``packages`` as root or by sudo without a question; otherwise say what to type."""
    sentence = (
        f"Please install, as an administrator / 请以管理员身份安装:  apt-get install {' '.join(packages)}"
    )
    prefix = _administrator()
    if prefix is None or not shutil.which("apt-get"):
        raise SetupError(sentence)
    command = [*prefix, "apt-get", "install", "-y", "--no-install-recommends", *packages]
    # In the single-user runlevel a package does not start its server: tests start their own.
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    try:
        run(*prefix, "apt-get", "update", "-q", **quiet)
        run(*command, **quiet)
    except SetupError as error:
        raise SetupError(f"{error}\n{sentence}") from None


def _administrator() -> list[str] | None:
    """Return the prefix that makes a command run as root, ``None`` when there is none."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    allowed = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    return ["sudo", "-n", "DEBIAN_FRONTEND=noninteractive"] if allowed else None
