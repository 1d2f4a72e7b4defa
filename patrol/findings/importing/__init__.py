"""Past visits and findings from files: read by the register's import, judged here, stored as ordinary records."""

from patrol.findings.importing.rows import PastVisit, read_past, venue_book
from patrol.findings.importing.services import check_past, store_past

__all__ = ["PastVisit", "check_past", "read_past", "store_past", "venue_book"]
