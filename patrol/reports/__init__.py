"""Indicators, dashboards, the summary and exports."""

from patrol.reports.domain import Imbalance, Indicator, Period
from patrol.reports.imbalances import imbalances
from patrol.reports.models import Summary, SummaryEdition
from patrol.reports.registry import BY_CODE, INDICATORS

__all__ = [
    "BY_CODE",
    "INDICATORS",
    "Imbalance",
    "Indicator",
    "Period",
    "Summary",
    "SummaryEdition",
    "imbalances",
]
