"""What a visit established: checklist, text, photos."""

from patrol.findings.checklist_versions import (
    checklist_of,
    current_checklist,
    ensure_checklist,
    known_checklists,
)
from patrol.findings.domain import (
    ACT_LABELS,
    KIND_LABELS,
    PHOTO_NOT_READY,
    PHOTOS_PER_FINDING,
    Act,
    FindingKind,
)
from patrol.findings.foresight import foreseen
from patrol.findings.models import Checklist, Finding, Photo
from patrol.findings.picture_answer import picture_response
from patrol.findings.pictures import copy_into, display_copy, keep_bytes
from patrol.findings.queries import is_withdrawn, photos_with_bytes, texts_of_visits
from patrol.findings.schemas import FindingIn, ManualPinIn, PhotoIn, RecordingIn
from patrol.findings.services import attach_visit, placed_facts, record_finding

__all__ = [
    "ACT_LABELS",
    "KIND_LABELS",
    "PHOTOS_PER_FINDING",
    "PHOTO_NOT_READY",
    "Act",
    "Checklist",
    "Finding",
    "FindingIn",
    "FindingKind",
    "ManualPinIn",
    "Photo",
    "PhotoIn",
    "RecordingIn",
    "attach_visit",
    "checklist_of",
    "copy_into",
    "current_checklist",
    "display_copy",
    "ensure_checklist",
    "foreseen",
    "is_withdrawn",
    "keep_bytes",
    "known_checklists",
    "photos_with_bytes",
    "picture_response",
    "placed_facts",
    "record_finding",
    "texts_of_visits",
]
