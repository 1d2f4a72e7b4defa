"""Every address that a person may open with GET, found from the program's own map: no new page is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Table, select
from werkzeug.routing import Rule

from patrol.accounts import permissions_of
from patrol.infra.db import db, unscoped
from patrol.infra.policy import policy_of

#: what a parameter stands for, where it is not simply ``<table>_uid``
TABLES = {
    "member_uid": "person", "member": "person", "photo_uid": "photo", "stop_uid": "stop", "stock_uid": "material_move",
    "company_uid": "direct_seller", "filing_uid": "filed_meeting", "meeting_uid": "joint_meeting",
    "campus_uid": "campus_date", "text_uid": "text_message",
}  # fmt: skip
#: parameters that are no key of a table
WORDS = {
    "inside": "me", "ending": "csv", "form": "csv", "filename": "", "path": "", "size": "a4", "language": "zh",
    "ledger_code": "actions", "indicator_code": "visits",
}  # fmt: skip
#: parameters with no example here: a hash of a phone in the middle of sending, a unit that only one answer names
NO_PAGES = {"sha256", "key"}
#: addresses that a library keeps for itself, the page for developers, and parts that another page takes in
NOT_OURS = {
    "security.static", "security.verify", "static", "pwa.styleguide", "patrols.venue_history", "enforcement.at_venue",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """One address with everything filled in, and the endpoint that answers it."""

    endpoint: str
    path: str


class NoSampleError(LookupError):
    """A parameter of a route for which there is no record in this city."""


def addresses(app: Flask, roles: set[str], scope_path: str) -> Iterator[Address]:
    """Yield every GET address that somebody with ``roles`` may open; ``roles`` empty: without an account.

    A route whose record does not exist in this database (no import was made, say) is left out; a parameter
    that is neither a table's uid nor known here raises ``KeyError``, so that whoever adds it says what it is.
    """
    allowed = permissions_of(roles)
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in (rule.methods or ()) or rule.endpoint in NOT_OURS:
            continue
        policy = policy_of(app, rule.endpoint)
        if policy is None or not (
            policy.anyone or (roles and (not policy.permission or policy.permission in allowed))
        ):
            continue
        if policy.anyone and roles and policy.permission == "" and not rule.arguments:
            continue
        try:
            values = {name: sample(name, scope_path) for name in rule.arguments}
        except NoSampleError:
            continue
        yield Address(rule.endpoint, _filled(rule, values))


def sample(name: str, scope_path: str) -> str:
    """Return a value for a route's parameter: the latest record within ``scope_path``."""
    if name in NO_PAGES:
        raise NoSampleError(name)
    if name in WORDS:
        return WORDS[name]
    table = _table("venue" if name == "qr_token" else TABLES.get(name, name.removesuffix("_uid")))
    column = table.c["qr_token" if name == "qr_token" else "uid"]
    statement = select(column).order_by(table.c.id.desc()).limit(1)
    if "scope_path" in table.c:
        statement = statement.where(table.c.scope_path.startswith(scope_path, autoescape=True))
    with unscoped(db.session, "an example is looked for, bounded by hand"):
        found: Any = db.session.scalar(statement)
    if found is None:
        raise NoSampleError(name)
    return str(found)


def _table(name: str) -> Table:
    """Return the table called ``name``, or the only one that ends so (``draft``: ``ground_draft``)."""
    tables = db.metadata.tables
    fitting = [each for each in tables if each == name] or [e for e in tables if e.endswith(f"_{name}")]
    if len(fitting) != 1:
        raise KeyError(f"say in TABLES or WORDS what a route's {name} stands for")
    return tables[fitting[0]]


def _filled(rule: Rule, values: dict[str, str]) -> str:
    built = rule.build(values, append_unknown=False)
    if built is None:
        raise KeyError(rule.rule)
    return str(built[1])
