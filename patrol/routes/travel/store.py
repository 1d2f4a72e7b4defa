"""Street networks of an installation: one packed file each in ``DATA_DIR/streets``."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from pathlib import Path

from patrol.core.errors import PatrolError
from patrol.routes.travel.network import StreetNetwork
from patrol.routes.travel.problems import UNKNOWN_NAME


def save_network(data_dir: Path, network: StreetNetwork) -> Path:
    """Write a network to ``data_dir/streets/<name>.npz`` in one step and return the path."""
    folder = data_dir / "streets"
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{_file_name(network.name)}.npz"
    part = target.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(network.to_bytes())
    os.replace(part, target)
    return target


def network_names(data_dir: Path) -> list[str]:
    """Names of the networks of this installation, the newest first."""
    found = sorted((data_dir / "streets").glob("*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [path.stem for path in found]


def load_network(data_dir: Path, name: str | None = None) -> StreetNetwork | None:
    """Load the network called ``name``, or the newest; ``None`` where no street file was imported at all.

    Raises :class:`PatrolError` for a name that does not exist and for a damaged file.
    """
    names = network_names(data_dir)
    if name is None and not names:
        return None
    chosen = names[0] if name is None else _file_name(name)
    if chosen not in names:
        raise PatrolError(UNKNOWN_NAME, name=name)
    path = data_dir / "streets" / f"{chosen}.npz"
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _load(path: Path, changed_ns: int) -> StreetNetwork:
    return StreetNetwork.from_bytes(path.read_bytes(), path.stem)


def _file_name(name: str) -> str:
    return re.sub(r"[^\w-]+", "_", name).strip("_") or "streets"
