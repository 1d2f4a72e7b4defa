"""What the command line does with tables: each analysis takes tables and gives a table back, with notes."""

from patrol.hotspots.analyses.aftermath import after_actions
from patrol.hotspots.analyses.cells import judge_cells, judge_points
from patrol.hotspots.analyses.crowds import cluster_points
from patrol.hotspots.analyses.density import density_at, density_raster
from patrol.hotspots.analyses.outcome import Outcome
from patrol.hotspots.analyses.scanning import scan_files
from patrol.hotspots.analyses.steps import Periods, evaluate_points, name_histories

__all__ = [
    "Outcome",
    "Periods",
    "after_actions",
    "cluster_points",
    "density_at",
    "density_raster",
    "evaluate_points",
    "judge_cells",
    "judge_points",
    "name_histories",
    "scan_files",
]
