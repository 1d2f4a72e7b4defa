"""``patrol demo``: build the demo city."""

from __future__ import annotations

import time

import click

from patrol.demo.cast import PASSWORD, SECOND_FACTOR, SHOWN, WITH_SECOND_FACTOR
from patrol.infra.config import read_settings
from patrol.infra.peek import holds_a_city


@click.command()
@click.option("--seed", default=20260501, show_default=True, help="Same seed and day, same city.")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database already holds a city.")
@click.option(
    "--code", is_flag=True, help="Print the six digits of the demo's second factors, and build nothing."
)
def command(seed: int, if_empty: bool, code: bool) -> None:
    """Build two Wuhan districts with a year of invented patrols, and print the demo accounts."""
    if code:
        return _print_code()
    begun = time.monotonic()
    if not (if_empty and holds_a_city(read_settings())):
        _build_city(seed, if_empty=if_empty)
    click.echo(f"  演示城市已就绪 / demo city ready ({time.monotonic() - begun:.0f} s)")
    for username, zh, en in SHOWN:
        click.echo(f"  {username:<10} {PASSWORD}   {zh} / {en}")
    click.echo(
        f"  第二因素 / second factor: {SECOND_FACTOR} ({', '.join(WITH_SECOND_FACTOR)}; patrol demo --code)"
    )


def _print_code() -> None:
    from patrol.accounts import code_now
    from patrol.core.clock import SystemClock

    now = SystemClock().now()
    left_s = 30 - int(now.timestamp()) % 30
    click.echo(f"{code_now(SECOND_FACTOR, now)}   {left_s} s")


def _build_city(seed: int, *, if_empty: bool) -> None:
    from patrol import create_app
    from patrol.core.clock import SystemClock
    from patrol.demo.build import build, is_empty
    from patrol.demo.plans import bring_streets
    from patrol.infra.db import db
    from patrol.infra.serve import refuse_unsound

    app = refuse_unsound(create_app())
    with app.app_context():
        if not is_empty(db.session):
            if not if_empty:
                raise click.ClickException(
                    "the database already holds a city; choose another DATA_DIR or DATABASE_URL"
                )
        else:
            ways = bring_streets(app.config["SETTINGS"].DATA_DIR)
            build(db.session, ways, SystemClock(), seed, lambda line: click.echo(f"  {line}"))
            db.session.commit()
