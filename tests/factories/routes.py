"""A branch with two teams and a row of venues, and plans made of them by the real job."""

import re

from patrol.infra.db import unscoped
from patrol.routes import Plan, Team, TeamMember
from tests.factories.patrols import sign_in
from tests.factories.venues import City, create_person

#: a shift long enough for the reserve, a venue every few hundred metres
SHIFT = ("09:00", "13:00")


class Branch(City):
    """The city of the register's tests, with people who patrol, two teams, and venues that are due."""

    def __init__(self, session, venues=10):
        super().__init__(session)
        for number in range(venues):
            self.venue(f"店{number:02d}", lon=114.305 + number * 0.002, lat=30.60 + (number % 3) * 0.002)
        with unscoped(session, "the test's teams"):
            self.inspector = create_person(session, self.east, "inspector")
            self.police = create_person(session, self.east, "police_liaison")
            self.second = create_person(session, self.east, "inspector")
            self.teams = [
                create_team(session, self.branch, "联合组", [
                    (self.inspector, "inspector"), (self.police, "police_liaison"),
                    (self.liaison, "community_liaison"),
                ]),
                create_team(session, self.branch, "二组", [(self.second, "inspector")], mode="walk"),
            ]  # fmt: skip
            session.commit()
        self.session = session

    def desk(self, app, person=None):
        """Sign the branch manager in."""
        return sign_in(app, person or self.branch)


def create_team(session, manager, name, members, mode="ebike", **facts):
    team = Team(
        agency_id=manager.agency_id, scope_path=manager.scope_path, name=name, mode=mode, start_lon=114.31,
        start_lat=30.60, shift_start=SHIFT[0], shift_end=SHIFT[1],
        members=[TeamMember(person_id=person.id, duty=duty) for person, duty in members], **facts,
    )  # fmt: skip
    session.add(team)
    session.flush()
    return team


def token(client, path="/plans/new"):
    """Read the token of a form."""
    return re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))[1]


def post(client, path, status=302, **data):
    """Send a form and expect an answer."""
    answer = client.post(path, data={"csrf_token": token(client), **data})
    assert answer.status_code == status, answer.get_data(as_text=True)[:800]
    return answer


def make_plan(client, session, day="2099-01-05", seconds="2", **form):
    """Order a plan through the form; the job runs at once in tests."""
    uids = re.findall(r'name="team" value="([^"]+)"', client.get("/plans/new").get_data(as_text=True))
    answer = post(client, "/plans/new", day=day, seconds=seconds, **{"team": uids, **form})
    uid = answer.location.rsplit("/", 1)[1]
    session.rollback()
    session.expire_all()
    with unscoped(session, "a test looks"):
        plan = session.query(Plan).filter_by(uid=uid).one()
        [stop.venue.uid for route in plan.routes for stop in route.stops]
        [route.team.name for route in plan.routes]
    return plan


def step(client, plan, act, version=None, **form):
    """Take one step as the page's script does."""
    data = {"act": act, "version": plan.version if version is None else version, **form}
    return client.post(f"/plans/{plan.uid}/change", data=data, headers={"X-Patrol": "1"})


def plan_states(session):
    """Read anew which plans there are, and the state of each."""
    session.rollback()
    session.expire_all()
    with unscoped(session, "a test looks"):
        return {plan.uid: plan.state for plan in session.query(Plan).all()}
