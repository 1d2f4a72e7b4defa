"""台账: what every record kept as a ledger shares: fields, list, form, page, files in and out, withdrawal."""

from patrol.ledgers.domain import CHANGED_MEANWHILE, MISSING, Field, read_names, read_whole
from patrol.ledgers.importing import import_file
from patrol.ledgers.ledger import LEDGERS, Ledger, Tab, register, register_tab, section_of
from patrol.ledgers.models import Attachment, LedgerRow
from patrol.ledgers.pages import pages_of, tabs_of
from patrol.ledgers.pages import show as show_record
from patrol.ledgers.queries import (
    Search,
    division_choices,
    division_named,
    division_of,
    next_count,
    record_by_number,
    record_by_uid,
    record_of_key,
    records_found,
)
from patrol.ledgers.reading import money_text
from patrol.ledgers.services import change_record, record_new, withdraw_record
from patrol.ledgers.showing import cell, choice_name, divisions_by_id, say

__all__ = [
    "CHANGED_MEANWHILE",
    "LEDGERS",
    "MISSING",
    "Attachment",
    "Field",
    "Ledger",
    "LedgerRow",
    "Search",
    "Tab",
    "cell",
    "change_record",
    "choice_name",
    "division_choices",
    "division_named",
    "division_of",
    "divisions_by_id",
    "import_file",
    "money_text",
    "next_count",
    "pages_of",
    "read_names",
    "read_whole",
    "record_by_number",
    "record_by_uid",
    "record_new",
    "record_of_key",
    "records_found",
    "register",
    "register_tab",
    "say",
    "section_of",
    "show_record",
    "tabs_of",
    "withdraw_record",
]
