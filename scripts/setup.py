"""Prepare everything `make run` and `make test` need, each step only when what it depends on changed.

Runs under the system's Python 3.11 or later with nothing but the standard library.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import node
import system_packages
from steps import ROOT, SetupError, alone, digest, once, run, speak_utf8, timed

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / ".stamps"
#: what each kind of installation contains besides itself
CONTAINS = {"runtime": ["runtime"], "test": ["runtime", "test"], "bench": ["runtime", "test", "bench"]}
OWN_TESTS = r"[\\/](tests?|_?testing)[\\/]"
SHIPPED_FOLDERS = ("static/dist", "templates", "geodata", "migrations")


def main() -> None:
    """Do every step that is due and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extra", choices=["runtime", "test", "bench"], default="runtime")
    extra = parser.parse_args().extra
    speak_utf8()
    if sys.version_info < (3, 11):  # noqa: UP036  (whoever starts this may have an older one)
        sys.exit("Patrol needs Python 3.11 or later / 需要 Python 3.11 或更高版本: make PYTHON=python3.11 …")
    started = time.monotonic()
    try:
        with alone():
            prepare(extra)
    except SetupError as error:
        sys.exit(f"\n{error}")
    print(f"  ready in {time.monotonic() - started:.1f} s", flush=True)


def prepare(extra: str) -> None:
    """Bring system packages, environment, front end and translations up to date."""
    packages = system_packages.missing(for_tests=extra != "runtime")
    if packages:
        timed(f"apt: {' '.join(packages)}", lambda: system_packages.install(packages))
    if not venv_is_sound():
        timed("virtual environment", make_venv)
    install_requirements(extra)
    install_package()
    with ThreadPoolExecutor() as pool:
        planner = pool.submit(compile_planner)  # on the other core
        node.install_modules(PYTHON)
        node.build(PYTHON)
        compile_translations()
        planner.result()


def venv_is_sound() -> bool:
    """Say whether .venv is there, runs, is new enough, and was made for this very folder."""
    pip = VENV / "bin" / "pip"
    if not PYTHON.exists() or not pip.exists():
        return False
    shebang = pip.read_bytes().splitlines()[0].decode(errors="replace")
    if str(VENV) not in shebang:
        return False
    code = "import sys; sys.exit(not (sys.version_info >= (3, 11) and sys.prefix != sys.base_prefix))"
    return subprocess.run([PYTHON, "-c", code], capture_output=True, check=False).returncode == 0


def make_venv() -> None:
    """Make .venv anew; in a shell without ensurepip the package list has already asked for it."""
    run(sys.executable, "-m", "venv", "--clear", VENV)


def interpreter() -> str:
    """Name the environment's own Python, whose wheels are only good for it."""
    said = (VENV / "pyvenv.cfg").read_text().splitlines()
    return next((line.partition("=")[2].strip() for line in said if line.startswith("version")), "")


def install_requirements(extra: str) -> None:
    """Install the pinned requirements of ``extra``, each checked against its hashes.

    The lock is complete, so nothing is resolved: resolving, older pips take a newer release for a
    requirement with extras (``pydantic[email]``) and then refuse it for having no hash.
    """
    listed = ROOT / "requirements" / f"{extra}.txt"

    def install() -> None:
        install_side_by_side(listed)
        compile_packages()
        for name in CONTAINS[extra]:
            (STAMPS / f"requirements-{name}").parent.mkdir(parents=True, exist_ok=True)
            (STAMPS / f"requirements-{name}").write_text(_requirements_digest(name) + "\n")

    stamp = STAMPS / f"requirements-{extra}"
    if stamp.exists() and _lost_packages(stamp):
        stamp.unlink()
    once(f"Python packages ({extra})", stamp, _requirements_digest(extra), install)
    _inventory(stamp).write_text("\n".join(sorted(_packages())) + "\n")


def install_side_by_side(listed: Path) -> None:
    """Let two pips install every other requirement each: nothing is resolved, and one alone leaves a core idle."""
    pinned = re.findall(r"^[^\s#].*(?:\n[ \t].*)*", listed.read_text(), re.M)
    with tempfile.TemporaryDirectory() as folder:
        halves = [Path(folder) / f"half-{number}.txt" for number in (0, 1)]
        for number, half in enumerate(halves):
            half.write_text("\n".join(pinned[number::2]) + "\n")
        pip = (PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
               "--no-compile", "--no-deps", "--require-hashes", "-r")  # fmt: skip
        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(run, *pip, half) for half in halves]:
                done.result()


def compile_packages() -> None:
    """Compile what was installed on every core, which pip does on one; nobody runs the packages' own tests."""
    how = ["-qq", "-j", "0", "-x", OWN_TESTS]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    # Templates that are no Python lie among them: they make its exit code 1 and hurt nobody.
    subprocess.run([PYTHON, "-m", "compileall", *how, VENV / "lib"], check=False, **quiet)


def _inventory(stamp: Path) -> Path:
    return stamp.with_name(f"{stamp.name}.packages")


def _packages() -> set[str]:
    return {found.name for found in VENV.glob("lib/python*/site-packages/*.dist-info")}


def _lost_packages(stamp: Path) -> set[str]:
    """Return what was there when the stamp was set and is there no more, whoever took it out."""
    inventory = _inventory(stamp)
    return set(inventory.read_text().split()) - _packages() if inventory.exists() else set()


def _requirements_digest(name: str) -> str:
    return digest([ROOT / "requirements" / f"{name}.txt"], interpreter())


def install_package() -> None:
    """Put this very folder into the environment as the package ``patrol``, with its command."""
    for folder in SHIPPED_FOLDERS:
        (ROOT / folder).mkdir(parents=True, exist_ok=True)

    def install() -> None:
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
            "--no-build-isolation", "--no-deps", "--editable", ROOT)  # fmt: skip

    wanted = digest([ROOT / "pyproject.toml"], interpreter(), str(ROOT))
    if not (VENV / "bin" / "patrol").exists():
        (STAMPS / "package").unlink(missing_ok=True)
    once("patrol itself", STAMPS / "package", wanted, install)


def compile_translations() -> None:
    """Compile every catalogue that is newer than its compiled form."""
    catalogues = (ROOT / "patrol").glob("*/translations/*/LC_MESSAGES/*.po")
    stale = [po for po in catalogues if _older(po.with_suffix(".mo"), po)]
    if stale:
        timed(
            f"translations ({len(stale)})",
            lambda: run(PYTHON, Path(__file__).with_name("translations.py"), *stale),
        )


def compile_planner() -> None:
    """Compile the planner's search once, so that nobody's first plan waits for it."""
    sources = sorted((ROOT / "patrol" / "routes" / "planning" / "ruin").glob("*.py"))
    code = "from patrol.routes.planning.ruin import compile_ahead; compile_ahead()"
    once("planner", STAMPS / "planner", digest(sources, interpreter()), lambda: run(PYTHON, "-c", code))


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime


if __name__ == "__main__":
    main()
