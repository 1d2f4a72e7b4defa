"""Blobs by the SHA-256 of their bytes: local disk or an S3-compatible store behind the same three verbs.

A blob is durable before anybody is told so: temporary file in the same file system, fsync, hash check,
rename, fsync of the folder.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import uuid
from collections.abc import Iterator
from functools import lru_cache
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

STORE_AWAY = problem(
    "files.store_away",
    en="The photo store (S3_ENDPOINT) does not answer; nothing was accepted. Keep it on the phone, it is sent again.",
    zh="照片存储（S3_ENDPOINT）无响应，未接收任何内容，请保留在手机上，稍后会自动重发。",
    status=503,
)
STORE_REFUSES = problem(
    "files.store_refuses",
    en="The photo store refused ({reason}). An administrator should check S3_BUCKET, S3_ACCESS_KEY and S3_SECRET_KEY.",
    zh="照片存储拒绝了请求（{reason}）。请管理员检查 S3_BUCKET、S3_ACCESS_KEY 和 S3_SECRET_KEY。",
    status=503,
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
    """Blobs in one bucket of an S3-compatible store, for several machines.

    A store that is away or refuses raises :class:`PatrolError` 503: "not there" is only said when the store says so,
    or a phone would be asked for what is safe already, and a wrong key would look like an empty bucket.
    """

    def __init__(self, endpoint: str, bucket: str, access_key: str, secret_key: str) -> None:
        import boto3
        from botocore.config import Config

        self.bucket = bucket
        # Path addresses and no checksums beyond the protocol's old ones: what every compatible store understands.
        how = Config(
            connect_timeout=5, read_timeout=60, retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path" if endpoint else "auto"},
            request_checksum_calculation="when_required", response_checksum_validation="when_required",
        )  # fmt: skip
        self.client: Any = boto3.client(
            "s3", endpoint_url=endpoint or None, aws_access_key_id=access_key, aws_secret_access_key=secret_key,
            region_name="us-east-1", config=how,
        )  # fmt: skip

    def has(self, sha256: str) -> bool:
        """Say whether the blob is stored."""
        try:
            self._ask("head_object", Key=sha256)
        except FileNotFoundError:
            return False
        return True

    def put(self, sha256: str, source: Path) -> None:
        """Verify, upload with a checksum that the store compares, then remove the local file."""
        if file_sha256(source) != sha256:
            raise PatrolError(ALTERED)
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).digest()
            file.seek(0)
            self._ask("put_object", Key=sha256, Body=file, ContentMD5=base64.b64encode(digest).decode())
        source.unlink()

    def keep(self, sha256: str) -> None:
        """Nothing to do: an object that can be asked for is kept."""

    def read(self, sha256: str) -> bytes:
        """Return the blob's bytes."""
        body: bytes = self._ask("get_object", Key=sha256)["Body"].read()
        return body

    def names(self) -> Iterator[str]:
        """Name every stored blob."""
        after: dict[str, str] = {}
        while True:
            page = self._ask("list_objects_v2", **after)
            yield from (each["Key"] for each in page.get("Contents", []))
            if not page.get("IsTruncated"):
                return
            after = {"ContinuationToken": page["NextContinuationToken"]}

    def _ask(self, verb: str, **words: Any) -> Any:
        """Do one thing in the bucket; raises ``FileNotFoundError`` for a blob that is not there."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self.client, verb)(Bucket=self.bucket, **words)
        except ClientError as error:
            said = error.response.get("Error", {})
            if said.get("Code") in ("404", "NoSuchKey", "NotFound"):
                raise FileNotFoundError(words.get("Key", self.bucket)) from error
            reason = f"{said.get('Code', '?')} {said.get('Message', '')}".strip()
            raise PatrolError(STORE_REFUSES, reason=reason) from error
        except BotoCoreError as error:
            raise PatrolError(STORE_AWAY) from error


@lru_cache(maxsize=4)
def _s3_store(endpoint: str, bucket: str, access_key: str, secret_key: str) -> S3Store:
    """Make the client once for each process: it takes a tenth of a second, and threads may share it."""
    return S3Store(endpoint, bucket, access_key, secret_key)


def blob_store(settings: Settings) -> BlobStore:
    """Return the store that the settings choose."""
    if settings.S3_BUCKET:
        return _s3_store(
            settings.S3_ENDPOINT, settings.S3_BUCKET, settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY
        )
    return DiskStore(settings.DATA_DIR / "blobs")


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
