"""Compile the catalogues named on the command line (all of the package without a name): .po to .mo."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]


def compile_catalogue(po: Path) -> Path:
    """Write the .mo beside ``po``, whole or not at all: several processes may compile at once."""
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parts[-3], abort_invalid=True)
    made = po.with_suffix(".mo")
    unfinished = made.with_name(f".{made.name}.{os.getpid()}")
    with unfinished.open("wb") as target:
        write_mo(target, catalogue)
    unfinished.replace(made)
    return made


def stale_catalogues() -> list[Path]:
    """Return every catalogue of the package that is newer than its compiled form."""
    found = (ROOT / "patrol").glob("*/translations/*/LC_MESSAGES/*.po")
    return [
        po
        for po in found
        if not po.with_suffix(".mo").exists() or po.with_suffix(".mo").stat().st_mtime < po.stat().st_mtime
    ]


if __name__ == "__main__":
    for each in [Path(argument) for argument in sys.argv[1:]] or stale_catalogues():
        compile_catalogue(each)
