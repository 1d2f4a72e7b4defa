"""Where measured travel times are kept between plans: a port, and two plain keepers."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Protocol


class TimesCache(Protocol):
    """Keeps blobs under a key; may forget any of them at any time."""

    def get(self, key: str) -> bytes | None:
        """Return what was kept, ``None`` if nothing is."""
        ...

    def put(self, key: str, blob: bytes) -> None:
        """Keep ``blob``, replacing what was there."""
        ...


class MemoryCache:
    """Keeps blobs as long as it lives itself."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        """Return what was kept, ``None`` if nothing is."""
        return self._kept.get(key)

    def put(self, key: str, blob: bytes) -> None:
        """Keep ``blob``, replacing what was there."""
        self._kept[key] = blob


class FolderCache:
    """Keeps each blob as a file that is replaced in one step, so that readers never see half of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        """Return what was kept, ``None`` if nothing is."""
        try:
            return self._path(key).read_bytes()
        except OSError:
            return None

    def put(self, key: str, blob: bytes) -> None:
        """Keep ``blob``; a full or read-only disk only means that nothing is kept."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        except OSError:
            return
        try:
            with os.fdopen(handle, "wb") as part:
                part.write(blob)
            os.replace(name, self._path(key))
        except OSError:
            Path(name).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self._folder / (re.sub(r"[^0-9A-Za-z_-]", "_", key) + ".times")
