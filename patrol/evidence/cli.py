"""``patrol backup``, ``patrol restore`` and ``patrol verify``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from patrol.infra.config import Settings, read_settings


def _passphrase(path: Path | None) -> str:
    return path.read_text("utf-8").strip() if path else ""


passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Seal the backup with the passphrase in this file, or open it.",
)


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@passphrase_option
def backup(target: Path, passphrase_file: Path | None) -> None:
    """Write database, files and signing keys into the one file TARGET, while the program may go on working.

    The keys of sealed fields (KEYS_DIR) stay out, so that who has the backup reads no sealed name or number.
    """
    from patrol.infra.backup import make_backup
    from patrol.infra.crypto import keyring

    done = make_backup(read_settings(), target.resolve(), _passphrase(passphrase_file))
    click.echo(f"{done['files']} files, {done['bytes']} bytes")
    click.echo(
        f"密钥目录不在备份中，请另行保管 / not in it, to be kept elsewhere: {keyring(read_settings()).folder}"
    )


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@passphrase_option
def restore(source: Path, passphrase_file: Path | None) -> None:
    """Fill an empty DATA_DIR and an empty database from the backup SOURCE, then verify all of it."""
    from patrol.infra.backup import restore_backup

    settings = read_settings()
    done = restore_backup(settings, source.resolve(), _passphrase(passphrase_file))
    click.echo(f"{done['files']} files, {done['bytes']} bytes")
    _tell(settings, new_epoch=True)


@click.command()
def verify() -> None:
    """Check schema, seals, audit chain, signatures, receipts and every file by its hash."""
    _tell(read_settings(), new_epoch=False)


def _tell(settings: Settings, *, new_epoch: bool) -> None:
    from patrol import create_app
    from patrol.evidence.verifying import faults_of
    from patrol.infra.db import db
    from patrol.sync import begin_epoch

    with create_app().app_context():
        if new_epoch:
            begin_epoch(db.session())
            db.session.commit()
        db.session.info["readonly"] = True
        faults = list(faults_of(db.session(), settings))
    for fault in faults:
        click.echo(fault, err=True)
    click.echo("everything is as it was promised" if not faults else f"{len(faults)} faults")
    sys.exit(1 if faults else 0)
