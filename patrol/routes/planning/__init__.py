"""Plan a day of patrols: which venues, by which team, in which order; pure, no clock, disk or database.

Front door: describe the day as :class:`Problem` (candidates with prizes, team shifts, a travel matrix), call
:func:`plan_day`, show the :class:`Plan`. :func:`evaluate_route` answers at once what moving a stop would
mean; :func:`check_plan` is the independent checker that every plan has to pass before it is published.

* ``domain`` what goes in and comes out · ``faults`` what can be wrong with it, said in both languages
* ``schedule`` the exact timetable of one route · ``checking`` the independent checker
* ``travel`` straight-line travel times · ``model`` the problem as arrays; breaks and locks reduced away
* ``greedy`` the first plan and the shortlist · ``vrp`` PyVRP · ``ruin`` our own search · ``planner`` the recipe
* ``assembling`` from orders of nodes to a plan for people
"""

from patrol.routes.planning.checking import check_plan
from patrol.routes.planning.domain import (
    UNREACHABLE_S,
    Because,
    Break,
    Candidate,
    LeftOut,
    Plan,
    PlannedStop,
    Problem,
    RoutePlan,
    TeamShift,
    TravelMatrix,
    Weights,
    orders_of,
)
from patrol.routes.planning.faults import unreachable_keys
from patrol.routes.planning.planner import plan_day
from patrol.routes.planning.schedule import Broken, RouteEvaluation, Violation, evaluate_route
from patrol.routes.planning.travel import (
    detour_factor,
    free_open_ends,
    matrix_points,
    straight_line_problem,
    straight_line_travel,
)

__all__ = [
    "UNREACHABLE_S",
    "Because",
    "Break",
    "Broken",
    "Candidate",
    "LeftOut",
    "Plan",
    "PlannedStop",
    "Problem",
    "RouteEvaluation",
    "RoutePlan",
    "TeamShift",
    "TravelMatrix",
    "Violation",
    "Weights",
    "check_plan",
    "detour_factor",
    "evaluate_route",
    "free_open_ends",
    "matrix_points",
    "orders_of",
    "plan_day",
    "straight_line_problem",
    "straight_line_travel",
    "unreachable_keys",
]
