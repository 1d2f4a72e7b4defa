"""Pages of plans and teams."""

from patrol.routes.views import editing, plans, publishing, teams
from patrol.routes.views.blueprint import blueprint

blueprints = (blueprint,)

__all__ = ["blueprint", "blueprints", "editing", "plans", "publishing", "teams"]
