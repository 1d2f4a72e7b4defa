"""The settings of a scan as SaTScan's .prm files name them, read from their text."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from patrol.core.errors import Faults, PatrolError
from patrol.hotspots.statistics import problems
from patrol.hotspots.statistics.scan.likelihood import Side
from patrol.hotspots.statistics.scan.windows import Model

MODELS: dict[str, Model] = {"0": "poisson", "1": "bernoulli", "2": "permutation"}
SIDES: dict[str, Side] = {"1": "high", "2": "low", "3": "both"}
UNITS = {"0": "none", "1": "year", "2": "month", "3": "day", "4": "generic"}
ANALYSES = {
    "1": "spatial",
    "2": "temporal",
    "3": "space-time",
    "4": "prospective",
    "6": "prospective-temporal",
}


@dataclass(frozen=True)
class Settings:
    """What to scan and how; defaults are SaTScan's. Files are names as written, relative to the .prm file."""

    case_file: str = ""
    control_file: str = ""
    population_file: str = ""
    coordinates_file: str = ""
    precision: str = "none"
    start: dt.date | int = dt.date(2000, 1, 1)
    end: dt.date | int = dt.date(2000, 12, 31)
    spherical: bool = True
    analysis: str = "spatial"
    model: Model = "poisson"
    side: Side = "high"
    unit: str = "year"
    unit_length: int = 1
    max_share: float = 0.5
    max_radius: float | None = None
    min_duration: int = 1
    max_duration: int | None = None
    max_duration_share: float = 0.5
    whole_period: bool = False
    min_cases_high: int = 2
    replicas: int = 999
    stop_after: int | None = 50
    whole_area: bool = False
    relaxed_period: bool = False
    relaxed_places: bool = False
    not_done: tuple[str, ...] = ()


#: settings whose other values would change the clusters and are not supported: refused by name
REFUSED = (
    "UseGridFile", "UseNeighborsFile", "UseLocationsNetworkFile", "UseMetaLocationsFile", "UseAdjustmentsByRRFile",
    "UseMaxCirclePopulationFileOption", "AdjustForWeeklyTrends", "AdjustForEarlierAnalyses", "RiskLimitHighClusters",
    "RiskLimitLowClusters",
)  # fmt: skip
#: what SaTScan would do besides, without changing the most likely cluster
BESIDES = (
    "IterativeScan", "PerformStandardDrilldown", "PerformBernoulliDrilldown", "CalculateOliveira", "ReportGiniClusters",
    "ReportGumbel", "UseReportOnlySmallerClusters", "PerformPowerEvaluation",
)  # fmt: skip


def parse_time(text: str, generic: bool = False) -> tuple[dt.date | int, str]:
    """Read a SaTScan time and its precision; a year stands for 1 July, a month for its 15th.

    The year may stand first or last (12/31/1991, 12/1991), eight digits may stand without signs. Two-digit years
    are of the 20th century from 50 on. Raises ``ValueError`` for anything else.

    >>> parse_time("73"), parse_time("1991/12/31")
    ((datetime.date(1973, 7, 1), 'year'), (datetime.date(1991, 12, 31), 'day'))
    """
    if generic:
        return int(text), "generic"
    if len(text) == 8 and text.isdigit():
        text = f"{text[:4]}/{text[4:6]}/{text[6:]}"
    parts = [int(part) for part in text.replace("-", "/").replace(".", "/").split("/")]
    if len(parts) > 1 and parts[0] <= 31 < parts[-1]:
        parts = [parts[-1], *parts[:-1]]
    year = parts[0] if parts[0] > 99 else parts[0] + (1900 if parts[0] >= 50 else 2000)
    if len(parts) == 1:
        return dt.date(year, 7, 1), "year"
    if len(parts) == 2:
        return dt.date(year, parts[1], 15), "month"
    if len(parts) == 3:
        return dt.date(year, parts[1], parts[2]), "day"
    raise ValueError("neither a year, a month nor a day")


def read_settings(text: str) -> Settings:
    """Read the text of a .prm file; raises a :class:`PatrolError` that names every setting not supported."""
    given: dict[str, str] = {}
    for line in text.lstrip("\ufeff").splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.lstrip().startswith((";", "#", "[")):
            given[name.strip().lower()] = value.strip()
    if not given:
        raise PatrolError(problems.SCAN_NO_SETTINGS)
    return _Reader(given).settings()


class _Reader:
    def __init__(self, given: dict[str, str]) -> None:
        self.given, self.faults = given, Faults()

    def text(self, name: str, default: str = "") -> str:
        return self.given.get(name.lower(), "") or default

    def choice(self, name: str, choices: dict[str, Any], default: str) -> Any:
        value = self.text(name, default)
        if value not in choices:
            supported = ", ".join(f"{key} ({meaning})" for key, meaning in choices.items())
            self.faults.add(
                problems.SCAN_UNSUPPORTED, where=name, setting=name, value=value, supported=supported
            )
        return choices.get(value, choices[default])

    def number(self, name: str, default: float) -> float:
        value = self.text(name, str(default))
        try:
            return float(value)
        except ValueError:
            told = {"wanted_en": "a number", "wanted_zh": "数字"}
            self.faults.add(problems.SCAN_SETTING, where=name, setting=name, value=value, **told)
            return default

    def yes(self, name: str) -> bool:
        return self.text(name, "n").lower() in {"y", "yes", "1", "true"}

    def period(self, name: str, default: str, *, last: bool, generic: bool) -> dt.date | int:
        value = self.text(name, default)
        try:
            day, precision = parse_time(value, generic)
        except ValueError:
            told = {"wanted_en": "a date such as 2024/5/31", "wanted_zh": "2024/5/31这样的日期"}
            self.faults.add(problems.SCAN_SETTING, where=name, setting=name, value=value, **told)
            return parse_time(default)[0]
        return _bound(day, precision, last=last)

    def settings(self) -> Settings:
        self.refuse()
        precision = self.choice("PrecisionCaseTimes", UNITS, "0")
        generic = precision == "generic"
        settings = Settings(
            case_file=self.text("CaseFile"), control_file=self.text("ControlFile"),
            population_file=self.text("PopulationFile"), coordinates_file=self.text("CoordinatesFile"),
            precision=precision,
            start=self.period("StartDate", "0" if generic else "2000/1/1", last=False, generic=generic),
            end=self.period("EndDate", "0" if generic else "2000/12/31", last=True, generic=generic),
            spherical=self.text("CoordinatesType", "1") == "1",
            analysis=self.choice("AnalysisType", ANALYSES, "1"),
            model=self.choice("ModelType", MODELS, "0"), side=self.choice("ScanAreas", SIDES, "1"),
            unit=self.choice("TimeAggregationUnits", UNITS, "1"),
            unit_length=int(self.number("TimeAggregationLength", 1)),
            max_share=self.number("MaxSpatialSizeInPopulationAtRisk", 50) / 100,
            min_duration=int(self.number("MinimumTemporalClusterSize", 1)),
            whole_period=self.yes("IncludePurelySpatial"),
            min_cases_high=int(self.number("MinimumCasesInHighRateClusters", 2)),
            replicas=int(self.number("MonteCarloReps", 999)),
        )  # fmt: skip
        settings = self._sizes(settings)
        if _later(settings):
            self.faults.add(problems.SCAN_PERIOD, where="StartDate", start=settings.start, end=settings.end)
        self.faults.raise_if_any()
        return settings

    def refuse(self) -> None:
        """Name every setting that would change the clusters and is not supported."""
        for name in REFUSED:
            if self.yes(name):
                self.faults.add(problems.SCAN_UNSUPPORTED, where=name, setting=name, value="y", supported="n")
        for low, value in sorted(self.given.items()):
            name = f"CaseFile{low[8:]}"
            if low.startswith("casefile") and low != "casefile" and value:
                facts = {"setting": name, "value": value, "supported": "CaseFile"}
                self.faults.add(problems.SCAN_UNSUPPORTED, where=name, **facts)
        for name in (
            "TimeTrendAdjustmentType",
            "SpatialAdjustmentType",
            "IsotonicScan",
            "MultipleCoordinatesType",
        ):
            self.choice(name, {"0": "none"}, "0")
        self.choice("SpatialWindowShapeType", {"0": "circles"}, "0")
        self.choice("IncludeClusters", {"0": "all", "1": "alive"}, "0")

    def besides(self) -> tuple[str, ...]:
        """Name what the file asks for besides, and is not done."""
        others = {"CriteriaForReportingSecondaryClusters": "0", "MinimumCasesInLowRateClusters": "0"}
        changed = [name for name, usual in others.items() if self.text(name, usual) != usual]
        gumbel = ["PValueReportType=3"] if self.text("PValueReportType", "0") == "3" else []
        return (*(name for name in BESIDES if self.yes(name)), *changed, *gumbel)

    def _sizes(self, settings: Settings) -> Settings:
        radius = self.number("MaxSpatialSizeInDistanceFromCenter", 0)
        longest = self.number("MaxTemporalSize", 50)
        by_time = self.text("MaxTemporalSizeInterpretation", "0") == "1"
        early = self.text("PValueReportType", "0") in {"0", "2"}
        return replace(
            settings,
            max_radius=radius if self.yes("UseDistanceFromCenterOption") else None,
            max_duration=int(longest) if by_time else None,
            max_duration_share=0.5 if by_time else longest / 100,
            stop_after=int(self.number("EarlyTerminationThreshold", 50)) if early else None,
            whole_area=self.yes("IncludePurelyTemporal"),
            relaxed_period=self.text("StudyPeriodCheckType", "0") == "1",
            relaxed_places=self.text("GeographicalCoordinatesCheckType", "0") == "1",
            analysis=self._alive(settings.analysis), not_done=self.besides(),
        )  # fmt: skip

    def _alive(self, analysis: str) -> str:
        """Clusters that still live are what a prospective scan looks for."""
        alive = self.text("IncludeClusters", "0") == "1"
        return (
            {"space-time": "prospective", "temporal": "prospective-temporal"}[analysis]
            if (alive and analysis in {"space-time", "temporal"})
            else analysis
        )


def _later(settings: Settings) -> bool:
    """Whether the study period ends before it begins; both are days, or both whole numbers."""
    start, end = (
        when if isinstance(when, int) else when.toordinal() for when in (settings.start, settings.end)
    )
    return start > end


def _bound(day: dt.date | int, precision: str, *, last: bool) -> dt.date | int:
    """Stretch a year or month to its first or last day."""
    if isinstance(day, int) or precision == "day":
        return day
    if precision == "year":
        return dt.date(day.year, 12, 31) if last else dt.date(day.year, 1, 1)
    following = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return following - dt.timedelta(days=1) if last else day.replace(day=1)
