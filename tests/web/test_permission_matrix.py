"""Who may what: every route × every role × own, parent, sibling, child and foreign division, and nobody at all.

The routes are read from the program, so a new one is covered at once; it only needs an example object for its
address (tests/factories/matrix.py says how). What must come out follows from the permission that the route asks
for and from where the object lies: without the permission 403, out of scope 404, without an account the sign-in.
Requests run to their end but nothing they write stays, so that each one meets the same world.
"""

import json
from collections import Counter
from dataclasses import dataclass
from itertools import islice

import pytest
from sqlalchemy import event

from patrol.accounts import GRANTS, RoleName
from patrol.infra.db.base import PatrolSession
from patrol.infra.db.scope import bound_every_query, bound_every_write
from patrol.infra.policy import Policy, declare_endpoint, policy_of
from patrol.ledgers import LEDGERS
from tests.factories.matrix import (
    CHILD,
    ELSEWHERE,
    MARK,
    OWN,
    PARENT,
    PLACES,
    PUBLIC,
    SIBLING,
    create_world,
    examples_for,
)
from tests.factories.patrols import browser, free, sign_in

#: some ten thousand requests on each database; on a busy machine they take their time
pytestmark = pytest.mark.timeout(1200)
#: routes that ask for one of several permissions in their own code
ASKS_INSIDE = {"venues.scanned": ("phone.use", "venues.read")}
#: routes whose objects belong to one person: they are bounded by the person, not by the division
OWNED = {
    "pwa.job_status", "pwa.job_cancel", "venues.labels_file", "patrols.show_mine", "patrols.my_track",
    "sync_api.blob_state", "sync_api.blob_chunk", "ledgers.imported",
    "summaries.making", "summaries.file", "rescue.show", "guarded.listed",
}  # fmt: skip
#: read by whom they assess, below the division that made them: a rule of their own stands in the walls' place
READ_BELOW = {"assessment.show", "assessment.export"}
#: name the campaigns that an area above has set: its own division's, read from below it and from nowhere beside it
NAMES_CAMPAIGNS_ABOVE = {"actions.new", "campaigns.index"}
#: lists that certainly show something of the own division: proof that the search for leaks can find one
TELLING = {
    "venues.index",
    "findings.index",
    "clues.index",
    "accounts.people",
    "grids.index",
    "territory.grids_json",
}
#: the pages of all ledgers are the same functions: three go through the whole matrix, the others through its corners
WHOLE_LEDGERS = {"actions", "communities", "joint-meetings"}
CORNERS = {
    ("branch_manager", OWN), ("branch_manager", SIBLING), ("city_manager", ELSEWHERE), ("inspector", PARENT),
    ("police_liaison", OWN), ("community_liaison", OWN),
}  # fmt: skip
NEVER = {401, 403, 404, 405}
MOST_TOLD = 40


@dataclass(frozen=True)
class Case:
    """One request with what must come of it: ok, forbidden, absent or sign_in."""

    endpoint: str
    method: str
    url: str
    role: str
    place: str
    expected: str

    def __str__(self):
        return f"{self.method} {self.url} ({self.endpoint}) as {self.role} in {self.place}: wanted {self.expected}"


class Matrix:
    """The world, its signed-in clients, and every case that follows from the routes of the program."""

    def __init__(self, app, session):
        self.app, self.world = app, create_world(session)
        self.clients = {key: sign_in(app, person) for key, person in self.world.people.items()}
        self.nobody = browser(app)
        self.missing, self.cases, self.secrets, self.seen = [], [], {MARK}, Counter()
        for rule in sorted(app.url_map.iter_rules(), key=str):
            found = examples_for(self.world, rule.endpoint, set(rule.arguments))
            if found is None:
                self.missing.append(f"{rule.endpoint} ({rule})")
            else:
                self.cases += self._cases_of(rule, found)
        session.commit()
        free(session)

    def _cases_of(self, rule, found):
        policy = policy_of(self.app, rule.endpoint)
        if policy.anyone:
            return
        with self.app.test_request_context():
            url = self.app.url_map.bind("localhost").build(
                rule.endpoint,
                {name: each.value for name, each in found.items()},
                method=next(iter(rule.methods)),
            )
        objects = [each for each in found.values() if not each.shared]
        self.secrets |= {each.value for each in objects if len(each.value) > 20}
        for method in sorted(rule.methods - {"OPTIONS"} - ({"HEAD"} if "GET" in rule.methods else set())):
            yield Case(rule.endpoint, method, url, "", "", "sign_in")
            thin = rule.endpoint.partition(".")[0] in set(LEDGERS) - WHOLE_LEDGERS
            for role, place in self.world.people:
                if thin and (role, place) not in CORNERS:
                    continue
                expected = self._expected(rule.endpoint, policy, objects, role, place)
                if expected != "forbidden" or place == OWN:
                    yield Case(rule.endpoint, method, url, role, place, expected)

    def _expected(self, endpoint, policy, objects, role, place):
        if policy.permission and RoleName(role) not in GRANTS[policy.permission]:
            return "forbidden"
        owners = {each.owner for each in objects if each.owner}
        if owners and owners != {self.world.person(role, place)}:
            return "absent"
        if not owners and objects and place in (SIBLING, CHILD, ELSEWHERE):
            return "absent"
        if endpoint in ASKS_INSIDE and not any(RoleName(role) in GRANTS[p] for p in ASKS_INSIDE[endpoint]):
            return "forbidden"
        return "ok"

    def fault(self, case):
        """Make the request and say what is wrong with the answer, ``""`` if nothing is."""
        client = self.clients[case.role, case.place] if case.role else self.nobody
        headers = {"X-Patrol": "1"} if case.method not in {"GET", "HEAD"} else {}
        answer = client.open(case.url, method=case.method, headers=headers, buffered=True)
        code, to = answer.status_code, answer.headers.get("Location", "")
        right = {
            "sign_in": code == 401 or (code == 302 and to.startswith("/login")),
            "forbidden": code == 403,
            "absent": code == 404,
            "ok": code not in NEVER and code < 500 and not to.startswith("/login"),
        }[case.expected]
        if not right:
            return f"{case}, got {code}"
        return self._leak(case, answer)

    def _leak(self, case, answer):
        if case.method != "GET":
            return ""
        text = answer.get_data().decode("utf-8", "replace").replace(json.dumps(MARK).strip('"'), MARK)
        if case.place in (OWN, PARENT) and MARK in text:
            self.seen[case.endpoint] += 1
        if case.place == CHILD and case.endpoint in NAMES_CAMPAIGNS_ABOVE:
            return ""
        asked = {part for part in case.url.split("/") if part}
        told = [s for s in self.secrets if s in text and not any(s in part for part in asked)]
        if case.place in (SIBLING, CHILD, ELSEWHERE, "") and told:
            return f"{case}, but the answer tells {told[0]!r} of the own division"
        return ""

    def faults(self, cases=None):
        found = (self.fault(case) for case in (self.cases if cases is None else cases))
        return list(islice((each for each in found if each), MOST_TOLD))


@pytest.fixture
def matrix(app, session, monkeypatch):
    made = Matrix(app, session)
    monkeypatch.setattr(PatrolSession, "commit", PatrolSession.flush)
    monkeypatch.setitem(app.extensions, "patrol.run_job", lambda uid: None)
    return made


def one_of_a_place(cases):
    """Leave out whoever is answered as somebody of the same place has been; every place and every answer stays."""
    seen = set()
    for case in cases:
        key = (case.endpoint, case.method, case.place, case.expected)
        if key not in seen:
            seen.add(key)
            yield case


def test_every_route_gives_each_person_what_they_may_see_and_nothing_else(matrix, database):
    """The whole matrix where the database is a file; each answer to one person of each place on a server too."""
    assert not matrix.missing, (
        "these addresses hold a name for which no example object is known; add one to EXAMPLES in"
        " tests/factories/matrix.py: " + ", ".join(matrix.missing)
    )
    whole = database.kind == "spatialite"
    faults = matrix.faults(matrix.cases if whole else one_of_a_place(matrix.cases))
    assert not faults, "\n".join(faults)
    assert set(matrix.seen) >= TELLING
    covered = {case.endpoint for case in matrix.cases} | PUBLIC
    assert covered >= {rule.endpoint for rule in matrix.app.url_map.iter_rules()}


def test_with_the_scope_deleted_every_route_to_an_object_is_caught(matrix):
    """The predicate that bounds all queries and its second wall are taken out: each address must be noticed."""
    reach = {}
    for case in matrix.cases:
        if case.expected == "absent" and case.place == SIBLING and case.endpoint not in OWNED | READ_BELOW:
            reach.setdefault((case.endpoint, case.method), case)
    walls = (("do_orm_execute", bound_every_query), ("before_flush", bound_every_write))
    for name, wall in walls:
        event.remove(PatrolSession, name, wall)
    try:
        blind = [f"{key}" for key, case in reach.items() if not matrix.fault(case)]
    finally:
        for name, wall in walls:
            event.listen(PatrolSession, name, wall)
    assert len(reach) > 25
    assert not blind, "the matrix does not see that these are unbounded: " + ", ".join(blind)


def test_with_its_permission_deleted_every_route_is_caught(matrix):
    by_endpoint = {}
    for case in matrix.cases:
        if case.expected == "forbidden" and policy_of(matrix.app, case.endpoint).permission:
            by_endpoint.setdefault(case.endpoint, case)
    assert len(by_endpoint) > 50
    blind = []
    for endpoint, case in by_endpoint.items():
        before = policy_of(matrix.app, endpoint)
        declare_endpoint(matrix.app, endpoint, Policy(writes=before.writes))
        try:
            blind += [] if matrix.fault(case) else [endpoint]
        finally:
            declare_endpoint(matrix.app, endpoint, before)
    assert not blind, f"the matrix does not see that these ask for nothing: {blind}"


def test_a_form_from_another_site_changes_nothing(matrix):
    """A signed-in person's browser is made to send each form without token, header or own origin."""
    faults = []
    changing = [case for case in matrix.cases if case.expected == "ok" and case.method not in {"GET", "HEAD"}]
    for case in {case.endpoint: case for case in changing}.values():
        client = matrix.clients[case.role, case.place]
        foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
        for headers in (foreign, {**foreign, "X-Patrol": "1"}):
            answer = client.open(case.url, method=case.method, headers=headers)
            told = answer.get_data(as_text=True)
            refused = answer.status_code == 403 if "X-Patrol" in headers else answer.status_code in {400, 403}
            faults += [] if refused and ("http." in told) else [f"{case}: {answer.status_code}"]
    assert not faults


def test_every_role_and_place_takes_part(matrix):
    taken = {(case.role, case.place) for case in matrix.cases if case.role}
    assert taken == {(role.value, place) for role in RoleName for place in PLACES}


def test_the_owner_reads_the_own_but_a_colleague_of_the_same_division_does_not(matrix):
    owned = [case for case in matrix.cases if case.endpoint in OWNED]
    assert {case.endpoint for case in owned} == OWNED & {case.endpoint for case in matrix.cases}
    for endpoint in {case.endpoint for case in owned}:
        assert {"ok", "absent"} <= {c.expected for c in owned if c.endpoint == endpoint}, endpoint


def test_a_parent_sees_what_lies_below(matrix):
    below = [
        c for c in matrix.cases if c.place == PARENT and c.endpoint == "venues.show" and c.expected == "ok"
    ]
    assert {case.role for case in below} == {role.value for role in GRANTS["venues.read"]}
    assert not [
        c for c in matrix.cases if c.place == CHILD and c.endpoint == "venues.show" and c.expected == "ok"
    ]
