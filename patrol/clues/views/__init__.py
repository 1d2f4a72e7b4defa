"""Pages: the resident's, without account; the inbox of sightings; the loop of clues; contact points."""

from patrol.clues.views import around, following  # noqa: F401  (its routes)
from patrol.clues.views.desk import blueprint as desk
from patrol.clues.views.loop import blueprint as loop
from patrol.clues.views.points import blueprint as points
from patrol.clues.views.public import blueprint as public

blueprints = (public, desk, loop, points)
