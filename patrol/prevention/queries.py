"""SELECTs of prevention beyond what every ledger has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from patrol.core.clock import CHINA
from patrol.enforcement import Den
from patrol.infra.db import one_or_404
from patrol.patrols import Visit
from patrol.prevention.domain import STOCKED, collide
from patrol.prevention.models import (
    Community,
    CommunityInspection,
    CommunityItem,
    Decision,
    DirectSeller,
    FiledMeeting,
    MaterialMove,
    Outlet,
    PublicityEvent,
    SellerCheck,
    Statement,
)
from patrol.territory import Division
from patrol.venues import Venue


def checklist(session: Session) -> Sequence[CommunityItem]:
    """Return the items in use, in their order."""
    return session.scalars(
        select(CommunityItem).where(CommunityItem.active).order_by(CommunityItem.position, CommunityItem.id)
    ).all()


def inspections_of(session: Session, community: Community) -> Sequence[CommunityInspection]:
    """Return a community's inspections, newest first."""
    return session.scalars(
        select(CommunityInspection)
        .where(CommunityInspection.community_id == community.id)
        .order_by(CommunityInspection.id.desc())
    ).all()


def inspection_by_uid(session: Session, uid: str) -> CommunityInspection:
    """Return one inspection within scope, or raise the 404."""
    return one_or_404(session, select(CommunityInspection).where(CommunityInspection.uid == uid))


def dens_since(session: Session, community: Community) -> Sequence[Den]:
    """Return the dens in a community's division since its award; a suspicion, also one that proved empty, is none."""
    if community.awarded_on is None:
        return []
    return session.scalars(
        select(Den).where(
            Den.scope_path.startswith(community.scope_path, autoescape=True),
            Den.division_id == community.division_id,
            or_(Den.state.not_in(("suspected", "quiet")), Den.confirmed_on.is_not(None)),
            Den.found_on >= community.awarded_on,
            Den.withdrawn_at.is_(None),
        )
    ).all()


def communities_by_district(session: Session) -> list[tuple[str, int, dict[str, int], dict[int, int]]]:
    """Return for each district (or what the reader sees of the tree): name, how many in each state, awards by year."""
    districts = session.scalars(
        select(Division).where(Division.level == "district").order_by(Division.scope_path)
    ).all()
    rows = session.execute(
        select(Community.scope_path, Community.state, Community.awarded_on).where(
            Community.withdrawn_at.is_(None)
        )
    ).all()
    found = []
    for district in districts:
        states: dict[str, int] = {}
        years: dict[int, int] = {}
        for path, state, awarded in rows:
            if path.startswith(district.scope_path):
                states[state] = states.get(state, 0) + 1
                if awarded and state == "awarded":
                    years[awarded.year] = years.get(awarded.year, 0) + 1
        found.append((district.name, sum(states.values()), states, years))
    return found


def stock_left(session: Session) -> dict[str, tuple[int, int, int]]:
    """Return for each material: received less lost, used by events, left."""
    moved: dict[str, int] = {
        material: int(total or 0)
        for material, total in session.execute(
            select(
                MaterialMove.material,
                func.sum(case((MaterialMove.way == "in", MaterialMove.count), else_=-MaterialMove.count)),
            )
            .where(MaterialMove.withdrawn_at.is_(None))
            .group_by(MaterialMove.material)
        )
    }
    sums = [func.coalesce(func.sum(getattr(PublicityEvent, name)), 0) for name in STOCKED]
    used = session.execute(select(*sums).where(PublicityEvent.withdrawn_at.is_(None))).one()
    return {
        name: (moved.get(name, 0), int(count), moved.get(name, 0) - int(count))
        for name, count in zip(STOCKED, used, strict=True)
    }


def at_the_same_hours(session: Session, filing: FiledMeeting) -> list[FiledMeeting]:
    """Return the other living meetings of a filed one's day whose hours touch it; it need not be stored itself."""
    statement = select(FiledMeeting).where(
        FiledMeeting.held_on == filing.held_on, FiledMeeting.withdrawn_at.is_(None)
    )
    return [
        other
        for other in session.scalars(statement.order_by(FiledMeeting.begins, FiledMeeting.id))
        if other.id != filing.id and collide((filing.begins, filing.ends), (other.begins, other.ends))
    ]


def visits_of_filing(session: Session, filing: FiledMeeting) -> Sequence[Visit]:
    """Return the visits paid to a filed meeting's venue on its day."""
    if not filing.venue_id:
        return []
    start = dt.datetime.combine(filing.held_on, dt.time(), tzinfo=CHINA)
    return session.scalars(
        select(Visit)
        .where(
            Visit.venue_id == filing.venue_id,
            Visit.arrived_at >= start,
            Visit.arrived_at < start + dt.timedelta(days=1),
        )
        .order_by(Visit.arrived_at)
    ).all()


def filings_at(session: Session, venue: Venue, day: dt.date) -> list[FiledMeeting]:
    """Return the meetings filed at a venue (by register or by the same address) for a day."""
    same = [FiledMeeting.venue_id == venue.id]
    if venue.address:
        same.append(FiledMeeting.address == venue.address)
    return list(
        session.scalars(
            select(FiledMeeting)
            .where(or_(*same), FiledMeeting.held_on == day, FiledMeeting.withdrawn_at.is_(None))
            .order_by(FiledMeeting.begins)
        )
    )


def meetings_of_day(session: Session, day: dt.date) -> list[tuple[str, FiledMeeting, str]]:
    """Return ``(venue uid, meeting, company name)`` of what was filed for a day within scope, by their hours.

    A meeting is at the venue it names, and where it names none at every venue of exactly its address.
    """
    rows = session.execute(
        select(FiledMeeting, func.coalesce(DirectSeller.title, ""))
        .outerjoin(DirectSeller, DirectSeller.id == FiledMeeting.company_id)
        .where(FiledMeeting.held_on == day, FiledMeeting.withdrawn_at.is_(None))
        .order_by(FiledMeeting.begins, FiledMeeting.id)
    ).all()
    named = {meeting.venue_id for meeting, _ in rows}
    addresses = {meeting.address for meeting, _ in rows if not meeting.venue_id}
    venues = session.execute(
        select(Venue.id, Venue.uid, Venue.address).where(
            or_(Venue.id.in_(named - {None}), Venue.address.in_(addresses - {""}))
        )
    ).all()
    return [
        (uid, meeting, company)
        for meeting, company in rows
        for key, uid, address in venues
        if (key == meeting.venue_id if meeting.venue_id else address == meeting.address)
    ]


def of_company(session: Session, company: DirectSeller) -> dict[str, Sequence[Any]]:
    """Return a company's outlets, checks and filed meetings, newest first."""

    def own(model: Any, order: Any) -> Sequence[Any]:
        return session.scalars(
            select(model)
            .where(model.company_id == company.id, model.withdrawn_at.is_(None))
            .order_by(order)
            .limit(30)
        ).all()

    return {
        "outlets": own(Outlet, Outlet.title),
        "checks": own(SellerCheck, SellerCheck.checked_on.desc()),
        "filings": own(FiledMeeting, FiledMeeting.held_on.desc()),
    }


def decisions_of(session: Session, meeting_id: int) -> Sequence[Decision]:
    """Return what a meeting decided, what is due first at the top."""
    return session.scalars(
        select(Decision)
        .where(Decision.meeting_id == meeting_id, Decision.withdrawn_at.is_(None))
        .order_by(Decision.due_on)
    ).all()


def statements_like(session: Session, row_id: int | None, said: Mapping[str, Any]) -> list[Statement]:
    """Other statements of the same division, year, level and signer."""
    same = [getattr(Statement, name) == said[name] for name in ("division_id", "year", "level", "signer")]
    return list(
        session.scalars(
            select(Statement)
            .where(*same, Statement.withdrawn_at.is_(None), Statement.id != (row_id or 0))
            .order_by(Statement.id)
        )
    )


def divisions_without_statement(session: Session, year: int, level: str = "district") -> list[str]:
    """Name the divisions of a level in scope from which no statement of a year is on record."""
    signed = select(Statement.division_id).where(Statement.year == year, Statement.withdrawn_at.is_(None))
    return list(
        session.scalars(
            select(Division.name)
            .where(Division.level == level, Division.id.not_in(signed))
            .order_by(Division.scope_path)
        )
    )
