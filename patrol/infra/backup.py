"""A backup that a new machine can live from: the database by its own means, every file by its hash, the keys
that sign. The keys of sealed fields (``KEYS_DIR``) are never in it: who steals a backup reads no sealed field.

SQLite is copied by its backup API, which is consistent while the program writes; PostgreSQL by ``pg_dump``. The
database is copied first and the files after it, so that no row names a file that is missing. With a passphrase
everything is sealed piece by piece with AES-256-GCM under a key derived by scrypt.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pysqlite3.dbapi2 as sqlite
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from sqlalchemy.engine import make_url

from patrol.core.errors import PatrolError, problem
from patrol.infra.config import Settings
from patrol.infra.db import is_sqlite
from patrol.infra.files import fsync_folder

MAGIC = b"PATROL-BACKUP-1\n"
PIECE = 1 << 20
#: what of the data folder belongs into a backup; the queue of jobs and half-received pieces do not
KEPT = ("blobs", "exports", "imports", "secret.key", "signing.key", "rescue.key")

NOT_EMPTY = problem(
    "backup.not_empty",
    en="{place} is not empty. A backup is restored into nothing, so that nothing can be overwritten.",
    zh="{place} 不为空。恢复只能写入空的目标，以免覆盖现有数据。",
    status=409,
)
NOT_A_BACKUP = problem(
    "backup.not_a_backup",
    en="This file is not a whole backup of this program: {reason}",
    zh="该文件不是完整的备份：{reason}",
)
PASSPHRASE = problem(
    "backup.passphrase",
    en="The backup is sealed, and this passphrase does not open it.",
    zh="备份已加密，所给口令无法打开。",
)
TOOL_FAILED = problem(
    "backup.tool_failed",
    en="{tool} failed: {reason}",
    zh="{tool} 执行失败：{reason}",
    status=500,
)


def make_backup(settings: Settings, target: Path, passphrase: str = "") -> dict[str, int]:
    """Write a backup to ``target``, whole or not at all; return how many files and bytes went in.

    Raises :class:`PatrolError` when the database's own tool fails.
    """
    unfinished = target.with_name(f".{target.name}.part")
    listed: list[dict[str, Any]] = []
    try:
        with unfinished.open("wb") as raw:
            with sealed_writer(raw, passphrase) as sink, tarfile.open(fileobj=sink, mode="w|") as archive:
                with _dumped(settings, target.parent) as dump:
                    _add(archive, dump, "database", listed)
                for path in _kept(settings.DATA_DIR):
                    _add(archive, path, f"data/{path.relative_to(settings.DATA_DIR)}", listed)
                _add_bytes(archive, "manifest.json", json.dumps({"files": listed}).encode())
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    fsync_folder(target.parent)
    return {"files": len(listed), "bytes": sum(entry["size"] for entry in listed)}


def restore_backup(settings: Settings, source: Path, passphrase: str = "") -> dict[str, int]:
    """Fill an empty data folder and an empty database from a backup, comparing every file with its SHA-256.

    Raises :class:`PatrolError` when anything is there already, for a wrong passphrase, and for a damaged backup.
    """
    _require_nothing(settings)
    staging = settings.DATA_DIR / ".restoring"
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        _unpack(source, staging, passphrase)
        listed = _checked(staging)
        _load(settings, staging / "database")
        for path in sorted((staging / "data").iterdir()) if (staging / "data").is_dir() else []:
            target = settings.DATA_DIR / path.name
            if target.is_dir():
                target.rmdir()
            os.replace(path, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    fsync_folder(settings.DATA_DIR)
    return {"files": len(listed), "bytes": sum(entry["size"] for entry in listed)}


def _kept(folder: Path) -> Iterator[Path]:
    for name in KEPT:
        path = folder / name
        if path.is_file():
            yield path
        elif path.is_dir():
            yield from (each for each in sorted(path.rglob("*")) if each.is_file() and each.suffix != ".part")


def _add(archive: tarfile.TarFile, path: Path, name: str, listed: list[dict[str, Any]]) -> None:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
        file.seek(0)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        archive.addfile(entry, file)
    listed.append({"name": name, "size": size, "sha256": sha256})


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


@contextmanager
def _dumped(settings: Settings, folder: Path) -> Iterator[Path]:
    """Give a consistent copy of the database as one file, removed afterwards."""
    copy = folder / f".database.{os.getpid()}"
    try:
        if is_sqlite(settings.DATABASE_URL):
            source = sqlite.connect(make_url(settings.DATABASE_URL).database)
            target = sqlite.connect(str(copy))
            try:
                source.backup(target, pages=4096)
            finally:
                target.close()
                source.close()
        else:
            tool(
                "pg_dump", "--format=custom", "--no-owner", f"--file={copy}", plain_url(settings.DATABASE_URL)
            )
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def _load(settings: Settings, dump: Path) -> None:
    if is_sqlite(settings.DATABASE_URL):
        target = Path(str(make_url(settings.DATABASE_URL).database))
        os.replace(dump, target)
        with target.open("rb") as file:
            os.fsync(file.fileno())
        fsync_folder(target.parent)
        return
    url = plain_url(settings.DATABASE_URL)
    tool("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={url}", str(dump))


def plain_url(url: str) -> str:
    """Return a database address as PostgreSQL's own tools read it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def tool(name: str, *arguments: str) -> None:
    """Run a tool of PostgreSQL; raises :class:`PatrolError` with its own words when it fails."""
    try:
        done = subprocess.run([name, *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PatrolError(TOOL_FAILED, tool=name, reason="not installed (postgresql-client)") from error
    if done.returncode != 0:
        raise PatrolError(TOOL_FAILED, tool=name, reason=done.stderr.strip()[-300:])


def _require_nothing(settings: Settings) -> None:
    """A restore must not meet anything: the folder holds at most what starting the program makes by itself."""
    taken = [
        settings.DATA_DIR / name for name in ("blobs", "exports", "imports", "signing.key", "rescue.key")
    ]
    if is_sqlite(settings.DATABASE_URL):
        taken.append(Path(str(make_url(settings.DATABASE_URL).database)))
    for path in taken:
        if path.exists() and not (path.is_dir() and not any(path.iterdir())):
            raise PatrolError(NOT_EMPTY, place=path.name)


def _unpack(source: Path, folder: Path, passphrase: str) -> None:
    try:
        with (
            source.open("rb") as raw,
            tarfile.open(fileobj=sealed_reader(raw, passphrase), mode="r|") as archive,
        ):
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise PatrolError(NOT_A_BACKUP, reason=str(error)) from error


def _checked(folder: Path) -> list[dict[str, Any]]:
    try:
        listed: list[dict[str, Any]] = json.loads((folder / "manifest.json").read_bytes())["files"]
    except (OSError, ValueError, KeyError) as error:
        raise PatrolError(NOT_A_BACKUP, reason="no manifest") from error
    for entry in listed:
        path = folder / entry["name"]
        if not path.is_file():
            raise PatrolError(NOT_A_BACKUP, reason=f"{entry['name']} is missing")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != entry["sha256"]:
                raise PatrolError(NOT_A_BACKUP, reason=f"{entry['name']} was altered")
    return listed


def _key(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))


class _Sealing(io.RawIOBase):
    """Seals what is written, piece by piece: the number of each and whether it is the last are authenticated."""

    def __init__(self, raw: IO[bytes], passphrase: str) -> None:
        salt = os.urandom(16)
        raw.write(MAGIC + salt)
        self.raw, self.seal, self.number, self.held = raw, _key(passphrase, salt), 0, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.held += data
        while len(self.held) > PIECE:
            self._put(bytes(self.held[:PIECE]), last=False)
            del self.held[:PIECE]
        return len(data)

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self.held), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce = self.number.to_bytes(12, "big")
        sealed = self.seal.encrypt(nonce, piece, b"last" if last else b"more")
        self.raw.write(len(sealed).to_bytes(4, "big") + (b"\1" if last else b"\0") + sealed)
        self.number += 1


@contextmanager
def sealed_writer(raw: IO[bytes], passphrase: str) -> Iterator[Any]:
    """Give a file to write to; what goes in is sealed when there is a passphrase."""
    if not passphrase:
        yield raw
        return
    sink = _Sealing(raw, passphrase)
    yield sink
    sink.finish()


def sealed_reader(raw: IO[bytes], passphrase: str) -> IO[bytes]:
    """Return a file to read a backup from; raises :class:`PatrolError` for a wrong passphrase or a cut backup."""
    if raw.read(len(MAGIC)) != MAGIC:
        raw.seek(0)
        return raw
    return io.BufferedReader(_Opening(raw, passphrase))


class _Opening(io.RawIOBase):
    """Opens sealed pieces one after the other."""

    def __init__(self, raw: IO[bytes], passphrase: str) -> None:
        self.raw, self.seal = raw, _key(passphrase, raw.read(16))
        self.number, self.held, self.done = 0, b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.held and not self.done:
            self.held = self._next()
        size = min(len(buffer), len(self.held))
        buffer[:size], self.held = self.held[:size], self.held[size:]
        return size

    def _next(self) -> bytes:
        head = self.raw.read(5)
        if len(head) < 5:
            raise PatrolError(NOT_A_BACKUP, reason="it ends too early")
        self.done = head[4] == 1
        sealed = self.raw.read(int.from_bytes(head[:4], "big"))
        try:
            nonce = self.number.to_bytes(12, "big")
            piece: bytes = self.seal.decrypt(nonce, sealed, b"last" if self.done else b"more")
        except InvalidTag as error:
            raise PatrolError(PASSPHRASE) from error
        self.number += 1
        return piece
