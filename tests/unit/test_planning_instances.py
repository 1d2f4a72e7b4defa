"""Files of published instances: every form of distances, odd spacing, and refusals; objectives counted by hand."""

import itertools
import math

import numpy as np
import pytest
from click.testing import CliRunner

from patrol.core.errors import PatrolError
from patrol.routes.cli import group
from patrol.routes.planning import check_plan, plan_day
from patrol.routes.planning.instances import parse_instance

POINTS = [(0, 0), (30, 40), (60, 0), (3, 4), (10, 70), (55, 5)]


def rounded(points):
    """Distances by a loop that shares nothing with the reader."""
    return [[int(math.dist(a, b) + 0.5) for b in points] for a in points]


def triangle(form):
    """The weights of POINTS as the words of an EDGE_WEIGHT_SECTION."""
    far, n = rounded(POINTS), len(POINTS)
    pairs = {
        "FULL_MATRIX": [(i, j) for i in range(n) for j in range(n)],
        "LOWER_ROW": [(i, j) for i in range(n) for j in range(i)],
        "LOWER_DIAG_ROW": [(i, j) for i in range(n) for j in range(i + 1)],
        "UPPER_ROW": [(i, j) for i in range(n) for j in range(i + 1, n)],
        "UPPER_DIAG_ROW": [(i, j) for i in range(n) for j in range(i, n)],
        "LOWER_COL": [(i, j) for j in range(n) for i in range(j + 1, n)],
        "UPPER_COL": [(i, j) for j in range(n) for i in range(j)],
        "LOWER_DIAG_COL": [(i, j) for j in range(n) for i in range(j, n)],
        "UPPER_DIAG_COL": [(i, j) for j in range(n) for i in range(j + 1)],
    }[form]
    return " ".join(str(far[i][j]) for i, j in pairs)


def cvrp(extra="", coordinates=True, kind="CVRP", demand=True):
    nodes = "".join(f"{i + 1}\t{x} {y}\n" for i, (x, y) in enumerate(POINTS)) if coordinates else ""
    loads = "DEMAND_SECTION\n1 0\n" + "".join(f" {i} 2\n" for i in range(2, 7)) if demand else ""
    return (
        f"NAME:made up\nCOMMENT : (one, TYPE: odd)\nTYPE : {kind}\nDIMENSION: 6\nCAPACITY  :  4\n{extra}"
        + ("NODE_COORD_SECTION\t\n" + nodes if nodes else "") + loads + "DEPOT_SECTION\n 1\n-1\nEOF\n"
    )  # fmt: skip


def matrix_of(instance):
    n = len(instance.given.candidates)
    rows = [n, *range(n)]
    return instance.given.travel.seconds["straight"][np.ix_(rows, rows)]


@pytest.mark.parametrize(
    "form",
    ["FULL_MATRIX", "LOWER_ROW", "LOWER_DIAG_ROW", "UPPER_ROW", "UPPER_DIAG_ROW", "LOWER_COL", "UPPER_COL",
     "LOWER_DIAG_COL", "UPPER_DIAG_COL"],
)  # fmt: skip
@pytest.mark.parametrize("coordinates", [True, False])
def test_explicit_weights_of_every_form_are_the_same_as_coordinates(form, coordinates):
    extra = (
        f"EDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_FORMAT : {form}\nEDGE_WEIGHT_SECTION\n{triangle(form)}\n"
    )
    instance = parse_instance(cvrp(extra, coordinates=coordinates))
    assert matrix_of(instance).tolist() == rounded(POINTS)
    assert matrix_of(parse_instance(cvrp())).tolist() == rounded(POINTS)


@pytest.mark.parametrize(
    ("metric", "count"),
    [
        ("CEIL_2D", lambda a, b: math.ceil(math.dist(a, b) - 1e-9)),
        ("FLOOR_2D", lambda a, b: math.floor(math.dist(a, b) + 1e-9)),
        ("MAN_2D", lambda a, b: abs(a[0] - b[0]) + abs(a[1] - b[1])),
        ("MAX_2D", lambda a, b: max(abs(a[0] - b[0]), abs(a[1] - b[1]))),
        ("EXACT_2D", lambda a, b: round(1000 * math.dist(a, b))),
    ],
)
def test_metrics_are_counted_as_their_names_say(metric, count):
    made = matrix_of(parse_instance(cvrp(f"EDGE_WEIGHT_TYPE: {metric}\n")))
    assert made.tolist() == [[count(a, b) for b in POINTS] for a in POINTS]


def test_the_objective_of_exact_distances_comes_back_in_the_units_of_the_file():
    instance = parse_instance(cvrp("EDGE_WEIGHT_TYPE: EXACT_2D\n"))
    plan = plan_day(instance.given, seconds=0.3, seed=1)
    legs = 0.0
    for route in plan.routes:
        stops = [0, *map(int, route.keys), 0]
        legs += sum(math.dist(POINTS[a], POINTS[b]) for a, b in itertools.pairwise(stops))
    assert check_plan(instance.given, plan) == []
    assert instance.objective(plan) == pytest.approx(legs, abs=0.02)


def test_the_depot_may_be_any_node_and_names_any_words():
    text = (
        cvrp()
        .replace("DEPOT_SECTION\n 1\n", "DEPOT_SECTION\n 3\n")
        .replace("1 0\n 2 2\n 3 2\n", "1 2\n 2 2\n 3 0\n")
    )
    moved = [POINTS[2], POINTS[0], POINTS[1], *POINTS[3:]]
    assert matrix_of(parse_instance(text)).tolist() == rounded(moved)


def test_a_limit_on_the_route_counts_service_times():
    instance = parse_instance(cvrp("DISTANCE : 250\nSERVICE_TIME : 10\n", demand=False))
    plan = plan_day(instance.given, seconds=0.5, seed=1)
    assert check_plan(instance.given, plan) == []
    assert not plan.unmet
    for route in plan.routes:
        stops = [0, *map(int, route.keys), 0]
        legs = sum(rounded(POINTS)[a][b] for a, b in itertools.pairwise(stops))
        assert legs + 10 * len(route.keys) <= 250


def test_prizes_and_windows_are_counted_in_the_tenths_that_are_published():
    rows = "".join(f"{i} 0 {500 + i}\n" for i in range(1, 7))
    text = cvrp("VEHICLES: 2\n", kind="PCVRPTW").replace(
        "DEPOT_SECTION",
        f"TIME_WINDOW_SECTION\n{rows}PRIZE_SECTION\n1 0\n2 300\n3 1\n4 12.5\n5 0\n6 400\nDEPOT_SECTION",
    )
    instance = parse_instance(text)
    plan = plan_day(instance.given, seconds=0.5, seed=1)
    far = [[math.floor(10 * math.dist(a, b) + 1e-7) for b in POINTS] for a in POINTS]
    prize = [0, 3000, 10, 125, 0, 4000]
    cost = sum(prize)
    for route in plan.routes:
        stops = [0, *map(int, route.keys), 0]
        cost += sum(far[a][b] for a, b in itertools.pairwise(stops)) - sum(prize[k] for k in stops)
    assert check_plan(instance.given, plan) == []
    assert instance.objective(plan) == cost < sum(prize)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("TYPE : CVRP", "TYPE : MDVRP", "MDVRP"),
        ("DIMENSION: 6", "DIMENSION: 7", "7"),
        (" 1\n-1", " 1\n 2\n-1", "several depots"),
        ("DEPOT_SECTION", "BACKHAUL_SECTION\n3\nDEPOT_SECTION", "BACKHAUL"),
        (" 4 2\n", "", "node 4"),
        (" 4 2\n", " 4 -2\n", "DEMAND"),
        ("2\t30 40", "2\t30 nan", "NODE_COORD"),
        ("CAPACITY", "EDGE_WEIGHT_TYPE : XRAY1\nCAPACITY", "XRAY1"),
        ("CAPACITY", "EDGE_WEIGHT_TYPE : EXPLICIT\nEDGE_WEIGHT_SECTION\n1 2\nCAPACITY", "36 weights"),
        ("60 0", "60000000 0", "longest"),
    ],
)
def test_what_would_change_the_problem_is_refused_with_a_sentence_that_names_it(old, new, said):
    assert old in cvrp()
    with pytest.raises(PatrolError) as refused:
        parse_instance(cvrp().replace(old, new, 1))
    assert said in refused.value.sentence("en")
    assert said in refused.value.sentence("zh")


TOPTW = """1 2 3 1
0 200
0 0 0 0 0 0 0 0 100
1 30 0 10.25 5 0 0 0 40
2 0 20 5 7 1 1 1 10 60
3 40 40 5 100 0 0 0 55
"""


def test_finer_times_than_distances_do_not_move_the_published_distances():
    instance = parse_instance(TOPTW, teams=2)
    assert [one.service_s for one in instance.given.candidates] == [1025, 500, 500]
    assert matrix_of(instance)[0].tolist() == [0, 3000, 2000, 5650]
    plan = plan_day(instance.given, seconds=0.3, seed=1)
    assert check_plan(instance.given, plan) == []
    # The third point closes at 55 and is 56.5 away.
    assert instance.objective(plan) == 12


def test_the_command_prints_what_the_checker_confirms(tmp_path):
    (tmp_path / "one.txt").write_text("\ufeff" + TOPTW + "\n\n", encoding="utf-8")
    done = CliRunner().invoke(
        group, ["solve-instance", str(tmp_path / "one.txt"), "--teams", "2", "--seconds", "0.2", "--routes"]
    )
    assert done.exit_code == 0, done.output
    assert "feasible: yes\nstops: 2\nobjective: 12\nRoute #1: " in done.output
