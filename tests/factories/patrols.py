"""A city with a planned route, signed-in clients, and entries as a phone makes them."""

import datetime as dt
import hashlib
import random
import uuid
from dataclasses import dataclass
from typing import Any

import rfc8785
import shapely
from flask import g

from patrol.accounts import GridDuty, Person
from patrol.accounts.security import principal_of_person
from patrol.infra import spatial
from patrol.infra.db import Principal, bind_principal, db, unscoped
from patrol.routes import Plan, Route, Stop, Team, TeamMember
from patrol.territory import Division, Grid
from patrol.venues import Venue
from tests.factories.venues import EAST, WEST, box, create_division, create_person

HEADERS = {"X-Patrol": "1"}
DEVICE = "01934f2e-0000-7000-8000-00000000d001"


@dataclass
class City:
    """Two districts; the east one has a team of three with a route of two venues today."""

    east: Division
    west: Division
    grid: Grid
    venues: list[Venue]
    far: Venue
    inspector: Person
    liaison: Person
    police: Person
    manager: Person
    stranger: Person
    team: Team
    route: Route

    def actor(self, person: Person) -> Principal:
        return principal_of_person(person)


def create_city(session, now=None) -> City:
    """Build the city and leave nobody bound to the session."""
    now = now or dt.datetime.now(dt.UTC)
    with unscoped(session, "a test builds its world"):
        town = create_division(session, "4201", "武汉市", "city")
        east = create_division(session, "420102", "江岸区", "district", town, EAST)
        west = create_division(session, "420103", "江汉区", "district", town, WEST)
        grid = Grid(
            code="420102001",
            name="一元网格",
            division_id=east.id,
            scope_path=east.scope_path,
            geom=spatial.to_geom(box(*EAST)),
        )
        session.add(grid)
        session.flush()
        venues = [create_place(session, east, grid, n, 114.31 + n / 1000, 30.60) for n in range(3)]
        far = create_place(session, west, None, 9, 114.26, 30.60)
        people = {
            name: create_person(session, division, role, username=name)
            for name, division, role in (
                ("inspector", east, "inspector"),
                ("liaison", east, "community_liaison"),
                ("police", east, "police_liaison"),
                ("manager", east, "branch_manager"),
                ("stranger", west, "inspector"),
            )
        }
        team, route = create_route(session, east, people, venues[:2], now)
        session.add(GridDuty(grid_id=grid.id, person_id=people["inspector"].id, duty="inspector"))
        session.commit()
    return City(east, west, grid, venues, far, team=team, route=route, **people)


def create_place(session, division, grid, number, lon, lat, **facts) -> Venue:
    """Put one venue on the ground."""
    venue = Venue(
        scope_path=division.scope_path,
        division_id=division.id,
        grid_id=grid.id if grid else None,
        code=f"V{number:04d}",
        name=f"晨光宾馆{number}",
        kind="hotel",
        address=f"一元路{number}号",
        geom=spatial.to_geom(shapely.Point(lon, lat)),
        qr_token=uuid.uuid4().hex[:26],
        **facts,
    )
    session.add(venue)
    session.flush()
    return venue


def create_route(session, division, people, venues, now, state="published"):
    """Plan a day for the inspector, the police liaison officer and the community liaison."""
    manager = people["manager"]
    team = Team(
        name="联合一组",
        agency_id=manager.agency_id,
        start_lon=114.31,
        start_lat=30.6,
        scope_path=division.scope_path,
        members=[
            TeamMember(person_id=people[name].id, duty=duty)
            for name, duty in (
                ("inspector", "inspector"),
                ("police", "police_liaison"),
                ("liaison", "community_liaison"),
            )
        ],
    )
    day = now.astimezone(dt.timezone(dt.timedelta(hours=8))).date()
    plan = Plan(
        agency_id=manager.agency_id,
        day=day,
        state=state,
        created_by_id=manager.id,
        scope_path=division.scope_path,
        visible_from=now - dt.timedelta(hours=1),
    )
    session.add_all([team, plan])
    session.flush()
    route = Route(
        plan_id=plan.id,
        team_id=team.id,
        day=day,
        start_at=now,
        end_at=now + dt.timedelta(hours=8),
        scope_path=division.scope_path,
        stops=[
            Stop(
                venue_id=venue.id,
                position=place,
                planned_arrival=now,
                planned_leave=now,
                reasons=[{"zh": "到期", "en": "Due"}],
            )
            for place, venue in enumerate(venues, start=1)
        ],
    )
    session.add(route)
    session.flush()
    return team, route


def sign_in(app, person):
    """Return a client in whose cookie ``person`` is signed in."""
    client = browser(app)
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = person.fs_uniquifier, True
        cookie["fs_cc"], cookie["identity"] = "set", person.fs_uniquifier
    return client


def browser(app):
    """Return a client that no other client of the test shares its person with.

    Inside a test's application context Flask reuses ``g`` for every request, and with it person and language.
    """
    client = app.test_client()
    real = client.open

    def open_alone(*arguments, **named):
        for name in list(g):
            g.pop(name)
        free()
        return real(*arguments, **named)

    client.open = open_alone
    return client


def act_as(session, person) -> Principal:
    """Bind a person to the session, as a request would."""
    actor = principal_of_person(person)
    bind_principal(session, actor)
    return actor


def free(session=None):
    """Let the session go, so that a request made by the test client gets its own."""
    bind_principal(session or db.session, None)
    (session or db.session).rollback()


def new_uid() -> str:
    """Make a number as a phone does."""
    import uuid6

    return str(uuid6.uuid7())


def position(lon=114.31, lat=30.60, accuracy_m=12.5, at=None) -> dict[str, Any]:
    """Make a fix."""
    at = at or dt.datetime.now(dt.UTC)
    return {
        "lon": lon,
        "lat": lat,
        "accuracy_m": accuracy_m,
        "at": at.isoformat(),
        "source": "gps",
        "datum": "WGS-84",
    }


def entry(kind, body, *, at=None, uid=None, seq=1, schema=1) -> dict[str, Any]:
    """Wrap a body as the phone does: named, numbered, timed, hashed."""
    at = at or dt.datetime.now(dt.UTC)
    return {
        "id": uid or new_uid(),
        "kind": kind,
        "schema": schema,
        "device_seq": seq,
        "captured_at": at.isoformat(),
        "sha256": hashlib.sha256(rfc8785.dumps(body)).hexdigest(),
        "body": body,
    }


def visit_body(venue, *, outcome="nothing_found", patrol_uid=None, stop_uid=None, at=None, **more):
    """Make the body of a visit."""
    at = at or dt.datetime.now(dt.UTC)
    return {
        "visit_uid": new_uid(),
        "patrol_uid": patrol_uid,
        "stop_uid": stop_uid,
        "venue_uid": venue.uid,
        "outcome": outcome,
        "arrived_at": at.isoformat(),
        "left_at": at.isoformat(),
        "position": position(at=at),
        "presence": {
            "qr": False,
            "distance_m": 3.5,
            "accuracy_m": 12.5,
            "fix_age_s": 2,
            "mock_hint": False,
            "clock_offset_ms": None,
        },
        "note": "",
        **more,
    }


def finding_body(venue, *, visit_uid=None, photos=(), **more):
    """Make the body of a finding."""
    return {
        "finding_uid": new_uid(),
        "visit_uid": visit_uid,
        "venue_uid": venue.uid,
        "text": "室内打地铺",
        "checklist": {"version": "1", "answers": {"entry_fee.seen": "seen", "place.floor_bedding": True}},
        "position": position(),
        "manual_pin": None,
        "photos": list(photos),
        **more,
    }


def sighting_body(**more):
    """Make the body of a liaison's sighting."""
    return {
        "sighting_uid": new_uid(),
        "kind": "lecture",
        "text": "楼上每天很多人听课",
        "position": position(),
        "manual_pin": None,
        "venue_uid": None,
        "photos": [],
        **more,
    }


def photo_of(original: bytes, display: bytes | None = None) -> dict[str, Any]:
    """Declare a photo as the phone does."""
    display = display or original
    return {
        "sha256_original": hashlib.sha256(original).hexdigest(),
        "size_original": len(original),
        "type_original": "image/jpeg",
        "sha256_display": hashlib.sha256(display).hexdigest(),
        "size_display": len(display),
        "taken_at": dt.datetime.now(dt.UTC).isoformat(),
        "source": "camera",
    }


def jpeg(width=64, height=48, seed=1, exif=True) -> bytes:
    """Draw a small picture with a place in its EXIF."""
    import io

    from PIL import Image

    rng = random.Random(seed)
    picture = Image.new("RGB", (width, height), tuple(rng.randrange(256) for _ in range(3)))
    told = Image.Exif()
    if exif:
        told[0x010F] = "SecretCamera"
        told.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=told)
    return out.getvalue()


def batch(*entries, sent_at=None, **more) -> dict[str, Any]:
    """Put entries into an envelope."""
    sent_at = sent_at or dt.datetime.now(dt.UTC)
    return {
        "device_uid": DEVICE,
        "schema": 1,
        "sent_at": sent_at.isoformat(),
        "entries": list(entries),
        **more,
    }


def send(client, *entries, headers=None, **more):
    """Post a batch and return the response."""
    return client.post("/api/v1/sync", json=batch(*entries, **more), headers={**HEADERS, **(headers or {})})


def upload(client, data: bytes, *, step=None, sha256=None):
    """Put a file in pieces; return the last response."""
    sha256 = sha256 or hashlib.sha256(data).hexdigest()
    step = step or len(data)
    answer = None
    for offset in range(0, len(data), step):
        answer = client.put(
            f"/api/v1/blobs/{sha256}",
            data=data[offset : offset + step],
            headers={
                **HEADERS,
                "Content-Type": "application/octet-stream",
                "Upload-Offset": str(offset),
                "Upload-Length": str(len(data)),
            },
        )
    return answer
