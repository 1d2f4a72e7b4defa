"""A city with a street of venues whose visits and findings are known, and how a test asks its pages."""

import datetime as dt

import shapely

from patrol.accounts import GridDuty
from patrol.findings import Finding
from patrol.infra import spatial
from patrol.infra.db import unscoped
from patrol.patrols import Visit
from tests.factories.patrols import create_city, create_place, free

NOW = dt.datetime.now(dt.UTC)


def record(session, venue, visits, findings, *, days_ago=5, answered=True):
    at = NOW - dt.timedelta(days=days_ago)
    outcome = "nothing_found" if answered else "no_answer"
    session.add_all(
        Visit(
            venue_id=venue.id,
            grid_id=venue.grid_id,
            scope_path=venue.scope_path,
            outcome=outcome,
            arrived_at=at,
        )
        for _ in range(visits)
    )
    where = spatial.to_geom(shapely.Point(114.31, 30.6))
    session.add_all(
        Finding(
            venue_id=venue.id, grid_id=venue.grid_id, scope_path=venue.scope_path, found_at=at, geom=where
        )
        for _ in range(findings)
    )
    session.flush()


def create_street(session):
    """A street of twenty places with 40 visits each; the first finds 24, the others one in twenty."""
    city = create_city(session)
    with unscoped(session, "a test builds its world"):
        city.street = [
            create_place(session, city.east, city.grid, 20 + n, 114.300 + 0.006 * n, 30.62) for n in range(20)
        ]
        record(session, city.street[0], 40, 24)
        for place in city.street[1:]:
            record(session, place, 40, 2)
        record(session, city.far, 9, 3)
        session.add(GridDuty(grid_id=city.grid.id, person_id=city.liaison.id, duty="community_liaison"))
        session.commit()
    return city


def write_again(session):
    """Let the session write after a request that only read has used it."""
    free()
    session.info["readonly"] = False


def get(client, path, status=200, **more):
    answer = client.get(path, **more)
    assert answer.status_code == status, (path, answer.get_data(as_text=True)[:400])
    return answer


def text(client, path, status=200):
    return get(client, path, status).get_data(as_text=True)
