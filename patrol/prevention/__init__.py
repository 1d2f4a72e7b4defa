"""Publicity, communities, direct selling and the joint mechanism."""

from patrol.prevention.coverage import covered_ids
from patrol.prevention.direct_selling import CHECKS, COMPANIES, COUNTS, FILINGS, OUTLETS, WARNINGS
from patrol.prevention.domain import ADDRESSEES, STATES, draw_sample
from patrol.prevention.joint import CONTACTS, DECISIONS, MEETINGS, STATEMENTS
from patrol.prevention.models import (
    CampusDate,
    Community,
    CommunityItem,
    Contact,
    Decision,
    DirectSeller,
    FiledMeeting,
    JointMeeting,
    MaterialMove,
    OpenLetter,
    Outlet,
    PublicityEvent,
    RiskWarning,
    SellerCheck,
    SellerCount,
    Statement,
    TextMessage,
)
from patrol.prevention.publicity import COMMUNITIES, EVENTS, LETTERS, STOCK
from patrol.prevention.queries import divisions_without_statement, meetings_of_day
from patrol.prevention.services import close_inspection, draw_inspection, note_evidence
from patrol.prevention.telling import CAMPUS, TEXTS

__all__ = [
    "ADDRESSEES",
    "CAMPUS",
    "CHECKS",
    "COMMUNITIES",
    "COMPANIES",
    "CONTACTS",
    "COUNTS",
    "DECISIONS",
    "EVENTS",
    "FILINGS",
    "LETTERS",
    "MEETINGS",
    "OUTLETS",
    "STATEMENTS",
    "STATES",
    "STOCK",
    "TEXTS",
    "WARNINGS",
    "CampusDate",
    "Community",
    "CommunityItem",
    "Contact",
    "Decision",
    "DirectSeller",
    "FiledMeeting",
    "JointMeeting",
    "MaterialMove",
    "OpenLetter",
    "Outlet",
    "PublicityEvent",
    "RiskWarning",
    "SellerCheck",
    "SellerCount",
    "Statement",
    "TextMessage",
    "close_inspection",
    "covered_ids",
    "divisions_without_statement",
    "draw_inspection",
    "draw_sample",
    "meetings_of_day",
    "note_evidence",
]
