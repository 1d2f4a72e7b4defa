"""``patrol people …``."""

from __future__ import annotations

import click


@click.group()
def group() -> None:
    """Let the first person in."""


@group.command("create-administrator")
@click.option("--username", required=True, help="Account name to sign in with.")
@click.option("--name", required=True, help="The person's name.")
@click.option("--agency", required=True, help="Name of the bureau, e.g. 武汉市市场监督管理局.")
@click.option("--division-code", required=True, help="Code of the bureau's division, e.g. 4201.")
@click.option("--division-name", required=True, help="Name of that division, e.g. 武汉市.")
@click.option(
    "--level",
    type=click.Choice(["province", "city", "district"]),
    default="city",
    show_default=True,
    help="What the division is.",
)
def create_administrator_command(**given: str) -> None:
    """Make the first system administrator of an empty installation and print the one-time code.

    Repeated for the same account name it prints a new code: a code is good for 15 minutes and once.
    """
    from patrol import create_app
    from patrol.accounts.founding import Founder, create_administrator
    from patrol.core.clock import SystemClock
    from patrol.infra.db import check_database, db

    with create_app().app_context():
        check_database(db.session.connection())
        code = create_administrator(db.session, Founder(**given), clock=SystemClock())
        db.session.commit()
    click.echo(f"  账号 / account: {given['username']}")
    click.echo(f"  一次性代码 / one-time code: {code}")
    click.echo("  请在 15 分钟内打开 /account/password 设置密码。")
    click.echo("  Open /account/password within 15 minutes and choose a password.")
