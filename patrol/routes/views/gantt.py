"""The shifts of a plan side by side: what the page draws as bars."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from patrol.infra.i18n import local_zone
from patrol.routes.models import Plan, Route, Stop
from patrol.routes.services.timing import midnight_of

#: width of the drawing, in its own units
WIDTH = 1000


def gantt(plan: Plan) -> dict[str, Any]:
    """Return the hours of the axis and, for each route, its shift, visits, breaks and overrun as spans of the width."""
    midnight = midnight_of(plan.day, local_zone())
    ends = [
        second for route in plan.routes for second in (_s(route.start_at, midnight), _last(route, midnight))
    ]
    if not ends:
        return {"hours": [], "rows": [], "width": WIDTH}
    first, last = min(ends) // 3600 * 3600, -(-max(ends) // 3600) * 3600
    scale = WIDTH / max(1, last - first)

    def span(start: float, end: float) -> tuple[float, float]:
        return round((start - first) * scale, 1), round(max(0.0, end - start) * scale, 1)

    rows = [_row(route, midnight, span) for route in plan.routes]
    step = 2 if (last - first) > 10 * 3600 else 1
    hours = [(span(at, at)[0], at // 3600) for at in range(first, last + 1, 3600 * step)]
    return {"hours": hours, "rows": rows, "width": WIDTH}


def _s(at: dt.datetime, midnight: dt.datetime) -> int:
    return round((at - midnight).total_seconds())


def _last(route: Route, midnight: dt.datetime) -> int:
    return max(_s(route.end_at, midnight), int(route.figures.get("finish_s", 0)))


def _row(route: Route, midnight: dt.datetime, span: Any) -> dict[str, Any]:
    start, end = _s(route.start_at, midnight), _s(route.end_at, midnight)
    back = int(route.figures.get("finish_s", start)) if route.stops else start
    breaks = route.figures.get("breaks", ())
    visits = [(*span(*visit_span(stop, breaks, midnight)), stop) for stop in route.stops]
    return {
        "route": route,
        "shift": span(start, end),
        "way": span(start, back),
        "visits": visits,
        "breaks": [span(*rest) for rest in breaks],
        "over": span(end, back) if back > end else None,
        "free_min": max(0, (end - back) // 60),
    }


def visit_span(stop: Stop, breaks: Sequence[Sequence[int]], midnight: dt.datetime) -> tuple[int, int]:
    """Return when a visit begins and ends: whoever rests at the door goes in afterwards."""
    arrive, leave = _s(stop.planned_arrival, midnight), _s(stop.planned_leave, midnight)
    rested = [end for start, end in breaks if arrive <= start and end <= leave]
    return max([arrive, *rested]), leave
