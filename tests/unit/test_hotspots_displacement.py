"""Before and after an action, in rings, beside matched places: counts as by hand, and the verdict they give."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patrol.hotspots.statistics import Events, Watch, dbscan, hdbscan, monitor_displacement, outlines

DAY, CONTROL = 200, 10_000.0
#: metres east of the action: within each ring, and the same round a place far away
PLACES = {"site": 50.0, "near": 300.0, "far": 900.0}


def world(findings, control=(30, 30), visits=100):
    """Findings before and after by ring; the control's site and rings hold ``control``; visits are even."""
    rows, went = [], []
    for ring, x in PLACES.items():
        for base, counts in ((0.0, findings[ring]), (CONTROL, control)):
            for many, days in zip(counts, (range(DAY - 60, DAY), range(DAY + 1, DAY + 61)), strict=True):
                rows += [(base + x, 0.0, days[k % 60]) for k in range(many)]
                went += [(base + x, 0.0, days[k % 60]) for k in range(visits)]
    return Events.of(*np.array(rows).T), Events.of(*np.array(went).T)


def watched(findings, until=1000, **more):
    found, went = world(findings, **more)
    actions, candidates = Events.of([0], [0], [DAY]), Events.of([CONTROL, 1000], [0, 0], [0, 0])
    given = [each.copy() for each in (found.x, found.day, went.x, went.day)]
    made = monitor_displacement(actions, found, went, candidates, Watch(until=until))
    assert all((a == b).all() for a, b in zip(given, (found.x, found.day, went.x, went.day), strict=True))
    return made


def test_what_fell_at_the_place_and_rose_next_door_is_displaced():
    made = watched({"site": (40, 4), "near": (10, 45), "far": (30, 30)})
    site, near, far = made.rings
    assert (site.findings_before, site.findings_after, site.visits_before, site.visits_after) == (
        40,
        4,
        100,
        100,
    )
    assert (near.control_before, near.control_after, near.control_visits_before) == (30, 30, 100)
    assert site.ratio == pytest.approx(4.5 / 40.5)
    spread = 1.96 * np.sqrt(1 / 40.5 + 1 / 4.5 + 2 / 30.5)
    assert (site.low, site.high) == pytest.approx((site.ratio * np.exp(-spread), site.ratio * np.exp(spread)))
    assert (site.verdict, near.verdict, far.verdict, made.verdict) == ("fell", "rose", "unclear", "displaced")
    assert made.weighted_quotient == pytest.approx((45 / 30 - 10 / 30) / (4 / 30 - 40 / 30))


@pytest.mark.parametrize("part", [1, 7])
def test_weighing_events_in_stretches_changes_nothing(monkeypatch, part):
    counts = {"site": (40, 4), "near": (10, 45), "far": (30, 30)}
    at_once = watched(counts)
    monkeypatch.setattr("patrol.hotspots.statistics.displacement.PART", part)
    by_parts = watched(counts)
    for one, other in zip(at_once.rings, by_parts.rings, strict=True):
        assert (one.ratio, one.low, one.high) == pytest.approx((other.ratio, other.low, other.high))


def test_what_fell_and_did_not_rise_near_has_helped():
    made = watched({"site": (40, 4), "near": (30, 20), "far": (30, 30)})
    assert made.verdict == "helped"
    assert made.weighted_quotient > 0


def test_a_fall_that_the_controls_share_is_no_effect():
    made = watched({"site": (40, 20), "near": (40, 20), "far": (40, 20)}, control=(40, 20))
    assert made.rings[0].ratio == pytest.approx(1.0)
    assert made.verdict == "unclear"


def test_more_findings_from_more_visits_alone_are_no_rise():
    found, went = world({"site": (10, 30), "near": (10, 30), "far": (10, 30)}, control=(10, 10))
    more = (went.day > DAY) & (went.x < CONTROL / 2)
    went = Events(*(np.concatenate([side, np.tile(side[more], 2)]) for side in (went.x, went.y, went.day)))
    made = monitor_displacement(Events.of([0], [0], [DAY]), found, went, Events.of([CONTROL], [0], [0]))
    assert made.rings[0].ratio == pytest.approx((30.5 / 300) / (10.5 / 100))
    assert made.rings[0].verdict == "unclear"


def test_a_place_that_is_active_again_is_a_return_with_its_day():
    made = watched({"site": (20, 3), "near": (5, 5), "far": (5, 5)})
    assert [(each.action, each.findings, each.days_after) for each in made.returns] == [(0, 3, 1.0)]
    assert watched({"site": (20, 0), "near": (5, 5), "far": (5, 5)}).returns == ()


def test_a_short_time_after_is_compared_with_as_short_a_time_before():
    made = watched({"site": (60, 60), "near": (5, 5), "far": (5, 5)}, until=DAY + 10, control=(60, 60))
    assert made.observed_days.tolist() == [10.0]
    assert (made.rings[0].findings_before, made.rings[0].findings_after) == (10, 10)


def test_without_controls_visits_or_actions_nothing_is_claimed():
    found, went = world({"site": (40, 4), "near": (10, 45), "far": (30, 30)})
    none = Events.of([], [], [])
    for actions, candidates in ((Events.of([0], [0], [DAY]), none), (none, Events.of([CONTROL], [0], [0]))):
        made = monitor_displacement(actions, found, went, candidates)
        assert made.verdict == "unclear"
        assert np.isnan(made.rings[0].ratio)
    with pytest.raises(ValueError, match="grow"):
        monitor_displacement(none, found, went, none, Watch(site=500))


def test_clusters_are_the_crowds_and_lone_points_belong_to_none():
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.normal(0, 10, 40), rng.normal(1000, 10, 25), [500.0, -900.0]])
    y = np.concatenate([rng.normal(0, 10, 65), [0.0, 0.0]])
    for labels in (dbscan(x, y, reach=40), hdbscan(x, y)):
        assert set(labels[:40]) == {labels[0]}
        assert set(labels[40:65]) == {labels[40]}
        assert labels[0] != labels[40]
        assert min(labels[0], labels[40]) >= 0
        assert labels[-1] == -1
    labels = dbscan(x, y, reach=40)
    assert labels[-2:].tolist() == [-1, -1]
    crowds = outlines(x, y, labels)
    assert [each.members.tolist() for each in crowds] == [list(range(40)), list(range(40, 65))]
    assert [each.x for each in crowds] == pytest.approx([x[:40].mean(), x[40:65].mean()])


def test_a_place_where_more_is_found_than_before_came_back():
    made = watched({"site": (4, 40), "near": (10, 10), "far": (30, 30)}, control=(4, 4))
    assert made.verdict == "returned"


def test_places_where_much_less_was_found_before_are_no_controls():
    """What was found most falls back most: beside them chance would look like help."""
    made = watched({"site": (40, 4), "near": (10, 45), "far": (30, 30)}, control=(26, 26))
    assert (len(made.controls), made.verdict, made.rings[0].findings_before) == (0, "unclear", 40)
    assert np.isnan(made.rings[0].ratio)
    assert len(watched({"site": (40, 4), "near": (10, 45), "far": (30, 30)}, control=(27, 27)).controls) == 1


def test_an_action_that_stands_twice_in_the_records_makes_nothing_surer():
    found, went = world({"site": (40, 4), "near": (10, 45), "far": (30, 30)})
    candidates = Events.of([CONTROL], [0], [0])
    one = monitor_displacement(Events.of([0], [0], [DAY]), found, went, candidates)
    two = monitor_displacement(Events.of([0, 0], [0, 0], [DAY, DAY]), found, went, candidates)
    for once, twice in zip(one.rings, two.rings, strict=True):
        assert (twice.findings_before, twice.control_after) == (
            2 * once.findings_before, 2 * once.control_after,
        )  # fmt: skip
        assert np.log(twice.high / twice.low) == pytest.approx(np.log(once.high / once.low), rel=1e-9)


def test_counts_of_a_day_are_the_same_as_rows_of_a_day():
    found, went = world({"site": (40, 4), "near": (10, 45), "far": (30, 30)})
    actions, candidates = Events.of([0], [0], [DAY]), Events.of([CONTROL], [0], [0])

    def summed(events):
        rows, many = np.unique(np.column_stack([events.x, events.y, events.day]), axis=0, return_counts=True)
        return Events.of(*rows.T, many)

    by_row = monitor_displacement(actions, found, went, candidates)
    by_day = monitor_displacement(actions, summed(found), summed(went), candidates)
    assert by_day.rings == by_row.rings
    assert by_day.returns == by_row.returns


def test_places_where_another_action_was_are_no_controls():
    found, went = world({"site": (40, 4), "near": (10, 45), "far": (30, 30)})

    def with_another(events):
        there = events.x > CONTROL / 2
        x = np.concatenate([events.x, events.x[there] + CONTROL])
        return Events.of(x, np.zeros(x.size), np.concatenate([events.day, events.day[there]]))

    actions, candidates = Events.of([0], [0], [DAY]), Events.of([CONTROL, 2 * CONTROL], [0, 0], [0, 0])
    both = with_another(found), with_another(went)
    free = monitor_displacement(actions, *both, candidates)
    assert free.controls.tolist() == [[CONTROL, 0], [2 * CONTROL, 0]]
    told = monitor_displacement(actions, *both, candidates, others=Events.of([CONTROL + 1400], [0], [0]))
    assert told.controls.tolist() == [[2 * CONTROL, 0]]
    assert told.control_of.tolist() == [0]


@given(st.integers(0, 10**6))
@settings(max_examples=25, deadline=None)
def test_counts_equal_counting_one_by_one(seed):
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 4000, (30, 2)).round(-1)

    def events(many):
        at = places[rng.integers(0, 30, many)]
        return Events.of(at[:, 0], at[:, 1], rng.integers(0, 300, many), rng.integers(0, 4, many))

    actions, found, went = events(4), events(120), events(200)
    watch = Watch(until=float(rng.integers(100, 320)))
    made = monitor_displacement(actions, found, went, Events.of(*places.T, np.zeros(30)), watch)
    assert ((made.observed_days >= 0) & (made.observed_days <= 90)).all()
    for action, span in enumerate(made.observed_days):
        for kind, each in enumerate((found, went)):
            away = np.hypot(each.x - actions.x[action], each.y - actions.y[action])
            since = each.day - actions.day[action]
            for ring, (low, high) in enumerate(((-1, 100), (100, 500), (500, 1500))):
                inside = (away > low) & (away <= high)
                for at, when in enumerate(((since < 0) & (since >= -span), (since > 0) & (since <= span))):
                    assert made.counts[action, ring, kind, at] == each.many[inside & when].sum()
    done = np.column_stack([actions.x, actions.y])
    for x, y in made.controls:
        assert np.hypot(*(done - (x, y)).T).min() > 1500
    for ring in made.rings:
        assert np.isnan(ring.ratio) or ring.low <= ring.ratio <= ring.high


def raided(seed, *, site=1.0, near=1.0, actions=10, places=600, rate=0.05, visits=9):
    """Places with most findings before; ``site`` and ``near`` are what happens to their risk after."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 9000, (2, places))
    risk = np.minimum(rng.gamma(0.6, rate / 0.6, places), 0.3)
    went = rng.poisson(visits, (2, places))
    found = [rng.binomial(went[0], risk)]
    chosen = np.argsort(-found[0] - 1e-6 * rng.random(places))[:actions]
    away = np.hypot(x[:, None] - x[chosen], y[:, None] - y[chosen]).min(axis=1)
    after = risk * np.where(away <= 100, site, np.where(away <= 500, near, 1.0))
    found.append(rng.binomial(went[1], after))
    at = np.tile(x, 2), np.tile(y, 2), np.repeat([DAY - 30, DAY + 30], places)
    return monitor_displacement(
        Events.of(x[chosen], y[chosen], np.full(actions, DAY)), Events.of(*at, np.concatenate(found)),
        Events.of(*at, went.ravel()), Events.of(x, y, np.zeros(places)),
    ).verdict  # fmt: skip


def test_places_chosen_for_their_findings_are_not_said_to_be_helped_by_chance_alone():
    """What was found most often is found less often later: regression to the mean, which matching must meet."""
    told = [raided(seed) for seed in range(50)]
    assert told.count("unclear") >= 46
    sparse = [raided(seed, actions=38, places=1700, rate=0.015, visits=3) for seed in range(40)]
    assert sparse.count("unclear") >= 37
    helped = [raided(seed, site=0.2) for seed in range(30)]
    assert helped.count("helped") >= 13
    moved = [raided(seed, site=0.2, near=3.0) for seed in range(30)]
    assert moved.count("displaced") >= 4
