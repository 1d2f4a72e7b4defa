"""Who could go together: joint teams first, out of people's duties and the grids they answer for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.optimize import linear_sum_assignment

INSPECTOR, POLICE, COMMUNITY = "inspector", "police_liaison", "community_liaison"


@dataclass(frozen=True)
class Free:
    """A person who is in no team: number, duty, and the grids he or she answers for."""

    uid: str
    duty: str
    grids: frozenset[str]


@dataclass(frozen=True)
class ProposedTeam:
    """People who could form a team, and the grids that at least two of them answer for."""

    members: tuple[Free, ...]

    @property
    def joint(self) -> bool:
        """Whether people of different duties go together."""
        return len({member.duty for member in self.members}) > 1

    @property
    def grids(self) -> frozenset[str]:
        """Grids that all of this team's people together answer for, shared ones if there are any."""
        every = [grid for member in self.members for grid in member.grids]
        shared = frozenset(grid for grid in every if every.count(grid) > 1)
        return shared or frozenset(every)


def propose_teams(people: Sequence[Free]) -> tuple[ProposedTeam, ...]:
    """Propose teams of people who are in none: joint teams first, then inspectors two by two.

    Every police liaison officer gets the inspector, and then the team a community liaison, with whom most grids are
    shared (assignment of largest sum, Kuhn 1955); the inspectors left over pair up the same way, because only two or
    more officers inspect, and a single one joins the team nearest in grids. Nobody is proposed twice; without an
    inspector there is no team.

    >>> a, b = Free("a", "inspector", frozenset("1")), Free("b", "inspector", frozenset("2"))
    >>> p, c = Free("p", "police_liaison", frozenset("2")), Free("c", "community_liaison", frozenset("2"))
    >>> [[member.uid for member in team.members] for team in propose_teams([a, b, p, c])]
    [['b', 'p', 'c', 'a']]
    """
    inspectors, police, community = (
        [each for each in people if each.duty == duty] for duty in (INSPECTOR, POLICE, COMMUNITY)
    )
    teams = [
        [inspector, *officer] for officer, inspector in _matched([[each] for each in police], inspectors)
    ]
    taken = {member.uid for team in teams for member in team}
    left = [each for each in inspectors if each.uid not in taken]
    while len(left) > 1:
        pair = max(combinations(left, 2), key=lambda both: len(both[0].grids & both[1].grids))
        left = [each for each in left if each not in pair]
        teams.append(list(pair))
    if left and not teams:
        teams.append([left.pop()])
    for team, liaison in _matched(teams, community):
        team.append(liaison)
    for single in left:
        max(teams, key=lambda team: len(single.grids & _grids(team))).append(single)
    return tuple(ProposedTeam(tuple(team)) for team in teams)


def _grids(team: Sequence[Free]) -> frozenset[str]:
    return frozenset[str]().union(*(member.grids for member in team))


def _matched(groups: Sequence[list[Free]], others: Sequence[Free]) -> list[tuple[list[Free], Free]]:
    """Give as many groups as possible one of ``others`` each, so that the shared grids are most in sum."""
    if not groups or not others:
        return []
    shared = np.array([[len(_grids(group) & other.grids) for other in others] for group in groups])
    rows, columns = linear_sum_assignment(shared, maximize=True)
    return [(groups[row], others[column]) for row, column in zip(rows, columns, strict=True)]
