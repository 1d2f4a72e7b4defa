"""Blobs by the SHA-256 of their bytes: local disk or an S3-compatible store behind the same three verbs.

A blob is durable before anybody is told so: temporary file in the same file system, fsync, hash check,
rename, fsync of the folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

from patrol.core.errors import PatrolError, problem
from patrol.infra.config import Settings

DISK_FULL = problem(
    "files.disk_full",
    en="The server's disk is nearly full; nothing was accepted. Keep it on the phone.",
    zh="服务器磁盘空间不足，未接收任何内容，请保留在手机上。",
    status=507,
)
ALTERED = problem(
    "files.altered",
    en="The bytes received do not match the SHA-256 that was announced.",
    zh="收到的内容与声明的 SHA-256 不一致。",
    status=422,
)


class BlobStore(Protocol):
    """Where sealed files lie."""

    def has(self, sha256: str) -> bool:
        """Say whether the blob is stored."""

    def put(self, sha256: str, source: Path) -> None:
        """Store the file ``source`` durably under its hash; ``source`` is consumed."""

    def keep(self, sha256: str) -> None:
        """Make a blob that is there survive a power cut, whoever put it there."""

    def read(self, sha256: str) -> bytes:
        """Return the blob's bytes; raises ``FileNotFoundError``."""

    def names(self) -> Iterator[str]:
        """Name every stored blob."""


class DiskStore:
    """Blobs below one folder, in 256 sub-folders."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> Path:
        """Return where the blob lies; refuses anything that is not a hash."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return self.root / sha256[:2] / sha256

    def has(self, sha256: str) -> bool:
        """Say whether the blob is stored."""
        return self.path(sha256).exists()

    def put(self, sha256: str, source: Path) -> None:
        """Verify, flush, rename and flush the folder, in that order."""
        target = self.path(sha256)
        if not target.parent.is_dir():
            target.parent.mkdir(parents=True, exist_ok=True)
            fsync_folder(self.root)
        if file_sha256(source) != sha256:
            raise PatrolError(ALTERED)
        with source.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(source, target)
        try:
            fsync_folder(target.parent)
        except OSError:
            target.unlink()  # nobody was told: it is asked for again rather than believed
            raise

    def keep(self, sha256: str) -> None:
        """Flush file and folder again."""
        path = self.path(sha256)
        with path.open("rb") as file:
            os.fsync(file.fileno())
        fsync_folder(path.parent)

    def read(self, sha256: str) -> bytes:
        """Return the blob's bytes."""
        return self.path(sha256).read_bytes()

    def names(self) -> Iterator[str]:
        """Name every stored blob."""
        for path in sorted(self.root.glob("??/*")):
            yield path.name


class S3Store:
    """Blobs in one bucket of an S3-compatible store, for several machines."""

    def __init__(self, settings: Settings) -> None:
        import boto3

        self.bucket = settings.S3_BUCKET
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=settings.S3_ENDPOINT or None,
            aws_access_key_id=settings.S3_ACCESS_KEY,
            aws_secret_access_key=settings.S3_SECRET_KEY,
            region_name="us-east-1",
        )

    def has(self, sha256: str) -> bool:
        """Say whether the blob is stored."""
        try:
            self.client.head_object(Bucket=self.bucket, Key=sha256)
        except self.client.exceptions.ClientError:
            return False
        return True

    def put(self, sha256: str, source: Path) -> None:
        """Verify, upload, then remove the local file."""
        if file_sha256(source) != sha256:
            raise PatrolError(ALTERED)
        self.client.upload_file(str(source), self.bucket, sha256)
        source.unlink()

    def keep(self, sha256: str) -> None:
        """Nothing to do: an object that can be asked for is kept."""

    def read(self, sha256: str) -> bytes:
        """Return the blob's bytes."""
        try:
            body: bytes = self.client.get_object(Bucket=self.bucket, Key=sha256)["Body"].read()
        except self.client.exceptions.NoSuchKey as error:
            raise FileNotFoundError(sha256) from error
        return body

    def names(self) -> Iterator[str]:
        """Name every stored blob."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket):
            for each in page.get("Contents", []):
                yield each["Key"]


def blob_store(settings: Settings) -> BlobStore:
    """Return the store that the settings choose."""
    return S3Store(settings) if settings.S3_BUCKET else DiskStore(settings.DATA_DIR / "blobs")


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fsync_folder(folder: Path) -> None:
    """Make a rename inside ``folder`` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def require_space(settings: Settings) -> None:
    """Raise 507 while the disk has less free than the settings demand."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    if usage.free * 100 < usage.total * settings.MIN_FREE_DISK_PERCENT:
        raise PatrolError(DISK_FULL)


def scratch_file(settings: Settings, suffix: str = "") -> Path:
    """Return a fresh path for a file being received, on the blobs' own file system."""
    folder = settings.DATA_DIR / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{uuid.uuid4().hex}{suffix}"
