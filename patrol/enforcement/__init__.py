"""Actions, cases, dens and campaigns, and what the law asks of them."""

from patrol.enforcement.domain import DEN_STATES, WATCH_DAYS
from patrol.enforcement.models import Action, ActionVenue, Campaign, CampaignTarget, Case, Den
from patrol.enforcement.records import ACTIONS, CAMPAIGNS, CASES, DENS
from patrol.enforcement.register.services import approve_list, ask_for_list, enter_person

__all__ = [
    "ACTIONS",
    "CAMPAIGNS",
    "CASES",
    "DENS",
    "DEN_STATES",
    "WATCH_DAYS",
    "Action",
    "ActionVenue",
    "Campaign",
    "CampaignTarget",
    "Case",
    "Den",
    "approve_list",
    "ask_for_list",
    "enter_person",
]
