"""Where the next hour of patrol goes: teams, day plans, routes and stops."""

from patrol.routes.domain import Aim, PlanState
from patrol.routes.looks import log_look
from patrol.routes.map_apps import map_links
from patrol.routes.models import Plan, PlanCampaign, Route, Stop, Team, TeamMember
from patrol.routes.planning import (
    Candidate,
    RoutePlan,
    TeamShift,
    campaign_worth,
    plan_day,
    straight_line_problem,
)
from patrol.routes.queries import teams_on_duty
from patrol.routes.services import keep_result
from patrol.routes.situation import situation_of
from patrol.routes.travel import read_streets, save_network
from patrol.routes.travel.excerpt import streets_in_box
from patrol.routes.travel.store import load_network
from patrol.routes.ways import Ways, ways_of
from patrol.routes.weighing import aims_for, offer_aims, offer_priors
from patrol.routes.wording import PLAN_TONES, plan_state

__all__ = [
    "PLAN_TONES",
    "Aim",
    "Candidate",
    "Plan",
    "PlanCampaign",
    "PlanState",
    "Route",
    "RoutePlan",
    "Stop",
    "Team",
    "TeamMember",
    "TeamShift",
    "Ways",
    "aims_for",
    "campaign_worth",
    "keep_result",
    "load_network",
    "log_look",
    "map_links",
    "offer_aims",
    "offer_priors",
    "plan_day",
    "plan_state",
    "read_streets",
    "save_network",
    "situation_of",
    "straight_line_problem",
    "streets_in_box",
    "teams_on_duty",
    "ways_of",
]
