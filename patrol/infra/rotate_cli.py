"""``patrol rotate-keys``: a new key for all sealed fields, everything sealed anew under it, old keys destroyed."""

from __future__ import annotations

from typing import Any

import click

from patrol.core.errors import PatrolError
from patrol.infra.crypto import Keyring


@click.command("rotate-keys")
@click.option("--destroy-old", is_flag=True, help="Destroy the older keys once nothing needs them any more.")
def rotate(destroy_old: bool) -> None:
    """Make a new key and seal every sealed field anew under it; may be stopped and run again.

    A run that was stopped is taken up where it stood, without another key.
    """
    from flask import current_app

    from patrol import create_app
    from patrol.infra.crypto import keyring
    from patrol.infra.db import db, unscoped
    from patrol.infra.sealed import destroy_old_keys

    with (
        create_app().app_context(),
        unscoped(db.session, "whoever runs commands on the server works for all"),
    ):
        ring = keyring(current_app.config["SETTINGS"])
        try:
            done = reseal_all(db.session, ring)
            click.echo(f"sealed anew {done:,} fields under version {ring.current()}")
            if destroy_old:
                gone = destroy_old_keys(db.session(), ring)
                click.echo(f"destroyed {', '.join(f'version {each}' for each in gone) or 'nothing'}")
        except PatrolError as error:
            raise click.ClickException(f"{error.sentence('zh')} / {error.sentence('en')}") from error


def reseal_all(session: Any, ring: Keyring) -> int:
    """Seal everything anew, commit by commit; returns how many fields. Only with nothing left over is a key made."""
    from patrol.infra.sealed import left_under_other_keys, reseal_some

    left = left_under_other_keys(session(), ring)
    if left == 0:
        click.echo(f"key version {ring.rotate()}")
        left = left_under_other_keys(session(), ring)
    done, total = 0, left
    while some := reseal_some(session(), ring):
        session.commit()
        done += some
        click.echo(f"{done:,}/{total:,}")
    return done
