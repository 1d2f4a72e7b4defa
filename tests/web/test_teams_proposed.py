"""Teams proposed of people who are in none: joint ones first, taken into the form, saved by a manager."""

import itertools
import random
import re

from patrol.accounts import GridDuty
from patrol.infra.db import unscoped
from patrol.routes import Team
from patrol.routes.domain.joining import Free, propose_teams
from tests.factories.patrols import free
from tests.factories.routes import Branch, post
from tests.factories.venues import create_person

DUTIES = ("inspector", "police_liaison", "community_liaison")


def names(teams):
    return [sorted(member.uid for member in team.members) for team in teams]


def test_whoever_shares_grids_goes_together_and_inspectors_left_over_pair_up():
    people = [
        Free("i1", "inspector", frozenset("1")), Free("i2", "inspector", frozenset("23")),
        Free("i3", "inspector", frozenset("4")), Free("i4", "inspector", frozenset("4")),
        Free("p", "police_liaison", frozenset("23")), Free("c", "community_liaison", frozenset("4")),
        Free("d", "community_liaison", frozenset("2")),
    ]  # fmt: skip
    assert names(propose_teams(people)) == [["d", "i1", "i2", "p"], ["c", "i3", "i4"]]


def test_every_proposal_has_an_inspector_and_nobody_twice_whatever_the_people():
    rng = random.Random(7)
    for _ in range(300):
        people = [
            Free(f"x{n}", rng.choice(DUTIES), frozenset(rng.sample("123456", rng.randint(0, 3))))
            for n in range(rng.randint(0, 12))
        ]
        teams = propose_teams(people)
        members = list(itertools.chain.from_iterable(team.members for team in teams))
        assert len(members) == len({member.uid for member in members})
        assert all(any(member.duty == "inspector" for member in team.members) for team in teams)
        inspectors = [each for each in people if each.duty == "inspector"]
        assert {each.uid for each in inspectors} <= {member.uid for member in members}
        police = sum(each.duty == "police_liaison" for each in people)
        assert sum(any(m.duty == "police_liaison" for m in team.members) for team in teams) == min(
            police, len(inspectors)
        )


def test_a_manager_takes_a_proposal_into_the_form_and_saves_it(app, session):
    branch = Branch(session)
    desk = branch.desk(app)
    assert "没有可再编组的人员" in desk.get("/teams/proposal").get_data(as_text=True)
    free(session)
    session.info.pop("readonly", None)
    with unscoped(session, "more people"):
        people = [create_person(session, branch.east, duty) for duty in DUTIES]
        session.add_all(GridDuty(grid_id=branch.grid.id, person_id=each.id, duty=duty)
                        for each, duty in zip(people, DUTIES, strict=True))  # fmt: skip
        session.commit()
        uids = {each.uid for each in people}
    text = desk.get("/teams/proposal?lang=en").get_data(as_text=True)
    assert "Joint team 1" in text
    link = re.search(r'href="(/teams/new[^"]+)"', text)[1].replace("&amp;", "&")
    form = desk.get(link).get_data(as_text=True)
    checked = set(re.findall(r'name="member" value="([^"]+)"[^>]*checked', form))
    assert checked == uids
    post(
        desk, "/teams/new", name="联合新组", mode="ebike", start_lon="114.31", start_lat="30.6",
        shift_start="09:00", shift_end="17:00", break_minutes="0", member=sorted(checked),
    )  # fmt: skip
    with unscoped(session, "a test looks"):
        team = session.query(Team).filter_by(name="联合新组").one()
        assert sorted(member.duty for member in team.members) == sorted(DUTIES)
    assert "没有可再编组的人员" in desk.get("/teams/proposal").get_data(as_text=True)
    outsider = branch.desk(app, branch.inspector)
    assert outsider.get("/teams/proposal").status_code == 403
