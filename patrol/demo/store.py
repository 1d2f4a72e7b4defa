"""Writes the demo city: divisions, agencies, accounts, grids, venues, teams, in that order."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import shapely
from flask_security import hash_password
from sqlalchemy import insert, select

from patrol.accounts import Agency, GridDuty, Person, ensure_roles
from patrol.demo.cast import AGENCIES, PASSWORD, PLAYERS, TEAMS, UPPER_DIVISIONS
from patrol.demo.ground import DISTRICTS, Place, district_shape
from patrol.infra import spatial
from patrol.routes import Team, TeamMember
from patrol.territory import Division, Grid
from patrol.venues import Venue


def demo_uid(random: Random) -> str:
    """Return a UUID from the seed, in the form of version 7."""
    value = random.getrandbits(128) & ~(0xF << 76) | (0x7 << 76)
    return str(uuid.UUID(int=value & ~(0x3 << 62) | (0x2 << 62)))


def store_divisions(session: Any, random: Random) -> dict[str, Division]:
    """Store province, city and districts; the upper ones are the union of the shipped districts."""
    shapes = {code: district_shape(code) for code in DISTRICTS}
    whole = shapely.union_all(list(shapes.values()))
    whole = whole if whole.geom_type == "MultiPolygon" else shapely.MultiPolygon([whole])
    made: dict[str, Division] = {}
    for code, name, level, parent in UPPER_DIVISIONS:
        above = made.get(parent or "")
        path = f"{above.scope_path if above else ''}{code}/"
        made[code] = Division(
            uid=demo_uid(random),
            code=code,
            name=name,
            level=level,
            parent=above,
            scope_path=path,
            geom=spatial.to_geom(shapes.get(code, whole)),
        )
        session.add(made[code])
        session.flush()
    return made


def store_agencies(session: Any, divisions: dict[str, Division], random: Random) -> dict[str, Agency]:
    """Store the agencies, each at its division."""
    made: dict[str, Agency] = {}
    for key, name, kind, parent, code in AGENCIES:
        division = divisions[code]
        made[key] = Agency(
            uid=demo_uid(random),
            name=name,
            kind=kind,
            parent=made.get(parent or ""),
            division_id=division.id,
            scope_path=division.scope_path,
        )
        session.add(made[key])
        session.flush()
    return made


def store_people(session: Any, agencies: dict[str, Agency], random: Random) -> dict[str, Person]:
    """Store the demo accounts; all share one printed password, hashed once."""
    roles, hashed = ensure_roles(session), hash_password(PASSWORD)
    made = {}
    for player in PLAYERS:
        agency = agencies[player.agency]
        made[player.username] = Person(
            uid=demo_uid(random),
            username=player.username,
            name=player.name,
            badge_number=player.badge,
            phone=player.phone,
            password=hashed,
            active=True,
            fs_uniquifier=secrets.token_hex(32),
            agency_id=agency.id,
            scope_path=agency.scope_path,
            roles=[roles[player.role]],
        )
    session.add_all(made.values())
    session.flush()
    return made


def store_township(
    session: Any, district: Division, code: str, name: str, cells: list[Any], random: Random
) -> Division:
    """Store a township whose name is real and whose outline is the union of the grids given to it."""
    outline = shapely.union_all(cells).buffer(0)
    outline = outline if outline.geom_type == "MultiPolygon" else shapely.MultiPolygon([outline])
    row = Division(
        uid=demo_uid(random),
        code=code,
        name=name,
        level="township",
        parent=district,
        scope_path=f"{district.scope_path}{code}/",
        geom=spatial.to_geom(outline),
    )
    session.add(row)
    session.flush()
    return row


def store_grid(session: Any, town: Division, agency: Agency, number: int, cell: Any, random: Random) -> Grid:
    """Store one grid of a township."""
    shape = cell if cell.geom_type == "MultiPolygon" else shapely.MultiPolygon([cell])
    row = Grid(
        uid=demo_uid(random),
        code=f"{town.code}{number:03d}",
        name=f"{town.name}第{number}网格",
        division_id=town.id,
        agency_id=agency.id,
        scope_path=town.scope_path,
        made_by="street",
        geom=spatial.to_geom(shape),
    )
    session.add(row)
    return row


def store_duties(session: Any, grids: Sequence[Grid], people: dict[str, Person], branch: str) -> None:
    """Give every grid its inspector, police liaison officer and community liaison, in turn."""
    suffix = "" if branch == "jiangan" else "2"
    inspectors = [p.username for p in PLAYERS if p.agency == branch and p.role == "inspector"]
    for number, grid in enumerate(grids):
        inspector = inspectors[number * len(inspectors) // max(len(grids), 1)]
        pairs = (
            (inspector, "inspector"),
            (f"police{suffix}", "police_liaison"),
            (f"liaison{suffix}", "community_liaison"),
        )
        for username, duty in pairs:
            session.add(GridDuty(grid_id=grid.id, person_id=people[username].id, duty=duty))


def venue_rows(
    places: Sequence[Place],
    grids: Sequence[Grid | None],
    town: Sequence[Division],
    start: int,
    now: dt.datetime,
    random: Random,
) -> list[dict[str, Any]]:
    """Return the rows of venues, ready for a bulk insert."""
    rows = []
    for number, (place, grid, division) in enumerate(zip(places, grids, town, strict=True), start=start):
        rows.append(
            {
                "uid": demo_uid(random),
                "scope_path": division.scope_path,
                "code": f"V{number:05d}",
                "name": place.name,
                "kind": place.kind,
                "address": place.address,
                "geom": spatial.point(place.lon, place.lat),
                "capacity": place.capacity,
                "opening_hours": place.opening_hours,
                "service_minutes": place.service_minutes,
                "revisit_interval_days": place.interval_days,
                "grid_id": grid.id if grid else None,
                "division_id": division.id,
                "qr_token": f"{random.getrandbits(80):020x}",
                "invented": True,
                "created_at": now - dt.timedelta(days=400),
                "updated_at": now,
            }
        )
    return rows


def store_venues(session: Any, rows: list[dict[str, Any]]) -> list[int]:
    """Insert venues in bulk; return their keys in the order given."""
    session.execute(insert(Venue), rows)
    keys = dict(session.execute(select(Venue.uid, Venue.id)).all())
    return [keys[row["uid"]] for row in rows]


def store_teams(
    session: Any, agencies: dict[str, Agency], people: dict[str, Person], random: Random
) -> list[Team]:
    """Store the six teams, starting at a point inside their district."""
    starts = {"jiangan": (114.3000, 30.6040), "jianghan": (114.2700, 30.6000)}
    made = []
    for name, key, mode, (begin, end), members in TEAMS:
        agency = agencies[key]
        lon, lat = starts[key]
        team = Team(
            uid=demo_uid(random),
            name=name,
            agency_id=agency.id,
            scope_path=agency.scope_path,
            mode=mode,
            start_lon=lon,
            start_lat=lat,
            shift_start=begin,
            shift_end=end,
            start_name=agency.name.removesuffix("（演示）"),
            break_minutes=45,
        )
        team.members = [TeamMember(person_id=people[u].id, duty=duty) for u, duty in members]
        made.append(team)
    session.add_all(made)
    session.flush()
    return made


def share_out(centres: np.ndarray, names: list[tuple[str, str]]) -> list[int]:
    """Assign grids (centres, shape (n, 2)) to townships in compact groups of equal size, west to east, north to south.

    Returns the index of the township of each grid. The outlines that follow are invented, the names are real.
    """
    columns = max(1, round(len(names) ** 0.5))
    owner = [0] * len(centres)
    order = np.argsort(centres[:, 0])
    town = 0
    for slot, column in enumerate(np.array_split(order, columns)):
        share = len(names) * (slot + 1) // columns - len(names) * slot // columns
        for part in np.array_split(column[np.argsort(-centres[column, 1])], share):
            for grid in part:
                owner[int(grid)] = town
            town += 1
    return owner
