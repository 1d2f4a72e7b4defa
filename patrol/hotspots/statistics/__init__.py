"""Hotspot statistics on plain arrays: pure, typed, each with its source."""

from patrol.hotspots.statistics.areas import HotArea, hot_areas
from patrol.hotspots.statistics.bayes import Prior, fit_prior, shrunk_rates
from patrol.hotspots.statistics.clusters import PointCluster, dbscan, hdbscan, outlines
from patrol.hotspots.statistics.displacement import Displacement, Events, Watch, monitor_displacement
from patrol.hotspots.statistics.effort import (
    CLASSES,
    MIN_VISITS,
    CellClasses,
    class_names,
    classify_cells,
    effort_adjusted_residual,
    standardised_effort,
)
from patrol.hotspots.statistics.emerging import (
    EMERGING,
    Emerging,
    Relocation,
    emerging,
    emerging_classes,
    relocations,
)
from patrol.hotspots.statistics.evaluation import (
    Score,
    calibration,
    caught,
    prediction_accuracy_index,
    walk_forward,
)
from patrol.hotspots.statistics.frames import Frame
from patrol.hotspots.statistics.getis_ord import conditional_permutation_p, gi, gi_star
from patrol.hotspots.statistics.kde import Raster, kde_at, kde_raster, kernel_mass
from patrol.hotspots.statistics.neighbours import (
    Fishnet,
    Graph,
    Neighbourhood,
    graph_from_edges,
    hexagons,
    hexagons_of_points,
    touching,
    within_distance,
)
from patrol.hotspots.statistics.prediction import REASONS, Forecast, Surroundings, forecast
from patrol.hotspots.statistics.risk_surface import RiskSurface, relative_risk_surface
from patrol.hotspots.statistics.significance import false_discovery_q, two_sided_p
from patrol.hotspots.statistics.trend import mann_kendall

__all__ = [
    "CLASSES",
    "EMERGING",
    "MIN_VISITS",
    "REASONS",
    "CellClasses",
    "Displacement",
    "Emerging",
    "Events",
    "Fishnet",
    "Forecast",
    "Frame",
    "Graph",
    "HotArea",
    "Neighbourhood",
    "PointCluster",
    "Prior",
    "Raster",
    "Relocation",
    "RiskSurface",
    "Score",
    "Surroundings",
    "Watch",
    "calibration",
    "caught",
    "class_names",
    "classify_cells",
    "conditional_permutation_p",
    "dbscan",
    "effort_adjusted_residual",
    "emerging",
    "emerging_classes",
    "false_discovery_q",
    "fit_prior",
    "forecast",
    "gi",
    "gi_star",
    "graph_from_edges",
    "hdbscan",
    "hexagons",
    "hexagons_of_points",
    "hot_areas",
    "kde_at",
    "kde_raster",
    "kernel_mass",
    "mann_kendall",
    "monitor_displacement",
    "outlines",
    "prediction_accuracy_index",
    "relative_risk_surface",
    "relocations",
    "shrunk_rates",
    "standardised_effort",
    "touching",
    "two_sided_p",
    "walk_forward",
    "within_distance",
]
