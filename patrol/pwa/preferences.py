"""What a person may choose for themselves; theme and type size live in the browser alone."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from patrol.accounts import Person
from patrol.infra.db import Principal, one_or_404
from patrol.infra.i18n import LANGUAGES


def choose_language(session: Any, actor: Principal | None, wanted: str) -> None:
    """Keep the language of a signed-in person; an unknown one changes nothing."""
    if actor is not None and wanted in LANGUAGES:
        one_or_404(session, select(Person).where(Person.id == actor.person_id)).language = wanted
