"""Pin everything anew: requirements/*.txt from pyproject.toml, package-lock.json from package.json.

Hashed, and naming no host. The npm lock is made in an empty folder: beside an installed node_modules npm
leaves out the packages of other platforms, and `npm ci` then refuses the lock.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import node

ROOT = Path(__file__).resolve().parents[1]
COMPILER = "pip-tools==7.6.2"
OPTIONS = [
    "--quiet", "--generate-hashes", "--strip-extras", "--allow-unsafe", "--no-header", "--no-annotate",
    "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host",
]  # fmt: skip
SOURCES = ["pyproject.toml", "requirements/oldest-python.in"]
#: file -> extras it holds; each is compiled within the bounds of the one before
LOCKS = {"runtime": ["build"], "test": ["build", "test"], "bench": ["build", "test", "bench"]}


def main() -> None:
    """Compile the three Python files in turn (words given go to pip-compile), then npm's."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", COMPILER], check=True)
    before: Path | None = None
    for name, extras in LOCKS.items():
        target = ROOT / "requirements" / f"{name}.txt"
        chosen = [word for extra in extras for word in ("--extra", extra)]
        bounds = ["-c", str(before)] if before else []
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *chosen, *bounds, *sys.argv[1:]]
        subprocess.run([*command, "-o", str(target), *SOURCES], cwd=ROOT, check=True)
        print(f"requirements/{name}.txt: {target.read_text().count('==')} packages")
        before = target
    lock_npm()


def lock_npm() -> None:
    """Resolve package.json in an empty folder, then let `npm ci` itself judge the lock."""
    npm = node.npm(Path(sys.executable))
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", ".npmrc"):
            shutil.copy(ROOT / name, folder)
        subprocess.run([*npm, "install", "--package-lock-only", *quiet], cwd=folder, check=True)
        subprocess.run([*npm, "ci", "--dry-run", *quiet], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        shutil.copy(Path(folder) / "package-lock.json", ROOT)
    print("package-lock.json")


if __name__ == "__main__":
    main()
