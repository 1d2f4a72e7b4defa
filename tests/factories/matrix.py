"""A person for every role and place, and one object for every kind of address: what the permission matrix needs.

**When you add a route** with a new ``<thing_uid>`` in its address, add an example below: a function that makes
(or finds) one such object *in the own division* and returns what stands in the address. Whoever may see it is
then tested for every role and for the division itself, its parent, sibling, child and one in another province.
"""

import datetime as dt
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app

from patrol.accounts import GridDuty, Person, RoleName
from patrol.clues.models import Clue, ContactPoint, Sighting, SightingPhoto, SightingReporter
from patrol.core.clock import FixedClock, china_date
from patrol.evidence import CaseExport
from patrol.evidence.services import export_path
from patrol.findings.models import Finding, Photo
from patrol.ground import GroundDraft
from patrol.infra import spatial
from patrol.infra.blobs import Blob, BlobOwner
from patrol.infra.db import unscoped
from patrol.infra.files import blob_store, scratch_file
from patrol.infra.jobs import Job
from patrol.patrols.models import Patrol
from patrol.routes import Plan, Route, Stop, Team
from patrol.territory import Division, Grid
from patrol.venues import Venue
from patrol.venues.importing.services import start_import
from patrol.venues.importing.table import read_table
from patrol.venues.models import VenueAmendment
from patrol.venues.storage import keep_upload, labels_path, upload_path, write_whole
from tests.factories.ledgers import (
    attachment,
    awarded_community,
    document_job,
    edition,
    guarded_person,
    import_job,
    inspection,
    list_request,
    record_examples,
    scheme,
    summary,
)
from tests.factories.patrols import create_place, create_route, jpeg
from tests.factories.venues import EAST, WEST, box, create_division, create_person

#: stands in every name and text of the own division: it must never be read from anywhere else
MARK = "金丝雀"
OWN, PARENT, SIBLING, CHILD, ELSEWHERE = "own", "parent", "sibling", "child", "elsewhere"
PLACES = (OWN, PARENT, SIBLING, CHILD, ELSEWHERE)
NOW = dt.datetime.now(dt.UTC)

#: routes without an account. Each new one is a decision: write it down here, in the same commit.
PUBLIC = {
    "healthz", "readyz", "openapi.spec", "security.login", "security.logout", "security.static", "pwa.phone",
    "pwa.service_worker", "pwa.no_network", "pwa.web_manifest", "pwa.language", "pwa.styleguide", "report.form", "report.send",
    "report.follow", "report.progress", "report.answer", "report.claim", "password.form", "password.choose",
}  # fmt: skip
#: routes for every signed-in person, whatever the role; what they show must be bounded otherwise
SIGNED_IN = {
    "pwa.home",
    "pwa.job_status",
    "pwa.job_cancel",
    "security.verify",
    "territory.streets",
    "territory.tile",
    "venues.scanned",
}
#: routes that change something though a reader may use them
READERS_WRITE = {"venues.print_labels", "clues.reporter", "loop.reporter"}


@dataclass(frozen=True)
class Example:
    """What stands in an address. ``owner``: only this person may; ``shared``: no object, the same for everybody."""

    value: str
    owner: Person | None = None
    shared: bool = False


@dataclass
class World:
    """Five divisions with a person of every role in each; every object lies in ``own``."""

    session: object
    divisions: dict[str, Division]
    people: dict[tuple[str, str], Person]
    grid: Grid
    venue: Venue
    team: Team
    route: Route
    examples: dict[str, Example] = field(default_factory=dict)

    @property
    def own(self) -> Division:
        return self.divisions[OWN]

    def person(self, role: str, place: str = OWN) -> Person:
        return self.people[role, place]

    def add(self, row):
        self.session.add(row)
        self.session.flush()
        return row


def create_world(session) -> World:
    """Build the world and commit it; nobody is bound to the session."""
    with unscoped(session, "a test builds its world"):
        divisions = _divisions(session)
        people = {
            (role.value, place): create_person(
                session, division, role.value, username=f"{role.value}-{place}"
            )
            for place, division in divisions.items()
            for role in RoleName
        }
        for (role, place), person in people.items():
            person.name = f"{MARK if place == OWN else place}{role}"
        own = divisions[OWN]
        grid = Grid(code="420102901", name=f"{MARK}网格", division_id=own.id, scope_path=own.scope_path,
                    geom=spatial.to_geom(box(*EAST)))  # fmt: skip
        session.add(grid)
        session.flush()
        venue = create_place(session, own, grid, 1, 114.31, 30.60, owner_name=f"{MARK}业主")
        venue.name = f"{MARK}宾馆"
        team, route = create_route(session, own, _crew(people), [venue], NOW)
        team.name = f"{MARK}组"
        session.commit()
    return World(session, divisions, people, grid, venue, team, route)


def _divisions(session) -> dict[str, Division]:
    province = create_division(session, "42", "湖北省", "province")
    city = create_division(session, "4201", "武汉市", "city", province)
    own = create_division(session, "420102", "江岸区", "district", city, EAST)
    far = create_division(session, "35", "福建省", "province")
    return {
        OWN: own,
        PARENT: city,
        SIBLING: create_division(session, "420103", "江汉区", "district", city, WEST),
        CHILD: create_division(session, "420102002", "大智街道", "street", own, EAST),
        ELSEWHERE: create_division(session, "3503", "莆田市", "city", far, (118.9, 25.3, 119.2, 25.6)),
    }


def _crew(people) -> dict[str, Person]:
    roles = {"manager": "branch_manager", "inspector": "inspector", "police": "police_liaison"}
    crew = {name: people[role, OWN] for name, role in roles.items()}
    return {**crew, "liaison": people["community_liaison", OWN]}


def finding(world: World) -> Finding:
    """Make a finding with words that nobody outside may read."""
    person = world.person("inspector")
    return world.add(
        Finding(venue_id=world.venue.id, grid_id=world.grid.id, person_id=person.id, found_at=NOW,
                text=f"{MARK}打地铺", geom=spatial.point(114.31, 30.6), scope_path=world.own.scope_path)
    )  # fmt: skip


def patrol(world: World) -> Patrol:
    """Make a patrol that is over, walked by the inspector of the own division."""
    return world.add(
        Patrol(route_id=world.route.id, team_id=world.team.id, person_id=world.person("inspector").id, state="ended",
               started_at=NOW - dt.timedelta(hours=2), ended_at=NOW, scope_path=world.own.scope_path)
    )  # fmt: skip


def sighting(world: World) -> Sighting:
    """Make a sighting with somebody on record as the reporter."""
    row = world.add(
        Sighting(channel="liaison", kind="lecture", text=f"{MARK}听课", geom=spatial.point(114.31, 30.6),
                 division_id=world.own.id, grid_id=world.grid.id, scope_path=world.own.scope_path)
    )  # fmt: skip
    world.add(SightingReporter(sighting_id=row.id, person_id=world.person("community_liaison").id))
    return row


def clue(world: World) -> Clue:
    """Make a clue that the inspector of the own division was sent to."""
    return world.add(
        Clue(number="2026-90001", channel="telephone", kind="lecture", text=f"{MARK}听课", address=f"{MARK}路",
             geom=spatial.point(114.31, 30.6), division_id=world.own.id, scope_path=world.own.scope_path,
             state="assigned", person_id=world.person("inspector").id, accept_due=china_date(NOW), close_due=china_date(NOW))
    )  # fmt: skip


def contact_point(world: World) -> ContactPoint:
    """Make a contact point with its poster."""
    return world.add(
        ContactPoint(name=f"{MARK}联系点", token="k7m2q9xp", division_id=world.own.id,
                     scope_path=world.own.scope_path, lon=114.31, lat=30.6)
    )  # fmt: skip


def stored_picture() -> dict[str, object]:
    """Store a picture and return the columns that name it."""
    from flask import current_app

    settings, data = current_app.config["SETTINGS"], jpeg(seed=11)
    sha256, source = hashlib.sha256(data).hexdigest(), scratch_file(settings)
    source.write_bytes(data)
    blob_store(settings).put(sha256, source)
    return {
        "sha256_original": sha256,
        "size_original": len(data),
        "type_original": "image/jpeg",
        "sha256_copy": sha256,
    }


def recording(world: World) -> str:
    """Make a finding's sound recording."""
    made = {**stored_picture(), "type_original": "audio/webm", "camera_or_album": "sound"}
    return world.add(Photo(finding_id=finding(world).id, **made)).uid


def amendment(world: World) -> str:
    """Make a change of a venue that came too late and waits for a person."""
    return world.add(
        VenueAmendment(venue_id=world.venue.id, field="note", seen="", kept=MARK, wanted=f"{MARK}二", made_at=NOW,
                       person_id=world.person("inspector").id, scope_path=world.own.scope_path)
    ).uid  # fmt: skip


def case_export(world: World) -> str:
    """Make an export for a case, with its file."""
    row = world.add(
        CaseExport(title=f"{MARK}案", finding_uids=[], person_id=world.person("branch_manager").id, state="made",
                   scope_path=world.own.scope_path)
    )  # fmt: skip
    write_whole(export_path(current_app.config["SETTINGS"], row.uid), b"PK")
    return row.uid


def venue_import(world: World) -> str:
    """Upload a list of venues for the own division."""
    from patrol.accounts.security import principal_of_person

    sha256 = keep_upload(io.BytesIO(f"名称,经度,纬度\n{MARK}旅社,114.31,30.60\n".encode()))
    return start_import(
        world.session, principal_of_person(world.person("city_manager")), purpose="venues",
        filename=f"{MARK}.csv", sha256=sha256, table=read_table(upload_path(sha256)),
        division_uid=world.own.uid, clock=FixedClock(NOW),
    ).uid  # fmt: skip


def ground_draft(world: World) -> str:
    """Propose to merge a grid with nothing: ready to be looked at, applied or dropped."""
    content = {"features": [], "retires": [], "warnings": [], "figures": {}}
    return world.add(
        GroundDraft(kind="merge", division_id=world.own.id, person_id=world.person("branch_manager").id,
                    state="ready", content=content, scope_path=world.own.scope_path)
    ).uid  # fmt: skip


def job(world: World, role: str = "branch_manager") -> Example:
    """Make a finished job with labels; it is its owner's alone."""
    owner = world.person(role)
    row = world.add(Job(kind="venues.print_labels", person_id=owner.id, person_uid=owner.uid, state="done"))
    write_whole(labels_path(row.uid), b"%PDF-1.7\n")
    return Example(row.uid, owner=owner)


def rescue_job(world: World) -> Example:
    """Import a rescue file; what became of it is its supervisor's alone."""
    owner = world.person("branch_manager")
    row = world.add(Job(kind="rescue.import", person_id=owner.id, person_uid=owner.uid, state="queued"))
    return Example(row.uid, owner=owner)


def declared_file(world: World) -> Example:
    """Declare a file in the inspector's name: it is that person's alone."""
    owner, sha256 = world.person("inspector"), "ab" * 32
    world.add(Blob(sha256=sha256, size=9, media_type="image/jpeg"))
    world.add(BlobOwner(sha256=sha256, person_id=owner.id))
    return Example(sha256, owner=owner)


def grid_of_everybody(world: World) -> str:
    """Make everybody answer for the own grid, so that the division alone decides who sees it."""
    for person in world.people.values():
        world.add(GridDuty(grid_id=world.grid.id, person_id=person.id, duty="inspector"))
    return world.grid.uid


#: name in the address, or "endpoint:name" where one route needs another -> how to make an example
EXAMPLES: dict[str, Callable[[World], Example | str]] = {
    "venue_uid": lambda world: world.venue.uid,
    "qr_token": lambda world: world.venue.qr_token,
    "grid_uid": lambda world: world.grid.uid,
    "division_uid": lambda world: world.own.uid,
    "person_uid": lambda world: world.person("police_liaison").uid,
    "agency_uid": lambda world: world.person("police_liaison").agency.uid,
    "team_uid": lambda world: world.team.uid,
    "plan_uid": lambda world: world.session.get(Plan, world.route.plan_id).uid,
    "route_uid": lambda world: world.route.uid,
    "stop_uid": lambda world: world.session.query(Stop).filter_by(route_id=world.route.id).first().uid,
    "patrol_uid": lambda world: patrol(world).uid,
    "patrols.show_mine:patrol_uid": lambda world: Example(patrol(world).uid, owner=world.person("inspector")),
    "patrols.my_track:patrol_uid": lambda world: Example(patrol(world).uid, owner=world.person("inspector")),
    "finding_uid": lambda world: finding(world).uid,
    "photo_uid": lambda world: world.add(Photo(finding_id=finding(world).id, **stored_picture())).uid,
    "findings_api.play_sound:photo_uid": recording,
    "amendment_uid": amendment,
    "export_uid": case_export,
    "decision": lambda world: Example("keep", shared=True),
    "sighting_uid": lambda world: sighting(world).uid,
    "sighting_photo_uid": lambda world: (
        world.add(SightingPhoto(sighting_id=sighting(world).id, **stored_picture())).uid
    ),
    "clue_uid": lambda world: clue(world).uid,
    "contact_point_uid": lambda world: contact_point(world).uid,
    "size": lambda world: Example("a4", shared=True),
    "language": lambda world: Example("zh", shared=True),
    "import_uid": venue_import,
    "draft_uid": ground_draft,
    "job_uid": job,
    "sha256": declared_file,
    "ending": lambda world: Example("csv", shared=True),
    "form": lambda world: Example("csv", shared=True),
    "key": grid_of_everybody,
    "inside": lambda world: Example("today", shared=True),
    "filename": lambda world: Example("js/webauthn.js", shared=True),
    "guarded_person_uid": lambda world: guarded_person(world).uid,
    "list_request_uid": lambda world: list_request(world).uid,
    "guarded.listed:list_request_uid": lambda world: Example(
        list_request(world).uid, owner=world.person("branch_manager")
    ),
    "ledger_code": lambda world: Example("actions", shared=True),
    "attachment_uid": attachment,
    "ledgers.imported:job_uid": lambda world: Example(*import_job(world)),
    "indicator_code": lambda world: Example("actions", shared=True),
    "scheme_uid": lambda world: scheme(world).uid,
    "summary_uid": lambda world: summary(world).uid,
    "edition_uid": edition,
    "inspection_uid": inspection,
    "rescue.show:job_uid": lambda world: rescue_job(world),
    "summaries.making:job_uid": lambda world: Example(*document_job(world)),
    "summaries.file:job_uid": lambda world: Example(*document_job(world)),
    **record_examples(),
    "prevention.certificate:community_uid": awarded_community,
}


def examples_for(world: World, endpoint: str, names: set[str]) -> dict[str, Example] | None:
    """Make what stands in the address of ``endpoint``; ``None`` where nobody has said how to make it."""
    keys = {name: f"{endpoint}:{name}" if f"{endpoint}:{name}" in EXAMPLES else name for name in names}
    if any(key not in EXAMPLES for key in keys.values()):
        return None
    for key in keys.values():
        if key not in world.examples:
            with unscoped(world.session, "a test makes an example"):
                made = EXAMPLES[key](world)
            world.examples[key] = made if isinstance(made, Example) else Example(made)
    return {name: world.examples[key] for name, key in keys.items()}
