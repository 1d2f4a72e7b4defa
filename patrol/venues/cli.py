"""``patrol venues …``: which places first, and was that order worth it?"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from patrol.core.clock import SystemClock, china_date
from patrol.venues.domain.risk import sentence
from patrol.venues.risk import evaluate_history, rank_candidates, read_history, write_ranked
from patrol.venues.risk.evaluating import in_lines

FILE = click.Path(dir_okay=False, path_type=Path)
history_option = click.option(
    "--history", type=FILE, required=True, help="Visits with outcomes, CSV or CSV.gz."
)


def _today() -> dt.date:
    return china_date(SystemClock().now())


@click.group()
def group() -> None:
    """Rank places by the probability of a finding, and judge the ranking."""


@group.command("rank")
@history_option
@click.option("--candidates", type=FILE, required=True, help="Places to rank, CSV or CSV.gz.")
@click.option("--out", type=FILE, required=True, help="The candidates again, with score and rank.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Day of the ranking.")
@click.option("--reasons", type=click.Choice(["zh", "en"]), default=None, help="Add the reasons in words.")
def rank(history: Path, candidates: Path, out: Path, as_of: dt.datetime | None, reasons: str | None) -> None:
    """Write the candidates back with ``score`` (probability of a finding) and ``rank`` (1 = visit first).

    Only places are scored: who would go there plays no part, and the strictness of those who went is taken out.
    """
    past = read_history(history, today=_today())
    ranked = rank_candidates(past, candidates, as_of=None if as_of is None else as_of.date())
    write_ranked(ranked, out, words=(lambda why: sentence(why, reasons)) if reasons else None)
    model = ranked.model
    click.echo(
        f"learnt from    {model.visits:,} visits, {model.found:,} findings, weights version {model.version}"
    )
    click.echo(
        f"ranked         {len(ranked.score):,} places, score {ranked.score.min():.3f} to {ranked.score.max():.3f}"
    )
    click.echo(f"written to     {out.name}")


@group.command("evaluate")
@history_option
@click.option(
    "--origins", type=click.IntRange(1, 60), default=6, show_default=True, help="Windows, from the end back."
)
@click.option("--window-days", type=click.IntRange(7, 366), default=60, show_default=True)
@click.option(
    "--gap-days",
    type=click.IntRange(0, 366),
    default=0,
    show_default=True,
    help="Days not known before each window.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the bootstrap.")
def evaluate(history: Path, origins: int, window_days: int, gap_days: int, seed: int) -> None:
    """Walk forward: how many days earlier, and how much in the first half, against the real order of visits."""
    evaluation = evaluate_history(
        read_history(history, today=_today()),
        origins=origins,
        window_days=window_days,
        gap_days=gap_days,
        seed=seed,
    )
    for line in in_lines(evaluation):
        click.echo(line)
