"""The hotspot pages, the data of their map, and what can be taken away from them."""

from patrol.hotspots.views import aftermath, data, exports, pages, points  # noqa: F401  (their routes)
from patrol.hotspots.views.asked import blueprint

blueprints = (blueprint,)
