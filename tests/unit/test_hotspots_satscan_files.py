"""SaTScan's files are read as SaTScan reads them, and every faulty row is named at once."""

import datetime as dt

import numpy as np
import pytest

from patrol.core.errors import PatrolError
from patrol.hotspots.statistics.scan import Files, Settings, limits_of, read_scan, read_settings
from patrol.hotspots.statistics.scan.satscan_files import steps_of

PRM = """[Input]
CaseFile=a.cas
PopulationFile=a.pop
CoordinatesFile=a.geo
PrecisionCaseTimes=1
StartDate=2000/1/1
EndDate=2003/12/31
CoordinatesType=0
[Analysis]
;a comment
AnalysisType=3
ModelType=0
ScanAreas=1
TimeAggregationUnits=1
TimeAggregationLength=1
[Temporal Window]
MaxTemporalSize=50
[Inference]
MonteCarloReps=199
"""
GEO = "a 0 0\nb 1 0\nc 9 9\n"


def test_settings_are_those_of_the_file():
    settings = read_settings(PRM)
    assert (settings.case_file, settings.model, settings.analysis) == ("a.cas", "poisson", "space-time")
    assert settings.start == dt.date(2000, 1, 1)
    assert (settings.replicas, settings.stop_after, settings.side) == (199, 50, "high")
    assert limits_of(settings, 4).max_duration == 2


def test_settings_not_supported_are_all_named():
    wrong = PRM.replace("ModelType=0", "ModelType=5").replace("AnalysisType=3", "AnalysisType=7")
    with pytest.raises(PatrolError) as told:
        read_settings(wrong)
    assert [fault.facts["setting"] for fault in told.value.faults] == ["AnalysisType", "ModelType"]


def test_expected_cases_integrate_a_population_that_changes_between_its_dates():
    """By hand: 100 people until 1 July 2001, 200 from 1 July 2002, linear between; place b always 100."""
    settings = read_settings(PRM)
    people = "a 2001 100\na 2002 200\nb 2001 100\nb 2002 100\n"
    data = read_scan(Files("a 4 2001\nb 2 2003\n", GEO, people), settings)
    rising, jul, jan = 365, 181, 184
    first = 100 * jul + 100 * jan + 100 * jan**2 / (2 * rising)
    second = 200 * 365 - 100 * jul**2 / (2 * rising)
    share = data.population[0] / data.population[1]
    np.testing.assert_allclose(share, [1, first / 36500, second / 36500, 2], rtol=1e-12)
    assert data.measure().sum() == pytest.approx(6)


def test_groups_are_standardised_indirectly():
    settings = read_settings(PRM)
    people = "a 2001 100 old\na 2001 0 young\nb 2001 50 old\nb 2001 50 young\n"
    cases = "a 8 2001 old\nb 4 2001 old\nb 2 2002 young\n"
    expected = read_scan(Files(cases, GEO, people), settings).measure().sum(axis=1)
    np.testing.assert_allclose(expected, [8, 6, 0])


def test_controls_become_people_and_time_may_be_missing():
    settings = Settings(model="bernoulli", spherical=False)
    data = read_scan(Files("a,1\nb,0\n", GEO, controls="a 2\nc 5\n"), settings)
    assert data.population.ravel().tolist() == [3, 0, 5]
    assert data.steps == ("all",)


def test_every_faulty_row_is_named():
    wrong = Files("a 1 2001\nx 1 2001\na one 2001\na 1 1999\nb -1 2001", GEO + "d zero 0\n", "a 2001 10\n")
    with pytest.raises(PatrolError) as told:
        read_scan(wrong, read_settings(PRM))
    assert [fault.where for fault in told.value.faults] == [
        "coordinates 4", "cases 2", "cases 3", "cases 4", "cases 5",
    ]  # fmt: skip


def test_cases_without_population_are_named():
    with pytest.raises(PatrolError) as told:
        read_scan(Files("a 1 2001 old\n", GEO, "a 2001 10 young\n"), read_settings(PRM))
    assert told.value.code == "hotspots.scan.no_population"


def test_steps_are_counted_back_from_the_end():
    months = Settings(analysis="space-time", unit="month", unit_length=2,
                      start=dt.date(2024, 1, 10), end=dt.date(2024, 6, 30))  # fmt: skip
    assert steps_of(months).names == ("2024-01-10", "2024-03-01", "2024-05-01")
    days = Settings(analysis="prospective", unit="day", unit_length=7,
                    start=dt.date(2024, 1, 1), end=dt.date(2024, 1, 20))  # fmt: skip
    assert len(steps_of(days).names) == 3
    assert limits_of(days, 3).alive


def test_a_temporal_scan_has_one_place():
    settings = read_settings(PRM.replace("AnalysisType=3", "AnalysisType=2"))
    data = read_scan(Files("a 4 2001\nb 2 2003\n", GEO, "a 2001 10\nb 2001 10\n"), settings)
    assert data.cases.tolist() == [[0, 4, 0, 2]]


DIALECTS = {
    "blanks": "a 4 2001\nb 2 2003\n",
    "tabs and Windows lines": "a\t4\t2001\r\nb\t2\t2003\r\n",
    "commas with a head": "id,cases,year\na,4,2001\nb,2,2003\n",
    "quotes, comments and an empty line": "# north\n// south\n\"a\" 4 2001\n\n'b', 2, 2003\n",
    "semicolons and a byte order mark": "\ufeffa;4;2001\nb;2;2003\n",
}


@pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS)
def test_every_dialect_of_a_file_gives_the_same_counts(text):
    data = read_scan(Files(text, GEO, "a 2001 10\nb 2001 10\n"), read_settings(PRM))
    assert data.cases.tolist() == [[0, 4, 0, 0], [0, 0, 0, 2], [0, 0, 0, 0]]


def test_names_with_blanks_are_quoted():
    data = read_scan(
        Files('"San Juan" 4\n', '"San Juan" 1 2\n', '"San Juan" 2000 10\n'), Settings(spherical=False)
    )
    assert data.names == ("San Juan",)


def test_generic_times_are_whole_numbers():
    generic = PRM.replace("PrecisionCaseTimes=1", "PrecisionCaseTimes=4").replace("2000/1/1", "3")
    generic = generic.replace("2003/12/31", "8").replace("TimeAggregationUnits=1", "TimeAggregationUnits=4")
    data = read_scan(Files("a 4 5\nb 1 8\n", GEO, "a 3 10\nb 3 10\n"), read_settings(generic))
    assert data.steps == ("3", "4", "5", "6", "7", "8")
    assert data.cases.sum(axis=0).tolist() == [0, 0, 4, 0, 0, 1]


def test_a_scan_of_time_alone_needs_no_coordinates_and_may_look_at_the_end_only():
    settings = read_settings(PRM.replace("AnalysisType=3", "AnalysisType=6"))
    data = read_scan(Files("a 4 2001\nb 2 2003\n", "", "a 2001 10\nb 2001 10\n"), settings)
    assert data.cases.tolist() == [[0, 4, 0, 2]]
    assert limits_of(settings, 4).alive


def test_ellipses_are_refused_by_name():
    with pytest.raises(PatrolError) as told:
        read_settings(PRM + "[Spatial Window]\nSpatialWindowShapeType=1\n")
    assert told.value.faults[0].facts["setting"] == "SpatialWindowShapeType"
    assert "circles" in told.value.sentence("en")
