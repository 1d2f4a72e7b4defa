"""Compile requirements/{runtime,test,bench}.txt from pyproject.toml: pinned, hashed, naming no host."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMPILER = "pip-tools==7.6.2"
OPTIONS = [
    "--quiet", "--generate-hashes", "--strip-extras", "--allow-unsafe", "--no-header", "--no-annotate",
    "--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host",
]  # fmt: skip
#: file -> extras it holds; each is compiled within the bounds of the one before
LOCKS = {"runtime": ["build"], "test": ["build", "test"], "bench": ["build", "test", "bench"]}


def main() -> None:
    """Compile the three files in turn; `--upgrade` and other words go to pip-compile."""
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", COMPILER], check=True)
    before: Path | None = None
    for name, extras in LOCKS.items():
        target = ROOT / "requirements" / f"{name}.txt"
        chosen = [word for extra in extras for word in ("--extra", extra)]
        bounds = ["-c", str(before)] if before else []
        command = [sys.executable, "-m", "piptools", "compile", *OPTIONS, *chosen, *bounds, *sys.argv[1:]]
        subprocess.run([*command, "-o", str(target), "pyproject.toml"], cwd=ROOT, check=True)
        print(f"requirements/{name}.txt: {target.read_text().count('==')} packages")
        before = target


if __name__ == "__main__":
    main()
