"""A simulated year is the same for the same seed, keeps the intervals where staff suffices, and counts rightly."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from click.testing import CliRunner

from patrol.routes.planning.predictability import LookOut
from patrol.routes.planning.searched_year import searching_way
from patrol.routes.planning.simulating import (
    build_world,
    fixed_rounds,
    nearest_way,
    planner_way,
    simulate,
)
from patrol.routes.simulate_cli import command


def _world(seed=3, **given):
    return build_world(np.random.default_rng(seed), **{"venues": 120, "teams": 1, "days": 120} | given)


def test_the_same_seed_gives_the_same_year_and_another_seed_another():
    varied = partial(planner_way, varied=True)
    assert simulate(_world(), varied) == simulate(_world(), varied)
    assert simulate(_world(), varied) != simulate(_world(4), varied)


@pytest.mark.parametrize("varied", [False, True])
def test_every_interval_is_kept_where_the_staff_suffices(varied):
    year = simulate(_world(), partial(planner_way, varied=varied))
    assert year.never_late == 1.0
    assert year.overdue_days == 0.0
    assert set(year.weekly) == {1.0}


def test_without_visits_lateness_is_what_the_calendar_says_and_nothing_is_found():
    world = replace(
        _world(venues=1, days=40), interval=np.array([30]), since0=np.array([0]), true_risk=np.array([1.0])
    )
    year = simulate(world, lambda morning: [[]])
    assert year.overdue_days == 9.0  # days 31 to 39
    assert year.in_time == pytest.approx(31 / 40)
    assert year.findings == year.visits == 0


def test_a_den_is_found_once_and_only_while_it_is_open():
    one = np.array([0])
    world = replace(
        _world(venues=1, days=21), den_venue=one, den_from=np.array([7]), den_until=np.array([12])
    )
    year = simulate(world, lambda morning: [[0]])
    assert year.findings == 1
    assert year.visits == 15
    assert year.den_days < 5


def test_a_look_out_learns_everything_of_rounds_and_little_of_varied_plans_which_lose_at_most_2_percent():
    world = _world(venues=300, teams=1, days=365)
    rounds, varied = simulate(world, fixed_rounds(world)), simulate(world, partial(planner_way, varied=True))
    assert rounds.repeated == pytest.approx(1.0, abs=0.02)
    assert varied.repeated < 0.5
    assert 0.0 < varied.lost <= 0.02
    assert simulate(world, planner_way).lost == 0.0


def test_pairs_count_as_repeated_in_either_direction_and_for_ninety_days():
    watched = LookOut()
    watched.see(0, [[0, 1, 2]])
    assert watched.seen == 0  # nothing to remember yet
    watched.see(90, [[2, 1], [3, 0]])
    watched.see(181, [[1, 2]])
    assert (watched.seen, watched.repeated) == (3, 1)


def test_a_year_without_a_den_has_false_reports_and_no_finding():
    none = np.array([], dtype=np.int64)
    world = replace(_world(days=60), den_venue=none, den_from=none, den_until=none)
    world = replace(world, told_den=np.full(len(world.told_day), -1))
    year = simulate(world, planner_way)
    assert (year.findings, year.den_days) == (0, 0)
    assert year.visits > 0


@pytest.mark.parametrize("rounds", [False, True])
def test_the_simpler_ways_come_home_within_the_shift(rounds):
    world = _world(days=14)
    year = simulate(world, fixed_rounds(world) if rounds else nearest_way)
    assert year.visits > 0
    assert year.hours <= 10 * 6


def test_the_command_prints_each_way_and_draws_the_year(tmp_path):
    out = tmp_path / "year.svg"
    done = CliRunner().invoke(
        command, ["--venues", "60", "--teams", "1", "--days", "28", "--varied", "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert [line.split()[0] for line in done.output.splitlines()[1:]] == [
        "planner",
        "varied",
        "rounds",
        "nearest",
    ]
    assert out.read_text(encoding="utf-8").count("<polyline") == 4


@pytest.mark.parametrize("varied", [False, True])
def test_a_searched_year_keeps_the_intervals_and_visits_what_the_day_allows(varied):
    world = _world(days=21)
    year = simulate(world, searching_way(0.02, varied=varied))
    assert year.never_late == 1.0
    assert year.visits > 15
    assert year.hours <= 15 * 6
    assert year.lost <= 0.02


def test_a_searched_and_varied_year_remembers_its_own_plans_and_repeats_less_of_them():
    world = _world(days=120, venues=60)
    best, varied = (simulate(world, searching_way(0.02, varied=each)) for each in (False, True))
    assert varied.repeated < best.repeated
