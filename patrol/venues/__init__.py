"""The venue register: places that are patrolled, their import, and the risk of a place."""

from patrol.venues.amending import amend_venue, open_amendments
from patrol.venues.domain import (
    DEFAULTS,
    VenueFacts,
    VenueKind,
    VenueState,
    hours_text,
    kind_of,
    normal_address,
    normal_name,
    read_day,
    read_degrees,
    read_facts,
)
from patrol.venues.domain.merging import AMENDABLE, Edit, Merge
from patrol.venues.domain.risk import Places, Signs, Visits
from patrol.venues.importing.checks import CheckedRow, Progress, read_rows
from patrol.venues.importing.columns import FINDING_FIELDS, VENUE_FIELDS, Field, guess_columns, pick
from patrol.venues.importing.queries import division_uid, import_by_uid, known_venues
from patrol.venues.importing.records import as_data, record_of
from patrol.venues.importing.running import actor_of, reading, run_check, run_store, table_of
from patrol.venues.importing.services import (
    begin_apply,
    begin_check,
    choose_columns,
    claim_apply,
    decide,
    finish,
    keep_checked,
    mapping_of,
    start_import,
)
from patrol.venues.importing.storing import wanted_rows
from patrol.venues.importing.table import Row, Table, read_table
from patrol.venues.importing.twins import Known
from patrol.venues.models import ImportRow, Venue, VenueImport
from patrol.venues.placing import Place, Placer, load_placer
from patrol.venues.queries import (
    Search,
    find_venues,
    is_overdue,
    overdue_clause,
    risk_band,
    venue_by_token,
    venue_by_uid,
)
from patrol.venues.risk.scoring import Scores, keep_risks, score_places
from patrol.venues.services import (
    change_venue,
    close_venue,
    new_row,
    note_history,
    register_venue,
    reopen_venue,
)
from patrol.venues.storage import keep_upload, upload_path
from patrol.venues.visits import note_finding, note_visit, want_visit
from patrol.venues.wording import kind_choices, kind_label, outcome_label, outcome_tone

__all__ = [
    "AMENDABLE",
    "DEFAULTS",
    "FINDING_FIELDS",
    "VENUE_FIELDS",
    "CheckedRow",
    "Edit",
    "Field",
    "ImportRow",
    "Known",
    "Merge",
    "Place",
    "Placer",
    "Places",
    "Progress",
    "Row",
    "Scores",
    "Search",
    "Signs",
    "Table",
    "Venue",
    "VenueFacts",
    "VenueImport",
    "VenueKind",
    "VenueState",
    "Visits",
    "actor_of",
    "amend_venue",
    "as_data",
    "begin_apply",
    "begin_check",
    "change_venue",
    "choose_columns",
    "claim_apply",
    "close_venue",
    "decide",
    "division_uid",
    "find_venues",
    "finish",
    "guess_columns",
    "hours_text",
    "import_by_uid",
    "is_overdue",
    "keep_checked",
    "keep_risks",
    "keep_upload",
    "kind_choices",
    "kind_label",
    "kind_of",
    "known_venues",
    "load_placer",
    "mapping_of",
    "new_row",
    "normal_address",
    "normal_name",
    "note_finding",
    "note_history",
    "note_visit",
    "open_amendments",
    "outcome_label",
    "outcome_tone",
    "overdue_clause",
    "pick",
    "read_day",
    "read_degrees",
    "read_facts",
    "read_rows",
    "read_table",
    "reading",
    "record_of",
    "register_venue",
    "reopen_venue",
    "risk_band",
    "run_check",
    "run_store",
    "score_places",
    "start_import",
    "table_of",
    "upload_path",
    "venue_by_token",
    "venue_by_uid",
    "want_visit",
    "wanted_rows",
]
