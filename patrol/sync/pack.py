"""The day pack: what one person needs for a day without a network, and nothing else.

Least data: only published routes of today whose hour has come, of the person's own teams; venues in full only
where the route leads; venues of the person's own grids as name and place; no telephone numbers, no names of
reporters, nothing of other teams.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from sqlalchemy.orm import Session

from patrol.accounts import RoleName, role_names
from patrol.clues import KIND_LABELS
from patrol.core.clock import Clock
from patrol.core.labels import Label
from patrol.findings import PHOTOS_PER_FINDING, current_checklist, texts_of_visits
from patrol.infra.config import Settings
from patrol.infra.db import Principal
from patrol.infra.i18n import current_language
from patrol.infra.spatial import to_shapely
from patrol.patrols import OUTCOME_LABELS, Visit, recent_visits
from patrol.prevention import meetings_of_day
from patrol.routes import Route, Stop, load_network, map_links, streets_in_box
from patrol.sync.feed import cursor_now
from patrol.sync.pack_queries import grids_of_person, routes_of_day, team_uids_of, venues_of_grids
from patrol.territory import Grid
from patrol.venues import Venue, hours_text, kind_choices, kind_label

#: a phone may work offline this long on one pack
VALID_HOURS = 72
VISITS_SHOWN = 5
VENUES_AROUND = 800
#: degrees kept around what the pack shows, about 300 m
MARGIN_DEG = 0.003
_EMPTY: dict[str, Any] = {"type": "FeatureCollection", "features": []}


def person_facts(session: Session, actor: Principal) -> dict[str, Any]:
    """Return who the person is, for the phone's header and its rules."""
    names = role_names()
    roles = [role.value for role in RoleName if role.value in actor.roles]
    return {
        "uid": actor.uid,
        "name": actor.name,
        "roles": roles,
        "role_names": [str(names[role]) for role in roles],
        "badge": str(actor.facts.get("badge_number") or ""),
        "team_uids": team_uids_of(session, actor.person_id),
    }


def day_pack(
    session: Session, actor: Principal, settings: Settings, *, clock: Clock, zone: dt.tzinfo
) -> dict[str, Any]:
    """Put the pack of today together. ``version`` changes exactly when anything in it but the clock does."""
    now = clock.now()
    cursor = cursor_now(session, actor, settings.SECRET_KEY)  # before anything is read
    day = now.astimezone(zone).date()
    routes = routes_of_day(session, actor.person_id, day, now)
    grids = grids_of_person(session, actor.person_id)
    on_route = {
        stop.venue_id: stop.venue for route in routes for stop in route.stops if stop.venue is not None
    }
    around: list[Venue] = []
    if actor.may("venues.read") and grids:
        around = venues_of_grids(session, [grid.id for grid in grids], VENUES_AROUND)
    venues = _venues(session, on_route, around, zone)
    shapes = [(grid, to_shapely(grid.geom)) for grid in grids]
    checklist = current_checklist(session)
    streets, streets_of = _streets(settings, venues, [shape for _, shape in shapes if shape is not None])
    pack: dict[str, Any] = {
        "date": day.isoformat(),
        "language": current_language(),
        "person": person_facts(session, actor),
        "task": [_route(route, zone, settings.MAP_LINKS) for route in routes],
        "venues": venues,
        **_meetings(session, actor, day, venues),
        "grids": _grid_features(shapes),
        "streets": streets,
        "checklist": {"version": str(checklist["version"]), "sections": checklist["sections"]},
        "outcomes": _labelled(OUTCOME_LABELS),
        "sighting_kinds": _labelled(KIND_LABELS),
        "venue_kinds": [{"code": code, "name": name} for code, name in kind_choices()],
        "quick_phrases": list(checklist.get("quick_phrases", ())),
        "limits": {"photo_max_bytes": settings.PHOTO_MAX_BYTES, "photos_per_finding": PHOTOS_PER_FINDING},
    }
    version = _version(pack, streets_of)
    expires = now + dt.timedelta(hours=VALID_HOURS)
    told = {"server_time": now.isoformat(), "expires_at": expires.isoformat(), "feed_cursor": cursor}
    return {"version": version, **told, **pack}


def _version(pack: dict[str, Any], streets_of: str) -> str:
    """Name the content of a pack; only this program compares it, so plain JSON in a settled order is enough.

    Streets are two thirds of a pack and follow from where they were cut out: ``streets_of`` stands for them.
    """
    plain = json.dumps(
        {**pack, "streets": streets_of},
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        allow_nan=False,
    )
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


def _labelled(labels: dict[str, Label]) -> list[dict[str, str]]:
    return [{"code": str(code), "label_zh": label.zh, "label_en": label.en} for code, label in labels.items()]


def _route(route: Route, zone: dt.tzinfo, links: str) -> dict[str, Any]:
    team = route.team
    visible = route.plan.visible_from
    return {
        "route_uid": route.uid,
        "team": {
            "uid": team.uid,
            "name": team.name,
            "members": [{"name": member.person.name, "role": member.duty} for member in team.members],
        },
        "date": route.day.isoformat(),
        "shift_start": route.start_at.astimezone(zone).isoformat(),
        "shift_end": route.end_at.astimezone(zone).isoformat(),
        "visible_from": visible.astimezone(zone).isoformat() if visible else None,
        "stops": [_stop(stop, zone, links) for stop in route.stops if stop.venue is not None],
    }


def _stop(stop: Stop, zone: dt.tzinfo, links: str) -> dict[str, Any]:
    codes = frozenset(str(reason.get("code")) for reason in stop.reasons if isinstance(reason, dict))
    opened = map_links(links, stop.venue.lon, stop.venue.lat, codes, current_language()) if links else []
    return ({"map_links": opened} if opened else {}) | {
        "stop_uid": stop.uid,
        "venue_uid": stop.venue.uid,
        "order": stop.position,
        "planned_arrival": stop.planned_arrival.astimezone(zone).isoformat(),
        "planned_leave": stop.planned_leave.astimezone(zone).isoformat(),
        "locked": stop.locked,
        "sampled": stop.sampled,
        "reason": _in_words(stop.reasons),
    }


def _in_words(reasons: Iterable[Any]) -> str:
    """Say reasons in the reader's language; a bare code says nothing to a person and is left out."""
    language = current_language()
    said = [
        str(reason.get(language) or reason.get("zh") or "") for reason in reasons if isinstance(reason, dict)
    ]
    return ("；" if language == "zh" else "; ").join(part for part in said if part)


def _venues(
    session: Session, on_route: dict[int, Venue], around: Sequence[Venue], zone: dt.tzinfo
) -> list[dict[str, Any]]:
    visits = recent_visits(session, list(on_route), VISITS_SHOWN)
    texts = texts_of_visits(session, [visit.id for row in visits.values() for visit in row])
    full = [_full_venue(venue, visits.get(venue.id, []), texts, zone) for venue in on_route.values()]
    return full + [_brief_venue(venue, zone) for venue in around if venue.id not in on_route]


def _brief_venue(venue: Venue, zone: dt.tzinfo) -> dict[str, Any]:
    seen = venue.last_visited_at
    return {
        "uid": venue.uid, "code": venue.code, "name": venue.name, "kind": venue.kind,
        "kind_name": str(kind_label(venue.kind)), "address": venue.address, "qr_token": venue.qr_token,
        "lon": round(venue.lon, 6), "lat": round(venue.lat, 6),  # type: ignore[attr-defined]
        "last_visited_at": seen.astimezone(zone).isoformat() if seen else None,
    }  # fmt: skip


def _full_venue(
    venue: Venue, visits: Sequence[Visit], texts: dict[int, str], zone: dt.tzinfo
) -> dict[str, Any]:
    return _brief_venue(venue, zone) | {
        "owner_name": venue.owner_name,
        "opening_hours": hours_text(venue.opening_hours),
        "capacity": venue.capacity,
        "note": venue.note,
        "revisit_interval_days": venue.revisit_interval_days,
        "history": [
            {
                "visited_at": visit.arrived_at.astimezone(zone).isoformat(),
                "outcome": visit.outcome,
                "text": (texts.get(visit.id) or visit.note)[:160],
            }
            for visit in visits
        ],
    }


def _meetings(
    session: Session, actor: Principal, day: dt.date, venues: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    shown = {venue["uid"] for venue in venues}
    told = meetings_told(session, actor, day)
    return {} if told is None else {"meetings": [one for one in told if one["venue_uid"] in shown]}


def meetings_told(session: Session, actor: Principal, day: dt.date) -> list[dict[str, Any]] | None:
    """Return the direct-selling meetings filed for a day, venue by venue; ``None`` for who may not read filings.

    What an officer compares with what is met at the door, and no more: speakers and notes stay on the server.
    """
    if not actor.may("prevention.read"):
        return None
    return [
        {
            "venue_uid": venue_uid, "title": filed.title, "company": company, "begins": filed.begins,
            "ends": filed.ends, "size": filed.size,
        }
        for venue_uid, filed, company in meetings_of_day(session, day)
    ]  # fmt: skip


def meetings_today(session: Session, actor: Principal, day: dt.date) -> dict[str, Any]:
    """Return what the feed adds, so that a meeting filed during the day is known at the door too."""
    told = meetings_told(session, actor, day)
    return {} if told is None else {"meetings": {"date": day.isoformat(), "filed": told}}


def _grid_features(shapes: Sequence[tuple[Grid, Any]]) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "properties": {"uid": grid.uid, "code": grid.code, "name": grid.name},
            "geometry": shapely.geometry.mapping(shapely.set_precision(shape, 1e-5)),
        }
        for grid, shape in shapes
        if shape is not None
    ]
    return {"type": "FeatureCollection", "features": features}


def _streets(
    settings: Settings, venues: Sequence[dict[str, Any]], shapes: Sequence[Any]
) -> tuple[dict[str, Any], str]:
    """Return the streets around everything the pack shows, and what they were cut out of: the file and the box.

    There are none where no street file was imported.
    """
    places = [shapely.Point(venue["lon"], venue["lat"]) for venue in venues]
    network = load_network(settings.DATA_DIR) if places or shapes else None
    if network is None:
        return dict(_EMPTY), ""
    west, south, east, north = shapely.total_bounds([*places, *shapes])
    box = (west - MARGIN_DEG, south - MARGIN_DEG, east + MARGIN_DEG, north + MARGIN_DEG)
    cut_from = f"{network.name} {network.vertices.shape} {network.vertices.sum()!r} {box!r}"
    return streets_in_box(network, box), cut_from
