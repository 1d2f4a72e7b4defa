"""Ruin and recreate: the planner's own search, compiled by numba, with recombination of routes seen.

* ``layout`` a model as flat arrays · ``places`` routes and the cheapest place of a stop, compiled ·
  ``kernel`` the compiled moves · ``driver`` the search against the clock
* ``recombine`` the best plan out of known routes
"""

from patrol.routes.planning.ruin.driver import compile_ahead, ruin_and_recreate
from patrol.routes.planning.ruin.recombine import KnownRoute, recombine

__all__ = ["KnownRoute", "compile_ahead", "recombine", "ruin_and_recreate"]
