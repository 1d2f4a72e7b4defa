"""Where the next hour of patrol goes: teams, day plans, routes and stops."""

from patrol.routes.models import Plan, Route, Stop, Team, TeamMember
from patrol.routes.planning import (
    Candidate,
    RoutePlan,
    TeamShift,
    plan_day,
    straight_line_problem,
)
from patrol.routes.travel.excerpt import streets_in_box
from patrol.routes.travel.store import load_network

__all__ = [
    "Candidate",
    "Plan",
    "Route",
    "RoutePlan",
    "Stop",
    "Team",
    "TeamMember",
    "TeamShift",
    "load_network",
    "plan_day",
    "straight_line_problem",
    "streets_in_box",
]
