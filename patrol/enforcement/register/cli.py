"""``patrol rotate-keys``: a new key for all sealed fields, and the register sealed anew under it."""

from __future__ import annotations

import click


@click.command("rotate-keys")
def rotate() -> None:
    """Make a new key, and seal the keys of the guarded register anew under it; may be stopped and run again."""
    from flask import current_app

    from patrol import create_app
    from patrol.enforcement.register.services import reseal_keys
    from patrol.infra.crypto import keyring
    from patrol.infra.db import db, unscoped

    with (
        create_app().app_context(),
        unscoped(db.session, "whoever runs commands on the server works for all"),
    ):
        ring, done = keyring(current_app.config["SETTINGS"]), 0
        if not (left := reseal_keys(db.session(), ring)):
            click.echo(f"key version {ring.rotate()}")
            left = reseal_keys(db.session(), ring)
        while left:
            db.session.commit()
            done += left
            left = reseal_keys(db.session(), ring)
    click.echo(f"sealed anew {done:,} entries under version {ring.current()}")
