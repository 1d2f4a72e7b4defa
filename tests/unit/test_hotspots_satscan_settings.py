"""Every setting of a .prm file does what SaTScan's user guide says of it, seen in the windows that are looked at."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.core.errors import PatrolError
from patrol.hotspots.statistics.scan import Files, last_days, limits_of, read_scan, read_settings, scan
from patrol.hotspots.statistics.scan.satscan_files import steps_of

#: four places on a line, one apart, of a hundred people each; eight days
GEO = "a 0 0\nb 1 0\nc 2 0\nd 3 0\n"
POP = "a 2024 100\nb 2024 100\nc 2024 100\nd 2024 100\n"
PRM = {
    "PrecisionCaseTimes": "3", "StartDate": "2024/1/1", "EndDate": "2024/1/8", "CoordinatesType": "0",
    "AnalysisType": "3", "ModelType": "0", "ScanAreas": "1", "TimeAggregationUnits": "3", "MonteCarloReps": "0",
    "MaxTemporalSize": "50", "MaxSpatialSizeInPopulationAtRisk": "50",
}  # fmt: skip


def prm(**changed):
    return "[Input]\n" + "\n".join(f"{name}={value}" for name, value in {**PRM, **changed}.items())


def cases(rows):
    """Write a case file: ``rows`` are place, count, day of January."""
    return "".join(f"{place} {count} 2024/1/{day}\n" for place, count, day in rows)


#: one case at each place on each day, so that nothing stands out, and what is added
EVERYWHERE = [(place, 1, day) for place in "abcd" for day in range(1, 9)]


def first_cluster(added, **changed):
    settings = read_settings(prm(**changed))
    data = read_scan(Files(cases(EVERYWHERE + added), GEO, POP), settings)
    found = scan(
        data, rng=np.random.default_rng(1), limits=limits_of(settings, len(data.steps)), side=settings.side,
        min_cases=settings.min_cases_high, replicas=settings.replicas, stop_after=settings.stop_after,
    )  # fmt: skip
    if not found.clusters:
        return None
    best = found.clusters[0]
    return "".join(sorted(best.places)), data.steps[best.first], last_days(settings)[best.last]


HOT = [("a", 9, 3), ("a", 9, 4), ("b", 9, 3), ("b", 9, 4)]
#: more than half of the places and of the time
WIDE = [(place, 9, day) for place in "abc" for day in range(2, 8)]
#: fewer at d on three days: what is left out of EVERYWHERE cannot be, so all others are many
LOW = [(place, 9, day) for place in "abcd" for day in range(1, 9) if place != "d" or day not in (4, 5, 6)]
CLUSTERS = {
    "as it is": (HOT, {}, ("ab", "2024-01-03", "2024-01-04")),
    "at most a quarter of the people": (HOT, {"MaxSpatialSizeInPopulationAtRisk": "25"}, ("a", "2024-01-03", "2024-01-04")),
    "within half a unit": (
        HOT, {"UseDistanceFromCenterOption": "y", "MaxSpatialSizeInDistanceFromCenter": "0.5"},
        ("a", "2024-01-03", "2024-01-04"),
    ),
    "a distance that is not used": (
        HOT, {"UseDistanceFromCenterOption": "n", "MaxSpatialSizeInDistanceFromCenter": "0.5"},
        ("ab", "2024-01-03", "2024-01-04"),
    ),
    "at least three days": (HOT, {"MinimumTemporalClusterSize": "3"}, ("ab", "2024-01-02", "2024-01-04")),
    "at most a day": (
        HOT, {"MaxTemporalSizeInterpretation": "1", "MaxTemporalSize": "1"}, ("ab", "2024-01-03", "2024-01-03"),
    ),
    "at most two days": (
        HOT, {"MaxTemporalSizeInterpretation": "1", "MaxTemporalSize": "2"}, ("ab", "2024-01-03", "2024-01-04"),
    ),
    "at most an eighth of the time": (HOT, {"MaxTemporalSize": "12.5"}, ("ab", "2024-01-03", "2024-01-03")),
    "half the time is the most": (
        [("a", 9, day) for day in range(1, 9)], {}, ("a", "2024-01-01", "2024-01-04"),
    ),
    "or all the time, if asked for": (
        [("a", 9, day) for day in range(1, 9)], {"IncludePurelySpatial": "y"}, ("a", "2024-01-01", "2024-01-08"),
    ),
    "or all the places, if asked for": (
        [(place, 9, 3) for place in "abcd"], {"IncludePurelyTemporal": "y"}, ("abcd", "2024-01-03", "2024-01-03"),
    ),
    "only what still lives": ([*HOT, ("d", 5, 8)], {"AnalysisType": "4"}, ("d", "2024-01-08", "2024-01-08")),
    "only what still lives, said otherwise": (
        [*HOT, ("d", 5, 8)], {"IncludeClusters": "1"}, ("d", "2024-01-08", "2024-01-08"),
    ),
    "low rates only": (LOW, {"ScanAreas": "2"}, ("d", "2024-01-04", "2024-01-06")),
    "both, and low is the more unlikely": (LOW, {"ScanAreas": "3"}, ("d", "2024-01-04", "2024-01-06")),
    "low rates only, though a high one is the more unlikely": (
        [*LOW, ("a", 90, 2)], {"ScanAreas": "2"}, ("d", "2024-01-04", "2024-01-06"),
    ),
    "both, and high is the more unlikely": ([*LOW, ("a", 90, 2)], {"ScanAreas": "3"}, ("a", "2024-01-02", "2024-01-02")),
    "by two days": (HOT, {"TimeAggregationLength": "2"}, ("ab", "2024-01-03", "2024-01-04")),
    "time alone": (HOT, {"AnalysisType": "2"}, ("all", "2024-01-03", "2024-01-04")),
    "places alone": (HOT, {"AnalysisType": "1"}, ("ab", "all", "all")),
    "at least forty cases": (HOT, {"MinimumCasesInHighRateClusters": "41"}, ("ab", "2024-01-02", "2024-01-04")),
}  # fmt: skip


@pytest.mark.parametrize(("added", "changed", "cluster"), CLUSTERS.values(), ids=CLUSTERS)
def test_a_setting_changes_the_first_cluster_as_it_says(added, changed, cluster):
    assert first_cluster(added, **changed) == cluster


def test_too_few_cases_for_any_cluster_give_none():
    assert first_cluster(HOT, MinimumCasesInHighRateClusters="1000") is None


def test_relaxed_checks_leave_rows_out_and_count_them():
    rows = cases([("a", 3, 2), ("x", 5, 2)]) + "a 7 2023/5/5\n"
    with pytest.raises(PatrolError) as told:
        read_scan(Files(rows, GEO, POP), read_settings(prm()))
    assert [fault.where for fault in told.value.faults] == ["cases 2", "cases 3"]
    relaxed = read_settings(prm(StudyPeriodCheckType="1", GeographicalCoordinatesCheckType="1"))
    data = read_scan(Files(rows, GEO, POP), relaxed)
    assert (data.cases.sum(), data.left_out) == (3, 2)


STOPS = {"": 50, "0": 50, "1": None, "2": 50, "3": None}


@pytest.mark.parametrize(("kind", "stop"), STOPS.items())
def test_drawing_stops_early_only_where_p_is_reported_so(kind, stop):
    changed = {"PValueReportType": kind} if kind else {}
    assert read_settings(prm(**changed)).stop_after == stop
    if stop:
        assert read_settings(prm(EarlyTerminationThreshold="9", **changed)).stop_after == 9


@pytest.mark.parametrize(
    "setting",
    [
        "UseGridFile", "UseNeighborsFile", "UseLocationsNetworkFile", "UseMetaLocationsFile", "UseAdjustmentsByRRFile",
        "UseMaxCirclePopulationFileOption", "AdjustForWeeklyTrends", "AdjustForEarlierAnalyses",
        "RiskLimitHighClusters", "RiskLimitLowClusters",
    ],
)  # fmt: skip
def test_what_would_change_the_clusters_is_refused_by_name_and_may_be_off(setting):
    read_settings(prm(**{setting: "n"}))
    with pytest.raises(PatrolError) as told:
        read_settings(prm(**{setting: "y"}))
    assert setting in told.value.sentence("zh")
    assert setting in told.value.sentence("en")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TimeTrendAdjustmentType", "2"), ("SpatialAdjustmentType", "1"), ("IsotonicScan", "1"),
        ("MultipleCoordinatesType", "1"), ("SpatialWindowShapeType", "1"), ("IncludeClusters", "2"),
        ("CaseFile2", "more.cas"), ("ModelType", "4"), ("AnalysisType", "5"), ("ScanAreas", "4"),
    ],
)  # fmt: skip
def test_values_not_supported_are_refused_by_name(setting, value):
    with pytest.raises(PatrolError) as told:
        read_settings(prm(**{setting: value}))
    assert [fault.facts["setting"] for fault in told.value.faults] == [setting]


def test_what_is_asked_for_besides_is_named_as_not_done():
    asked = read_settings(prm(IterativeScan="y", ReportGiniClusters="y", PValueReportType="3"))
    assert asked.not_done == ("IterativeScan", "ReportGiniClusters", "PValueReportType=3")
    assert read_settings(prm()).not_done == ()


def test_a_period_that_ends_before_it_begins_and_numbers_that_are_none_are_told_together():
    with pytest.raises(PatrolError) as told:
        read_settings(prm(StartDate="2025/1/1", MonteCarloReps="many"))
    assert [fault.problem.code for fault in told.value.faults] == [
        "hotspots.scan.setting",
        "hotspots.scan.period",
    ]


def test_a_year_and_a_month_as_bounds_reach_to_their_ends():
    years = read_settings(prm(StartDate="2023", EndDate="2024/2"))
    assert (years.start, years.end) == (dt.date(2023, 1, 1), dt.date(2024, 2, 29))
    assert read_settings(prm(StartDate="2023/2", EndDate="2024")).start == dt.date(2023, 2, 1)
    assert read_settings(prm(StartDate="2023/2", EndDate="2024")).end == dt.date(2024, 12, 31)


@given(
    start=st.dates(dt.date(1990, 1, 1), dt.date(2020, 1, 1)), days=st.integers(0, 900), length=st.integers(1, 40),
    unit=st.sampled_from(["1", "2", "3"]),
)  # fmt: skip
def test_steps_cover_the_period_once_whatever_the_unit(start, days, length, unit):
    end = start + dt.timedelta(days=days)
    settings = read_settings(
        prm(
            StartDate=f"{start:%Y/%m/%d}", EndDate=f"{end:%Y/%m/%d}", TimeAggregationUnits=unit,
            TimeAggregationLength=str(length),
        )
    )  # fmt: skip
    steps = steps_of(settings)
    assert steps.edges[0] == start.toordinal()
    assert steps.edges[-1] == end.toordinal() + 1
    assert (np.diff(steps.edges) > 0).all()
    assert len(steps.names) == len(last_days(settings)) == steps.edges.size - 1
    widths = np.diff(steps.edges)[1:]
    assert unit != "3" or (widths == length).all()
