"""Where the next hour of patrol goes: teams, day plans, routes and stops."""

from patrol.routes.models import Plan, Route, Stop, Team, TeamMember
from patrol.routes.travel.excerpt import streets_in_box
from patrol.routes.travel.store import load_network

__all__ = ["Plan", "Route", "Stop", "Team", "TeamMember", "load_network", "streets_in_box"]
