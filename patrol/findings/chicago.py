"""A real city for trials: Chicago with its own division tree, agency, accounts, hexagon grids and teams.

Its places and inspections come from a file through the ordinary imports; nothing here writes a venue or a visit.
"""

from __future__ import annotations

import datetime as dt
import gzip
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from zoneinfo import ZoneInfo

import numpy as np
import shapely
from flask import current_app
from flask_security import hash_password
from sqlalchemy import func, select

from patrol.accounts import Agency, Person, Role, RoleName, principal_of_person
from patrol.core.clock import Clock, FixedClock
from patrol.core.datum import Datum
from patrol.core.errors import PatrolError, problem
from patrol.core.geo import polygonal
from patrol.core.ids import new_uid
from patrol.findings.importing.running import run_check, run_store
from patrol.findings.models import Finding
from patrol.infra import spatial
from patrol.infra.db import Principal, bind_principal, db, unscoped
from patrol.patrols import Visit
from patrol.routes import Team, TeamMember
from patrol.territory import Division, Grid, Points, hexagons
from patrol.venues import (
    FINDING_FIELDS,
    ImportRow,
    Progress,
    Table,
    Venue,
    VenueImport,
    VenueKind,
    begin_apply,
    begin_check,
    choose_columns,
    decide,
    guess_columns,
    keep_upload,
    mapping_of,
    read_degrees,
    read_table,
    start_import,
    upload_path,
)
from patrol.venues import run_check as check_venue_list
from patrol.venues import run_store as store_venue_list

PASSWORD = "patrol-demo-2026"  # noqa: S105  (printed on the console, as for the demo city)
#: code, name, level
DIVISIONS = (
    ("US", "United States", "country"),
    ("US-IL", "Illinois", "province"),
    ("US-IL-CHI", "Chicago", "city"),
)
#: account, name, role
PEOPLE = (
    ("chicago", "Chicago manager", RoleName.CITY_MANAGER),
    ("chicago-inspector", "Chicago inspector", RoleName.INSPECTOR),
    ("chicago-inspector2", "Chicago inspector 2", RoleName.INSPECTOR),
    ("chicago-police", "Chicago police liaison", RoleName.POLICE_LIAISON),
    ("chicago-liaison", "Chicago community liaison", RoleName.COMMUNITY_LIAISON),
)
TEAMS = (
    ("North team", (-87.6600, 41.9500), ("chicago-inspector", "chicago-police")),
    ("South team", (-87.6200, 41.8200), ("chicago-inspector2", "chicago-liaison")),
)
EDGE_M = 900.0
SEED = 2014
#: the day the register was taken over: just after the last inspection of the file
TAKEN_OVER = FixedClock(dt.datetime(2014, 9, 1, 12, tzinfo=dt.UTC))
MOST_BYTES = 200_000_000
#: entries of one number or one name are one place up to this distance: branches of a chain lie further apart
ONE_PLACE_M = 60.0

NOT_THIS_FILE = problem(
    "findings.not_inspections",
    en="This is not a file of inspections: it needs columns for name, position, date and outcome.",
    zh="这不是检查记录文件：须含名称、坐标、日期和结果列。",
)
Say = Callable[[str], None]


@dataclass(frozen=True)
class CityFigures:
    """What the city holds."""

    venues: int
    visits: int
    findings: int
    grids: int
    was_there: bool


def import_city(file: Path, say: Say, *, clock: Clock) -> CityFigures:
    """Make Chicago and import its inspections; what is already there is left as it is.

    Commits after each step, so that a run that was cut short goes on where it stopped. Raises
    :class:`PatrolError` for a file that holds no inspections.
    """
    session: Any = db.session
    with unscoped(session, "asking whether the city is already there"):
        done = session.scalars(
            select(VenueImport.id).where(VenueImport.purpose == "findings", VenueImport.state == "done",
                                         VenueImport.scope_path == _path())
        ).first() is not None  # fmt: skip
    rng = random.Random(SEED)
    if not done:
        sha256 = _keep(file)
        table = read_table(upload_path(sha256))
        lon, lat = _positions(table)
        say("divisions, agency, accounts, grids")
        _make_ground(session, lon, lat, rng)
    actor = _manager(session)
    bind_principal(session, actor)
    if not done:
        _import(session, actor, "venues", sha256, table, say, clock, rng)
        _import(session, actor, "findings", sha256, table, say, clock, rng)
    return _figures(session, done)


def _path() -> str:
    return "".join(f"{code}/" for code, _, _ in DIVISIONS)


def _keep(file: Path) -> str:
    """Keep the file as an upload would be kept, unpacked where it is packed."""
    with file.open("rb") as start:
        packed = start.read(2) == b"\x1f\x8b"
    if not packed:
        with file.open("rb") as plain:
            return keep_upload(plain)
    with gzip.open(file) as unpacked:
        return keep_upload(cast(IO[bytes], _Bounded(unpacked)))


class _Bounded:
    """A stream that ends with a refusal rather than fill the disk."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.left = stream, MOST_BYTES

    def read(self, size: int = -1) -> bytes:
        content: bytes = self.stream.read(size)
        self.left -= len(content)
        if self.left < 0:
            raise PatrolError(NOT_THIS_FILE)
        return content


def _positions(table: Table) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct positions of the file in degrees; refuses a file without the columns needed."""
    named = {name: at for at, name in guess_columns(table.columns, FINDING_FIELDS).items()}
    if not {"name", "lon", "lat", "date", "outcome"} <= set(named):
        raise PatrolError(NOT_THIS_FILE)
    pairs = {(row.cells[named["lon"]], row.cells[named["lat"]]) for row in table.rows()}
    read = [(read_degrees(lon), read_degrees(lat)) for lon, lat in sorted(pairs)]
    points = np.array([(x, y) for x, y in read if x is not None and y is not None], dtype=float)
    return points[:, 0], points[:, 1]


def _make_ground(session: Any, lon: np.ndarray, lat: np.ndarray, rng: random.Random) -> None:
    with unscoped(session, "a city of its own is made by the system"):
        if session.scalars(select(Division.id).where(Division.code == DIVISIONS[-1][0])).first() is not None:
            return
        city = _divisions(session, _outline(lon, lat), rng)
        agency = Agency(
            uid=new_uid(TAKEN_OVER, rng), name="Chicago Department of Public Health", kind="bureau",
            division_id=city.id, scope_path=city.scope_path,
        )  # fmt: skip
        session.add(agency)
        session.flush()
        people = _people(session, agency, rng)
        _grids(session, city, agency, lon, lat, rng)
        _teams(session, agency, people, rng)
        session.commit()


def _outline(lon: np.ndarray, lat: np.ndarray) -> shapely.MultiPolygon:
    """Return the area of work: a hull drawn round the places, for no boundary of the city is shipped."""
    places = shapely.MultiPoint(np.column_stack([lon, lat]))
    return polygonal(shapely.concave_hull(places, ratio=0.05).buffer(0.004).simplify(0.0005))


def _divisions(session: Any, outline: shapely.MultiPolygon, rng: random.Random) -> Division:
    above: Division | None = None
    for code, name, level in DIVISIONS:
        path = f"{above.scope_path if above else ''}{code}/"
        above = Division(
            uid=new_uid(TAKEN_OVER, rng), code=code, name=name, level=level, parent=above, scope_path=path,
            geom=spatial.to_geom(outline),
        )  # fmt: skip
        session.add(above)
        session.flush()
    if above is None:
        raise ValueError("there is at least one division")
    return above


def _people(session: Any, agency: Agency, rng: random.Random) -> dict[str, Person]:
    roles = {role.name: role for role in session.scalars(select(Role))}
    hashed = hash_password(PASSWORD)
    made = {}
    for username, name, role in PEOPLE:
        roles.setdefault(role.value, Role(name=role.value))
        made[username] = Person(
            uid=new_uid(TAKEN_OVER, rng), username=username, name=name, password=hashed, active=True, language="en",
            fs_uniquifier=secrets.token_hex(32), agency_id=agency.id, scope_path=agency.scope_path,
            roles=[roles[role.value]],
        )  # fmt: skip
    session.add_all(made.values())
    session.flush()
    return made


def _grids(
    session: Any, city: Division, agency: Agency, lon: np.ndarray, lat: np.ndarray, rng: random.Random
) -> None:
    plan = hexagons(spatial.to_shapely(city.geom), Points(lon, lat), edge_m=EDGE_M, name=city.name)
    for number, shape in enumerate(plan.shapes, start=1):
        session.add(Grid(
            uid=new_uid(TAKEN_OVER, rng), code=f"CHI-{number:04d}", name=f"Hexagon {number}", division_id=city.id,
            agency_id=agency.id, scope_path=city.scope_path, made_by="hexagon", geom=spatial.to_geom(shape),
        ))  # fmt: skip
    session.flush()


def _teams(session: Any, agency: Agency, people: dict[str, Person], rng: random.Random) -> None:
    duties = {"chicago-police": "police_liaison", "chicago-liaison": "community_liaison"}
    for name, (lon, lat), members in TEAMS:
        team = Team(
            uid=new_uid(TAKEN_OVER, rng), name=name, agency_id=agency.id, scope_path=agency.scope_path, mode="car",
            start_lon=lon, start_lat=lat,
        )  # fmt: skip
        team.members = [
            TeamMember(person_id=people[each].id, duty=duties.get(each, "inspector")) for each in members
        ]
        session.add(team)
    session.flush()


def _manager(session: Any) -> Principal:
    with unscoped(session, "the import works for the city's manager"):
        return principal_of_person(
            session.scalars(select(Person).where(Person.username == PEOPLE[0][0])).unique().one()
        )


def _import(
    session: Any,
    actor: Principal,
    purpose: str,
    sha256: str,
    table: Table,
    say: Say,
    clock: Clock,
    rng: random.Random,
) -> None:
    """Take one purpose of the file through upload, columns, check, decisions and store."""
    stored = session.scalars(
        select(VenueImport.id).where(VenueImport.purpose == purpose, VenueImport.state == "done")
    ).first()
    if stored is not None:
        return
    progress: Progress = lambda done, total, zh, en: None  # noqa: E731  (said line by line below)
    division = session.scalars(select(Division.uid).where(Division.code == DIVISIONS[-1][0])).one()
    row = start_import(
        session, actor, purpose=purpose, filename="inspections.csv", sha256=sha256, table=table,
        division_uid=division, clock=clock,
    )  # fmt: skip
    mapping = mapping_of(row)
    if purpose == "venues":
        mapping |= {at: "feature" for at, name in enumerate(table.columns) if name == "official_risk_class"}
    choose_columns(
        session, row, mapping, datum=Datum.WGS84, default_kind=VenueKind.OTHER.value if purpose == "venues" else "",
        division_uid=division,
    )  # fmt: skip
    begin_check(row)
    session.commit()
    uid, zone = row.uid, ZoneInfo(current_app.config["SETTINGS"].TIMEZONE)
    say(f"checking {purpose}")
    if purpose == "venues":
        check_venue_list(uid, actor, progress, clock=clock)
    else:
        run_check(uid, actor, progress, zone=zone, clock=clock)
    session.commit()
    row = session.scalars(select(VenueImport).where(VenueImport.uid == uid)).one()
    _decide(session, row)
    begin_apply(session, row)
    session.commit()
    say(f"storing {purpose}")
    if purpose == "venues":
        store_venue_list(uid, actor, progress, clock=clock, rng=rng, made_at=TAKEN_OVER)
    else:
        run_store(uid, actor, progress, zone=zone, clock=clock, rng=rng, made_at=TAKEN_OVER)
    session.commit()


def _decide(session: Any, row: VenueImport) -> None:
    """Decide as a person looking at this register would: one name or one number at one place is one venue."""
    twins = session.execute(
        select(ImportRow.number, ImportRow.data).where(
            ImportRow.import_id == row.id, ImportRow.state == "twin"
        )
    ).all()
    surely = {"code", "name_near", "name_address"}
    same = [number for number, data in twins if data["why"] in surely and data["distance_m"] <= ONE_PLACE_M]
    decide(session, row, same, "same")
    decide(session, row, None, "new")


def _figures(session: Any, was_there: bool) -> CityFigures:
    venues, visits, findings, grids = (
        session.execute(select(func.count(model.id))).scalar_one() for model in (Venue, Visit, Finding, Grid)
    )
    return CityFigures(venues, visits, findings, grids, was_there)
