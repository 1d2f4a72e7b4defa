"""Scan statistics of space and time: Poisson, Bernoulli and permutation models, and SaTScan's file
formats.
"""

from patrol.hotspots.statistics.scan.likelihood import Likelihood
from patrol.hotspots.statistics.scan.satscan_files import Files, last_days, limits_of, read_scan, rows_of
from patrol.hotspots.statistics.scan.satscan_settings import Settings, parse_time, read_settings
from patrol.hotspots.statistics.scan.search import Cluster, ScanResult, monte_carlo_p, scan
from patrol.hotspots.statistics.scan.windows import Limits, ScanData

__all__ = [
    "Cluster",
    "Files",
    "Likelihood",
    "Limits",
    "ScanData",
    "ScanResult",
    "Settings",
    "last_days",
    "limits_of",
    "monte_carlo_p",
    "parse_time",
    "read_scan",
    "read_settings",
    "rows_of",
    "scan",
]
