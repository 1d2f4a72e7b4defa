"""Divisions and grids as shapes: read them, make them from streets or hexagons, split and merge them."""

from patrol.territory.domain.cells import GridPlan, Points, Streets, grids_from_streets, hexagons
from patrol.territory.domain.geojson import Area, AreasRead, Parent, Wanted, read_areas
from patrol.territory.domain.growing import Taste
from patrol.territory.domain.quality import GridQuality, measure, polsby_popper
from patrol.territory.domain.reshaping import merge, next_grid_code, split_by_line, split_evenly

__all__ = [
    "Area",
    "AreasRead",
    "GridPlan",
    "GridQuality",
    "Parent",
    "Points",
    "Streets",
    "Taste",
    "Wanted",
    "grids_from_streets",
    "hexagons",
    "measure",
    "merge",
    "next_grid_code",
    "polsby_popper",
    "read_areas",
    "split_by_line",
    "split_evenly",
]
