"""Every change to teams and plans, one function for each verb."""

from patrol.routes.services.arranging import Step, places_for, rearrange
from patrol.routes.services.drafting import (
    PlanOrder,
    draft_plan,
    keep_as_it_was,
    keep_result,
    plan_again,
    put_aside,
    read_order,
)
from patrol.routes.services.publishing import LEADS, publish_plan, withdraw_plan
from patrol.routes.services.replanning import Proposal, apply_proposal, propose_visit
from patrol.routes.services.teams import TeamFacts, proposed_teams, read_team, save_team, set_active

__all__ = [
    "LEADS",
    "PlanOrder",
    "Proposal",
    "Step",
    "TeamFacts",
    "apply_proposal",
    "draft_plan",
    "keep_as_it_was",
    "keep_result",
    "places_for",
    "plan_again",
    "propose_visit",
    "proposed_teams",
    "publish_plan",
    "put_aside",
    "read_order",
    "read_team",
    "rearrange",
    "save_team",
    "set_active",
    "withdraw_plan",
]
