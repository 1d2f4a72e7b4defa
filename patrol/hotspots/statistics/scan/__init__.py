"""Scan statistics of space and time: Poisson, Bernoulli and permutation models, and SaTScan's file formats."""

from patrol.hotspots.statistics.scan.likelihood import Likelihood
from patrol.hotspots.statistics.scan.search import Cluster, ScanResult, monte_carlo_p, scan
from patrol.hotspots.statistics.scan.windows import Limits, ScanData

__all__ = ["Cluster", "Likelihood", "Limits", "ScanData", "ScanResult", "monte_carlo_p", "scan"]
