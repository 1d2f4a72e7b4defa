"""Where the next hour of patrol goes: teams, day plans, routes and stops."""

from patrol.routes.models import Plan, Route, Stop, Team, TeamMember

__all__ = ["Plan", "Route", "Stop", "Team", "TeamMember"]
