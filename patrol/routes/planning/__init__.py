"""Plan a day of patrols: which venues, by which team, in which order; pure, no clock, disk or database.

Front door: describe the day as :class:`Problem` (candidates with prizes, team shifts, a travel matrix), call
:func:`plan_day`, show the :class:`Plan`. :func:`evaluate_route` answers at once what moving a stop would
mean; :func:`check_plan` is the independent checker that every plan has to pass before it is published.

* ``domain`` what goes in and comes out · ``faults`` what can be wrong with it, said in both languages
* ``schedule`` the exact timetable of one route · ``checking`` the independent checker
* ``travel`` straight-line travel times · ``model`` the problem as arrays; breaks and locks reduced away
* ``instances`` ``vrplib`` published instances as ordinary problems
* ``levelling`` shifts of equal length
* ``greedy`` the first plan and the shortlist · ``vrp`` PyVRP · ``ruin`` our own search · ``planner`` the recipe
* ``horizon`` one to four weeks: prizes, due days, capacity curve · ``replanning`` an urgent visit, differences
* ``predictability`` the meter · ``varying`` plans hard to foresee · ``sampling`` stops drawn at random
* ``simulating`` a year in an invented city, beside simpler ways
* ``explaining`` why today, why not · ``assembling`` from orders of nodes to a plan for people
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
from patrol.routes.planning.explaining import WhyNot, WhyToday, why_not, why_today
from patrol.routes.planning.faults import unreachable_keys
from patrol.routes.planning.horizon import (
    DUE,
    CapacityPoint,
    HorizonPlan,
    Obligation,
    campaign_worth,
    capacity_curve,
    plan_horizon,
    prize_of,
    shares_in_time,
    teams_needed,
)
from patrol.routes.planning.planner import plan_day
from patrol.routes.planning.predictability import (
    Edge,
    Meter,
    edge_overlap,
    edges_of,
    hour_entropy,
    meter,
    same_team_share,
)
from patrol.routes.planning.replanning import Difference, Moved, difference, replan
from patrol.routes.planning.sampling import Sample, keep_share, lot_of, with_drawn
from patrol.routes.planning.schedule import Broken, RouteEvaluation, Violation, evaluate_route
from patrol.routes.planning.travel import (
    detour_factor,
    free_open_ends,
    matrix_points,
    straight_line_problem,
    straight_line_travel,
)
from patrol.routes.planning.varying import Varied, draw_order, lengthened, vary_plan

__all__ = [
    "DUE",
    "UNREACHABLE_S",
    "Because",
    "Break",
    "Broken",
    "Candidate",
    "CapacityPoint",
    "Difference",
    "Edge",
    "HorizonPlan",
    "LeftOut",
    "Meter",
    "Moved",
    "Obligation",
    "Plan",
    "PlannedStop",
    "Problem",
    "RouteEvaluation",
    "RoutePlan",
    "Sample",
    "TeamShift",
    "TravelMatrix",
    "Varied",
    "Violation",
    "Weights",
    "WhyNot",
    "WhyToday",
    "campaign_worth",
    "capacity_curve",
    "check_plan",
    "detour_factor",
    "difference",
    "draw_order",
    "edge_overlap",
    "edges_of",
    "evaluate_route",
    "free_open_ends",
    "hour_entropy",
    "keep_share",
    "lengthened",
    "lot_of",
    "matrix_points",
    "meter",
    "orders_of",
    "plan_day",
    "plan_horizon",
    "prize_of",
    "replan",
    "same_team_share",
    "shares_in_time",
    "straight_line_problem",
    "straight_line_travel",
    "teams_needed",
    "unreachable_keys",
    "vary_plan",
    "why_not",
    "why_today",
    "with_drawn",
]
