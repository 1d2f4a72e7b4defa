"""Scan statistics of space and time: Poisson, Bernoulli and permutation models, and SaTScan's file
formats.
"""

from patrol.hotspots.statistics.scan.likelihood import Likelihood
from patrol.hotspots.statistics.scan.satscan_files import Files, last_days, limits_of, read_scan
from patrol.hotspots.statistics.scan.satscan_settings import Settings, read_settings
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
    "read_scan",
    "read_settings",
    "scan",
]
