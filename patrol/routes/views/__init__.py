"""Pages of plans and teams."""

from patrol.routes.views import comparing, editing, outlook, plans, publishing, replanning, teams
from patrol.routes.views.blueprint import blueprint

blueprints = (blueprint,)

__all__ = [
    "blueprint",
    "blueprints",
    "comparing",
    "editing",
    "outlook",
    "plans",
    "publishing",
    "replanning",
    "teams",
]
