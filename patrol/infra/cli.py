"""``patrol db …`` and ``patrol jobs …``."""

from __future__ import annotations

import click

from patrol.core.errors import PatrolError


@click.group()
def database() -> None:
    """Migrate, check and repair the database."""


@database.command("upgrade")
@click.option("--revision", default="head", show_default=True)
@click.option("--if-needed", is_flag=True, help="Do nothing when the database is at the newest revision.")
def upgrade_command(revision: str, if_needed: bool) -> None:
    """Bring the database to a revision and assert that its spatial state is sound."""
    from patrol.infra.config import read_settings
    from patrol.infra.peek import is_at_head

    if if_needed and is_at_head(read_settings()):
        return
    from patrol import create_app
    from patrol.infra.db import upgrade

    upgrade(create_app(), revision)
    click.echo(f"database at {revision}")


@database.command("check")
def check_command() -> None:
    """Check the revision, every spatial index and the audit chain."""
    from patrol import create_app
    from patrol.infra.audit import first_broken_link
    from patrol.infra.db import check_database, db

    with create_app().app_context():
        db.session.info["readonly"] = True
        check_database(db.session.connection())
        broken = first_broken_link(db.session)  # type: ignore[arg-type]
    if broken is not None:
        raise click.ClickException(f"audit chain is broken at entry {broken}")
    click.echo("database is sound")


@database.command("repair")
def repair_command() -> None:
    """Rebuild damaged spatial indices."""
    from patrol import create_app
    from patrol.infra import spatial
    from patrol.infra.db import db
    from patrol.infra.db.migrate import spatial_tables

    with create_app().app_context(), db.engine.begin() as connection:
        mended = spatial.repair(connection, spatial_tables())
    click.echo(f"mended: {', '.join(mended) or 'nothing needed it'}")


@database.command("revision")
@click.argument("slug")
def revision_command(slug: str) -> None:
    """Write the next numbered migration from the difference between models and database (for developers)."""
    from alembic import command

    from patrol import create_app
    from patrol.infra.db import db, head_revision
    from patrol.infra.db.migrate import alembic_config
    from patrol.infra.resources import resource

    with create_app().app_context():
        number = f"{int(head_revision() if head_revision() != 'None' else 0) + 1:04d}"
        config = alembic_config(db.engine)
        config.set_main_option("file_template", f"{number}_%%(slug)s")
        command.revision(config, message=slug, autogenerate=True, rev_id=number)
    resource("migrations", "head.txt").write_text(number + "\n")


@click.group()
def jobs() -> None:
    """Long work."""


@jobs.command("work")
def work_command() -> None:
    """Run the job worker in the foreground."""
    from patrol import create_app
    from patrol.infra.jobs import work
    from patrol.infra.serve import refuse_unsound

    try:
        work(refuse_unsound(create_app()))
    except PatrolError as error:
        raise click.ClickException(error.sentence("en")) from error
