"""Pages of the ground: the grids, one grid, proposals, divisions."""

from patrol.ground.views import divisions, drafts, grids  # noqa: F401  (their routes)
from patrol.ground.views.blueprint import blueprint

blueprints = (blueprint,)
