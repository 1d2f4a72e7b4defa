"""Reports of the 12315 platform from files: read by the register's import, judged here, stored as clues."""

from patrol.clues.importing.rows import Report, read_report
from patrol.clues.importing.running import run_check, run_store

__all__ = ["Report", "read_report", "run_check", "run_store"]
