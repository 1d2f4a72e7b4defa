"""Every setting of the program, read once from the environment.

A setting is an environment variable of the same name. Tests hand over a mapping instead.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from patrol.core.errors import PatrolError, problem

SHORT_SECRET = problem(
    "config.short_secret",
    en="SECRET_KEY has {length} characters; it needs at least 32. Leave it unset to have one made.",
    zh="SECRET_KEY 只有 {length} 个字符，至少需要 32 个；留空则自动生成。",
    status=500,
)


@dataclass(frozen=True)
class Settings:
    """What an installation may choose; the defaults run one bureau on one machine."""

    DATA_DIR: Path
    DATABASE_URL: str
    SECRET_KEY: str
    REDIS_URL: str = ""
    S3_ENDPOINT: str = ""
    S3_BUCKET: str = ""
    S3_ACCESS_KEY: str = ""
    S3_SECRET_KEY: str = ""
    TIMESTAMP_URL: str = ""
    TIMESTAMP_CA: str = ""
    TIMEZONE: str = "Asia/Shanghai"
    DEFAULT_LANGUAGE: str = "zh"
    ORGANISATION: str = ""
    TILE_TEMPLATE: str = ""
    TILE_ATTRIBUTION: str = ""
    TIANDITU_KEY: str = ""
    PMTILES_FILE: str = ""
    MAP_LINKS: str = ""
    HTTPS: str = ""
    PHOTO_MAX_BYTES: int = 30_000_000
    PHOTO_MAX_PIXELS: int = 120_000_000
    UPLOAD_MAX_BYTES: int = 64_000_000
    MIN_FREE_DISK_PERCENT: int = 5
    PHOTO_QUOTA_MB_PER_DAY: int = 5_000
    SESSION_HOURS: int = 12
    KEYS_DIR: str = ""
    SMS_GATEWAY: str = ""
    SMS_TOKEN: str = ""
    WECOM_HOST: str = "https://qyapi.weixin.qq.com"
    WECOM_CORP: str = ""
    WECOM_SECRET: str = ""
    WECOM_AGENT: str = ""
    RATE_LIMITS: str = "on"
    TESTING: bool = False
    JOBS_INLINE: bool = False

    @property
    def secure_cookies(self) -> bool:
        """Whether the program is served over HTTPS only."""
        return self.HTTPS.lower() in {"1", "on", "yes", "true"}

    @property
    def pmtiles_path(self) -> Path:
        """Where the base map of one's own lies; a relative name is taken from the data folder."""
        return self.DATA_DIR / self.PMTILES_FILE


def read_settings(given: Mapping[str, object] | None = None) -> Settings:
    """Merge ``given`` over the environment; make the data folder and a secret key where there are none.

    Raises :class:`PatrolError` for a secret that is too short to keep anything secret.
    """
    source: dict[str, object] = {**os.environ, **(given or {})}
    data_dir = Path(str(source.get("DATA_DIR") or "data")).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    values: dict[str, object] = {
        "DATA_DIR": data_dir,
        "DATABASE_URL": database_url(str(source.get("DATABASE_URL") or ""), data_dir),
        "SECRET_KEY": str(source.get("SECRET_KEY") or "") or _kept_secret(data_dir / "secret.key"),
    }
    if len(str(values["SECRET_KEY"])) < 32:
        raise PatrolError(SHORT_SECRET, where="SECRET_KEY", length=len(str(values["SECRET_KEY"])))
    for each in fields(Settings):
        if each.name not in values and each.name in source:
            values[each.name] = _typed(source[each.name], each.default)
    return Settings(**values)  # type: ignore[arg-type]


def database_url(url: str, data_dir: Path) -> str:
    """Normalise a database address; empty means SQLite in the data folder."""
    if not url:
        return f"sqlite:///{data_dir / 'patrol.db'}"
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def _typed(value: object, default: object) -> object:
    if isinstance(default, bool):
        return value if isinstance(value, bool) else str(value).lower() in {"1", "on", "yes", "true"}
    if isinstance(default, int):
        return int(str(value))
    return str(value)


def _kept_secret(path: Path) -> str:
    """Read the installation's own secret, made on first use and readable by its owner only."""
    if not path.exists():
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
    return path.read_text().strip()
