"""Hotspot statistics on plain arrays: pure, typed, each with its source."""

from patrol.hotspots.statistics.bayes import Prior, fit_prior, shrunk_rates
from patrol.hotspots.statistics.effort import (
    CLASSES,
    MIN_VISITS,
    CellClasses,
    classify_cells,
    effort_adjusted_residual,
)
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
from patrol.hotspots.statistics.risk_surface import RiskSurface, relative_risk_surface
from patrol.hotspots.statistics.significance import false_discovery_q, two_sided_p

__all__ = [
    "CLASSES",
    "MIN_VISITS",
    "CellClasses",
    "Fishnet",
    "Graph",
    "Neighbourhood",
    "Prior",
    "Raster",
    "RiskSurface",
    "classify_cells",
    "conditional_permutation_p",
    "effort_adjusted_residual",
    "false_discovery_q",
    "fit_prior",
    "gi",
    "gi_star",
    "graph_from_edges",
    "hexagons",
    "hexagons_of_points",
    "kde_at",
    "kde_raster",
    "kernel_mass",
    "relative_risk_surface",
    "shrunk_rates",
    "touching",
    "two_sided_p",
    "within_distance",
]
