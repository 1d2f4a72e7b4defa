"""Indicators, dashboards, the summary and exports."""

from patrol.reports.assessment.announcing import announce_scores
from patrol.reports.assessment.models import AssessmentScheme
from patrol.reports.assessment.services import begin_scheme, publish_scheme, shipped_items
from patrol.reports.domain import Imbalance, Indicator, Period
from patrol.reports.imbalances import imbalances
from patrol.reports.models import Summary, SummaryEdition
from patrol.reports.registry import BY_CODE, INDICATORS
from patrol.reports.services import begin_summary, freeze

__all__ = [
    "BY_CODE",
    "INDICATORS",
    "AssessmentScheme",
    "Imbalance",
    "Indicator",
    "Period",
    "Summary",
    "SummaryEdition",
    "announce_scores",
    "begin_scheme",
    "begin_summary",
    "freeze",
    "imbalances",
    "publish_scheme",
    "shipped_items",
]
