"""A city to be stormed: officers with signed cookies, venues, and a data folder of its own."""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path

from tests.databases import build_app, let_go
from tests.factories import patrols as make

SECRET = "a secret of the storm that nobody uses elsewhere"
PEOPLE = ("inspector", "police", "manager")


@dataclass
class World:
    """What the storm knows of the server: where it keeps things, who may knock, and which venues there are."""

    url: str
    data_dir: Path
    cookies: dict
    venues: list
    environment: dict = field(default_factory=dict)


@dataclass(frozen=True)
class VenueRef:
    """A venue as phones know it."""

    uid: str


def build_world(url, data_dir):
    """Build the city in a migrated database; leave no connection open."""
    app = open_app(url, data_dir)
    with app.app_context():
        from patrol.infra.db import db

        city = make.create_city(db.session)
        venues = [VenueRef(venue.uid) for venue in city.venues]
        cookies = {name: cookie_of(app, getattr(city, name)) for name in PEOPLE}
        db.session.remove()
    let_go(app)
    environment = {
        "DATABASE_URL": url, "DATA_DIR": str(data_dir), "SECRET_KEY": SECRET, "RATE_LIMITS": "off",
        "MIN_FREE_DISK_PERCENT": "0",
    }  # fmt: skip
    return World(url, data_dir, cookies, venues, environment)


def open_app(url, data_dir):
    """Build the program on the storm's database, in this process."""
    return build_app(url, data_dir, SECRET_KEY=SECRET, RATE_LIMITS="off", TESTING=False, JOBS_INLINE=True)


@contextlib.contextmanager
def opened(world):
    """Look into the world's database from here; everything is closed afterwards."""
    app = open_app(world.url, world.data_dir)
    with app.app_context():
        yield app
    let_go(app)


def cookie_of(app, person):
    """Return the cookie header of a signed-in person."""
    client = make.sign_in(app, person)
    kept = client.get_cookie("session") or next(iter(client._cookies.values()))
    return f"{kept.key}={kept.value}"
