"""The risk of a place: strictness taken out, shrinkage, no look into the future, files that are wrong."""

import csv
import datetime as dt
import gzip

import numpy as np
import pytest
from click.testing import CliRunner

from patrol.cli import patrol
from patrol.core.errors import PatrolError
from patrol.venues.domain.risk import Features, Places, Visits, days_earlier, learn, reasons, sentence
from patrol.venues.domain.risk.reasons import _WORDS, GROUPS, OWN
from patrol.venues.risk import evaluate_history, rank_candidates, read_history

HEADING = [
    "inspection_id", "venue_id", "venue_name", "address", "lat", "lon", "venue_type", "official_risk_class",
    "inspected_on", "licence_age_years", "area_burglary_density", "critical_violation_found", "serious_count",
    "minor_count", "inspector_group",
]  # fmt: skip


def city(rng, *, places=300, visits=2400, strict=(0.05, 0.6), bad_share=0.2):
    """A city with bad and good places, and two officers of different strictness, the strict one in the east."""
    lon, lat = 114.0 + rng.random(places) * 0.1, 30.0 + rng.random(places) * 0.1
    bad = rng.random(places) < bad_share
    kind = tuple(np.where(bad & (rng.random(places) < 0.7), "hostel", "hotel"))
    place = rng.integers(0, places, visits)
    day = np.sort(rng.integers(735_000, 735_700, visits))
    east = lon[place] > 114.05
    officer = np.where(rng.random(visits) < 0.9, east, ~east).astype(int)
    chance = np.clip(np.array(strict)[officer] * np.where(bad[place], 1.5, 0.6), 0, 0.95)
    found = (rng.random(visits) < chance).astype(float)
    names = tuple(f"officer {one}" for one in officer)
    keys = tuple(f"v{i}" for i in range(places))
    table = Places(keys, lon, lat, kind)
    return table, Visits(place, day, found, names, np.zeros(visits), np.ones(visits, bool)), bad


def test_places_are_not_risky_because_a_strict_officer_went_there():
    table, visits, bad = city(np.random.default_rng(1))
    features = Features(table)
    end = int(visits.day.max()) + 1
    score = learn(features, visits, end).probability(features.at(np.arange(len(table)), visits, end))
    east = table.lon > 114.05
    raw = np.array([visits.found[visits.place == p].mean() for p in range(len(table))])
    assert np.nanmean(raw[east & ~bad]) > 3 * np.nanmean(raw[~east & ~bad])
    assert score[east & ~bad].mean() < 1.25 * score[~east & ~bad].mean()
    assert score[bad].mean() > 1.3 * score[~bad].mean()


def test_nothing_after_the_day_is_seen():
    table, visits, _ = city(np.random.default_rng(2))
    features, day = Features(table), 735_400
    rows = np.arange(len(table))
    later = visits.day >= day
    changed = Visits(
        visits.place, visits.day, np.where(later, 1 - visits.found, visits.found), visits.officer,
        visits.lesser + later, visits.answered & ~later,
    )  # fmt: skip
    assert np.array_equal(features.at(rows, visits, day), features.at(rows, changed, day))
    first, second = (learn(features, v, day) for v in (visits, changed))
    assert np.array_equal(first.weights, second.weights)


def test_one_bad_visit_moves_a_place_less_than_many():
    table, visits, _ = city(np.random.default_rng(3))
    features, end = Features(table), int(visits.day.max()) + 2
    column = features.names.index("own.outcome")

    def outcome(times):
        more = Visits(
            np.append(visits.place, np.zeros(times, int)), np.append(visits.day, np.full(times, end - 1)),
            np.append(visits.found, np.ones(times)), (*visits.officer, *["officer 0"] * times),
            np.zeros(len(visits) + times), np.ones(len(visits) + times, bool),
        )  # fmt: skip
        return features.at(np.array([0]), more, end)[0, column]

    assert outcome(0) < outcome(1) < outcome(3)


def test_the_parts_add_up_to_the_score():
    table, visits, _ = city(np.random.default_rng(4))
    features, end = Features(table), int(visits.day.max()) + 1
    model = learn(features, visits, end)
    rows = features.at(np.arange(5), visits, end)
    odds = model.intercept + model.parts(rows).sum(axis=1)
    mixed = sum(share / (1 + np.exp(-odds - effect)) for _, effect, share in model.officers)
    assert np.allclose(model.probability(rows), mixed)
    for why in reasons(model, rows):
        assert all(sentence(one, language) for one in why for language in ("zh", "en"))


def test_every_reason_has_words():
    assert set(GROUPS.values()) | set(OWN.values()) - {"signs"} <= set(_WORDS) | {"signs"}


def test_days_earlier_of_a_known_order():
    days, found = np.array([1, 5, 9, 20]), np.array([0.0, 1.0, 0.0, 1.0])
    assert days_earlier(days, found, np.array([0, 1, 0, 2.0])) == pytest.approx((5 + 20 - 1 - 5) / 2)
    assert days_earlier(days, found, np.ones(4)) == 0.0
    assert days_earlier(days, found, -found) < 0


def write(path, rows, *, packed=False):
    with gzip.open(path, "wt", newline="") if packed else path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, HEADING)
        writer.writeheader()
        writer.writerows(rows)
    return path


def history_rows(rng):
    table, visits, _ = city(rng)
    return [
        {
            "inspection_id": i, "venue_id": table.keys[p], "venue_name": f"Hotel {p}", "lat": table.lat[p],
            "lon": table.lon[p], "venue_type": table.kind[p], "official_risk_class": "Risk 1",
            "inspected_on": dt.date.fromordinal(int(d)).isoformat(), "licence_age_years": 2.5,
            "area_burglary_density": 3, "critical_violation_found": int(f), "serious_count": 0, "minor_count": 1,
            "inspector_group": officer,
        }
        for i, (p, d, f, officer) in enumerate(
            zip(visits.place, visits.day, visits.found, visits.officer, strict=True)
        )
    ]  # fmt: skip


def test_rank_writes_the_candidates_back(tmp_path):
    rows = history_rows(np.random.default_rng(5))
    history = write(tmp_path / "h.csv.gz", rows, packed=True)
    wanted = [
        {k: row[k] for k in ("venue_id", "lat", "lon", "venue_type", "licence_age_years")}
        for row in rows[:40]
    ]
    wanted.append({**wanted[0], "venue_id": "never seen"})
    candidates = tmp_path / "c.csv"
    with candidates.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(wanted[0]))
        writer.writeheader()
        writer.writerows(wanted)
    out = tmp_path / "ranked.csv"
    arguments = ["venues", "rank", "--history", history, "--candidates", candidates, "--out", out]
    answer = CliRunner().invoke(patrol, [*map(str, arguments), "--reasons", "zh"], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    with out.open() as stream:
        back = list(csv.DictReader(stream))
    assert [row["venue_id"] for row in back] == [row["venue_id"] for row in wanted]
    assert sorted(int(row["rank"]) for row in back) == list(range(1, 42))
    best = sorted(back, key=lambda row: int(row["rank"]))
    scores = [float(row["score"]) for row in best]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[-1] < scores[0] < 1


def test_scores_are_calibrated_and_beat_the_real_order(tmp_path):
    history = read_history(write(tmp_path / "h.csv", history_rows(np.random.default_rng(6))))
    judged = evaluate_history(history, origins=4, draws=50)
    mean = np.mean([w.score.mean() for w, _ in judged.windows])
    assert mean == pytest.approx(np.mean([w.found.mean() for w, _ in judged.windows]), abs=0.05)
    assert judged.pooled.days_low > 0
    assert judged.pooled.brier < judged.pooled.brier_rate


@pytest.mark.parametrize(
    ("change", "code", "told"),
    [
        ({"lat": "x"}, "venues.risk.not_a_number", "line 4, column lat"),
        ({"lat": "91"}, "venues.risk.off_the_earth", "line 4"),
        ({"inspected_on": "soon"}, "venues.risk.not_a_date", "line 4"),
        ({"critical_violation_found": "yes"}, "venues.risk.not_an_outcome", "line 4"),
    ],
)
def test_a_bad_line_is_named(tmp_path, change, code, told):
    rows = history_rows(np.random.default_rng(7))[:100]
    rows[2] |= {"venue_id": "only here", **change}
    with pytest.raises(PatrolError) as caught:
        read_history(write(tmp_path / "h.csv", rows))
    assert caught.value.code == code
    assert told in caught.value.sentence("en")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x1f\x8bbroken", "venues.risk.unreadable"),
        (b"\xff\xfe\x00", "venues.risk.not_text"),
        (b"", "venues.risk.no_columns"),
        (b"a,b\n1,2\n", "venues.risk.no_columns"),
        (",".join(HEADING).encode() + b"\n", "venues.risk.no_rows"),
    ],
)
def test_a_foreign_file_is_refused_in_a_sentence(tmp_path, content, code):
    path = tmp_path / "h.csv"
    path.write_bytes(content)
    with pytest.raises(PatrolError) as caught:
        read_history(path)
    assert caught.value.code == code
    assert "h.csv" in caught.value.sentence("zh")


def test_a_day_before_all_visits_is_refused(tmp_path):
    path = write(tmp_path / "h.csv", history_rows(np.random.default_rng(8)))
    with pytest.raises(PatrolError) as caught:
        rank_candidates(read_history(path), path, as_of=dt.date(1990, 1, 1))
    assert caught.value.code == "venues.risk.as_of_too_early"
