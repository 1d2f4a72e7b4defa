"""A small city for tests of the register: two districts, two grids, people, venues."""

import datetime as dt
import itertools
import random

import shapely

from patrol.accounts import Agency, Person, Role
from patrol.accounts.security import principal_of_person
from patrol.core.clock import FixedClock
from patrol.core.datum import Datum
from patrol.infra import spatial
from patrol.infra.db import bind_principal, unscoped
from patrol.territory import Division, Grid
from patrol.venues import VenueFacts, VenueKind, register_venue

NOW = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)
CLOCK = FixedClock(NOW)
#: west, south, east, north of the two districts, side by side
EAST, WEST = (114.30, 30.58, 114.36, 30.64), (114.24, 30.58, 114.30, 30.64)
_numbers = itertools.count(1)


def box(west, south, east, north):
    return shapely.MultiPolygon([shapely.box(west, south, east, north)])


def create_division(session, code, name, level, parent=None, bounds=None):
    path = f"{parent.scope_path if parent else ''}{code}/"
    row = Division(
        code=code,
        name=name,
        level=level,
        parent=parent,
        scope_path=path,
        geom=spatial.to_geom(box(*bounds)) if bounds else None,
    )
    session.add(row)
    session.flush()
    return row


def create_person(session, division, role="city_manager", username=None, **facts):
    agency = Agency(
        name=f"{division.name}局", kind="bureau", division_id=division.id, scope_path=division.scope_path
    )
    found = session.query(Role).filter_by(name=role).one_or_none() or Role(name=role)
    session.add_all([agency, found])
    session.flush()
    number = next(_numbers)
    person = Person(
        username=username or f"person{number}",
        name=f"张{number}",
        fs_uniquifier=f"fs{number}",
        agency_id=agency.id,
        scope_path=division.scope_path,
        roles=[found],
        active=True,
        **facts,
    )
    session.add(person)
    session.flush()
    return person


def create_grid(session, division, code, bounds):
    row = Grid(
        code=code,
        name=f"{division.name}{code}网格",
        division_id=division.id,
        scope_path=division.scope_path,
        geom=spatial.to_geom(box(*bounds)),
    )
    session.add(row)
    session.flush()
    return row


class City:
    """Wuhan in two boxes; the session works for the city manager afterwards."""

    def __init__(self, session):
        self.session = session
        with unscoped(session, "the test's city"):
            province = create_division(session, "42", "湖北省", "province")
            self.city = create_division(session, "4201", "武汉市", "city", province)
            self.east = create_division(session, "420102", "江岸区", "district", self.city, EAST)
            self.west = create_division(session, "420103", "江汉区", "district", self.city, WEST)
            self.grid = create_grid(session, self.east, "420102001", (114.30, 30.58, 114.33, 30.64))
            self.manager = create_person(session, self.city)
            self.branch = create_person(session, self.east, "branch_manager")
            self.other = create_person(session, self.west, "branch_manager")
            self.liaison = create_person(session, self.east, "community_liaison")
            session.commit()
        self.actor = principal_of_person(self.manager)
        bind_principal(session, self.actor)

    def work_for(self, person):
        self.actor = principal_of_person(person)
        bind_principal(self.session, self.actor)
        return self.actor

    def venue(self, name="江城宾馆", lon=114.31, lat=30.60, **facts):
        values = {"kind": VenueKind.HOTEL, "address": "中山大道1号", "datum_given": Datum.WGS84, **facts}
        venue = register_venue(
            self.session,
            self.actor,
            VenueFacts(name=name, lon=lon, lat=lat, **values),
            clock=CLOCK,
            rng=random.Random(next(_numbers)),
        )
        self.session.commit()
        return venue
