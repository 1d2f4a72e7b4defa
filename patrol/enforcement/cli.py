"""``patrol venues rescore``: the risk of every place of the register, computed anew."""

from __future__ import annotations

import click


@click.command("rescore")
def rescore() -> None:
    """Compute risk and reasons of every venue in the database anew, from its visits, findings, sightings and dens."""
    from patrol import create_app
    from patrol.core.clock import SystemClock
    from patrol.enforcement.rescoring import judge_venues, keep_judgement
    from patrol.infra.db import db, unscoped
    from patrol.venues import reading

    def tell(done: float, total: float, zh: str = "", en: str = "") -> None:
        click.echo(f"{done:.0f}/{total:.0f} {zh} / {en}")

    clock = SystemClock()
    with (
        create_app().app_context(),
        unscoped(db.session, "whoever runs commands on the server works for all"),
    ):
        with reading() as session:
            judged = judge_venues(session, tell, clock=clock)
        said = keep_judgement(db.session(), None, judged, tell, clock=clock)
        db.session.commit()
    click.echo(
        f"learnt from {said['visits']:,} visits, {said['found']:,} findings, weights version {said['weights_version']}"
    )
    click.echo(f"judged for  {said['as_of']}")
    click.echo(
        f"written     {said['venues']:,} venues, risk {judged.scores.risk.min():.3f} to {judged.scores.risk.max():.3f}"
    )
