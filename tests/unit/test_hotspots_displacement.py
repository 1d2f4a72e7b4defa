"""Before and after an action, in rings, beside matched places: counts as by hand, and the verdict they give."""

import numpy as np
import pytest

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
    made = watched({"site": (60, 60), "near": (5, 5), "far": (5, 5)}, until=DAY + 10)
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
