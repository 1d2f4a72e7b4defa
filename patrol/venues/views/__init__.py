"""The pages of the venue register: list and map, one venue, labels, imports."""

from patrol.venues.views import amendments, imports, labels, maps, register  # noqa: F401  (their routes)
from patrol.venues.views.blueprint import blueprint

blueprints = (blueprint,)
