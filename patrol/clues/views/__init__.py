"""Pages of sightings: the resident's, without account, and the manager's inbox."""

from patrol.clues.views.desk import blueprint as desk
from patrol.clues.views.public import blueprint as public

blueprints = (public, desk)
