"""Chinese first, English complete: which language a reader gets, and where the catalogues lie.

Each room keeps its own catalogue in ``patrol/<room>/translations``; message ids are English.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel

from patrol.infra.config import Settings

LANGUAGES = {"zh": "中文", "en": "English"}
#: Babel's locale of each language
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
COOKIE = "patrol_language"


def current_language() -> str:
    """Return "zh" or "en": the person's choice, else this browser's, else the installation's."""
    default = str(current_app.config["SETTINGS"].DEFAULT_LANGUAGE)
    if not has_request_context():
        return getattr(g, "language", default)
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    principal = g.get("principal")
    chosen = principal.language if principal is not None else request.cookies.get(COOKIE, "")
    return chosen if chosen in LANGUAGES else default


def translation_folders() -> list[Path]:
    """Return the catalogue folder of every room that has one."""
    return sorted(Path(__file__).resolve().parents[1].glob("*/translations"))


def install_i18n(app: Flask, settings: Settings) -> None:
    """Set up Flask-Babel with every room's catalogue and the bureau's time zone."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(str(folder) for folder in translation_folders())
    app.config["BABEL_DEFAULT_LOCALE"] = LOCALES[settings.DEFAULT_LANGUAGE]
    app.config["BABEL_DEFAULT_TIMEZONE"] = settings.TIMEZONE
    Babel(app, locale_selector=lambda: LOCALES[current_language()])
    app.jinja_env.globals["languages"] = LANGUAGES
    app.context_processor(lambda: {"current_language": current_language()})
    app.jinja_env.filters["local_time"] = local_time
    app.jinja_env.filters["local_date"] = local_date
    app.jinja_env.filters["percent"] = percent


def local_zone() -> ZoneInfo:
    """Return the bureau's time zone."""
    return ZoneInfo(current_app.config["SETTINGS"].TIMEZONE)


def local_time(value: dt.datetime | str | None, pattern: str = "%Y-%m-%d %H:%M") -> str:
    """Show an instant, or the text of one as the audit keeps it, in the bureau's time zone."""
    value = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
    return "" if value is None else value.astimezone(local_zone()).strftime(pattern)


def local_date(value: dt.datetime | dt.date | str | None) -> str:
    """Show a day, of an instant in the bureau's time zone."""
    if value is None:
        return ""
    return local_time(value, "%Y-%m-%d") if isinstance(value, dt.datetime | str) else value.isoformat()


def percent(share: float, digits: int = 0) -> str:
    """Say a share (0 … 1) in per cent as the reader's language writes it: Chinese without a space."""
    return f"{100 * share:.{digits}f}" + ("%" if current_language() == "zh" else "\u00a0%")
