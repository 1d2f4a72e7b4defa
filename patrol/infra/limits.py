"""How often one address may try: sign-in and the public report page, in memory or in Redis."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from patrol.infra.config import Settings

limiter = Limiter(key_func=get_remote_address, default_limits=[])


def install_limits(app: Flask, settings: Settings) -> None:
    """Install the limiter; addresses are kept for a minute in memory and written nowhere."""
    app.config["RATELIMIT_ENABLED"] = settings.RATE_LIMITS == "on" and not settings.TESTING
    app.config["RATELIMIT_STORAGE_URI"] = settings.REDIS_URL or "memory://"
    limiter.init_app(app)
    if "security.login" in app.view_functions:
        limited: Any = limiter.limit("20 per minute", methods=["POST"])(app.view_functions["security.login"])
        app.view_functions["security.login"] = limited
