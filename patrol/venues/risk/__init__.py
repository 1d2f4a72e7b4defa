"""Risk on files: histories read, candidates ranked and written back, the ranking judged."""

from patrol.venues.risk.evaluating import Evaluation, evaluate_history
from patrol.venues.risk.history import History, read_candidates, read_history
from patrol.venues.risk.ranking import Ranked, rank_candidates, write_ranked

__all__ = [
    "Evaluation",
    "History",
    "Ranked",
    "evaluate_history",
    "rank_candidates",
    "read_candidates",
    "read_history",
    "write_ranked",
]
