"""``patrol bench records``: indicators, dashboard and summary over a year of 1,000,000 records, on SpatiaLite."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sqlalchemy import insert, select

from patrol.core.clock import SystemClock
from patrol.core.figures import Figure
from patrol.enforcement import Action
from patrol.infra.db import Principal, bind_principal, db, refresh_statistics, unscoped, upgrade
from patrol.infra.spatial import point
from patrol.patrols import Visit
from patrol.prevention import PublicityEvent
from patrol.reports.boards import board
from patrol.reports.computing import value_of
from patrol.reports.documents import as_docx
from patrol.reports.domain import Period
from patrol.reports.drafting import draft
from patrol.reports.imbalances import imbalances
from patrol.reports.registry import INDICATORS
from patrol.reports.rendering import Figures, annex, render
from patrol.territory import Division
from patrol.venues import Venue

VISITS, LEDGER = 900_000, 50_000
DISTRICTS, TOWNS, VENUES = 7, 12, 3000
YEAR = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
OUTCOMES = ("nothing_found", "no_answer", "refused", "suspicious", "violation")


def figures() -> Iterator[Figure]:
    """Fill a database of its own and measure every kind of figure, warm, the slowest of three runs."""
    from patrol import create_app

    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"DATA_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""})
        upgrade(app)
        with app.app_context():
            session = db.session()
            with unscoped(session, "the benchmark fills its own database"):
                city = _fill(session)
                session.commit()
            refresh_statistics(db.engine, anew=True)  # as the program does every night
            session.info["readonly"] = True
            bind_principal(session, Principal(0, "", "bench", city))
            yield from _measured(session, city)
            session.rollback()
            db.engine.dispose()


def _measured(session: Any, path: str) -> Iterator[Figure]:
    area = session.scalars(select(Division).where(Division.scope_path == path)).one()
    slowest, name = 0.0, ""
    for indicator in INDICATORS:
        taken = _slowest(lambda indicator=indicator: value_of(session, indicator, YEAR, path))  # type: ignore[misc]
        if taken > slowest:
            slowest, name = taken, indicator.code
    yield Figure(f"slowest indicator ({name}), a year of 1,000,000 records", slowest, "ms", goal="<= 300")
    visits = next(each for each in INDICATORS if each.code == "visits")
    yield Figure(
        "visits of a year", _slowest(lambda: value_of(session, visits, YEAR, path)), "ms", goal="<= 300"
    )

    def dashboard() -> None:
        board(session, area, YEAR)
        imbalances(session, YEAR, path)

    yield Figure("dashboard of the whole city", _slowest(dashboard) / 1000, "s", goal="<= 1")

    def summary() -> None:
        _title, text = draft(session, "yearly", area, YEAR)
        told = Figures(session, path, YEAR)
        as_docx("yearly", render(text, told), signature="办公室", day=YEAR.until, annex=annex(told))

    yield Figure("summary drafted and set as DOCX", _slowest(summary) / 1000, "s", goal="<= 5")


def _slowest(work: Callable[[], Any], runs: int = 3) -> float:
    """Return the slowest of ``runs`` in ms, after one to warm up."""
    work()
    taken = []
    for _run in range(runs):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return max(taken)


def _fill(session: Any) -> str:
    """Store a city of districts and townships with a year of visits, actions and events; return its path."""
    rng, now = np.random.default_rng(7), SystemClock().now()
    city = Division(code="3503", name="莆田市", level="city", scope_path="3503/")
    session.add(city)
    towns = []
    for district in range(DISTRICTS):
        code = f"3503{district:02d}"
        session.add(Division(code=code, name=f"第{district}区", level="district", scope_path=f"3503/{code}/"))
        for town in range(TOWNS):
            path = f"3503/{code}/{code}{town:03d}/"
            towns.append(
                Division(
                    code=f"{code}{town:03d}", name=f"{district}-{town}", level="township", scope_path=path
                )
            )
    session.add_all(towns)
    session.flush()
    places = [(town.id, town.scope_path) for town in towns]
    venues = [
        {"code": f"V{n}", "name": f"场所{n}", "kind": "hotel", "geom": point(119.0, 25.4), "qr_token": f"{n:026d}",
         "division_id": places[n % len(places)][0], "scope_path": places[n % len(places)][1]}
        for n in range(VENUES)
    ]  # fmt: skip
    session.execute(insert(Venue), venues)
    keys = [key for (key,) in session.execute(select(Venue.id).order_by(Venue.id))]
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for first in range(0, VISITS, 50_000):
        at, minute = rng.integers(0, VENUES, 50_000), rng.integers(0, 365 * 1440, 50_000)
        session.execute(insert(Visit), [
            {"venue_id": keys[v], "scope_path": venues[v]["scope_path"], "outcome": OUTCOMES[(first + n) % 5],
             "arrived_at": start + dt.timedelta(minutes=int(m)), "source": "bench", "received_at": now}
            for n, (v, m) in enumerate(zip(at, minute, strict=True))
        ])  # fmt: skip
    for model, day, more in ((Action, "begun_on", {"kind": "planned", "officers_count": 4, "dispersed": 2}),
                             (PublicityEvent, "held_on", {"kind": "plaza", "leaflets": 30})):  # fmt: skip
        session.execute(insert(model), [
            {"number": f"{n}", "title": "记录", "division_id": places[n % len(places)][0],
             "scope_path": places[n % len(places)][1], day: YEAR.since + dt.timedelta(days=n % 365), **more}
            for n in range(LEDGER)
        ])  # fmt: skip
    return "3503/"
