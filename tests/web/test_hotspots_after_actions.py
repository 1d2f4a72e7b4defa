"""After an action: what the page, the files and the service say of a city whose answer is known by hand."""

import csv
import datetime as dt
import io

import numpy as np
import openpyxl
import pytest

from patrol.core.geo import LocalMetres
from patrol.enforcement import Action, Den
from patrol.hotspots import queries
from patrol.hotspots.aftermath import aftermath
from patrol.hotspots.answers import Viewer
from patrol.hotspots.models import PlaceDay, PlaceStamp
from patrol.hotspots.questions import EPOCH, Question
from patrol.infra import spatial
from patrol.infra.db import unscoped
from tests.factories.hotspots import get, text, write_again
from tests.factories.patrols import create_city, create_place, free, sign_in
from tests.factories.venues import create_person

TODAY = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=8)).date()
RAID = TODAY - dt.timedelta(days=60)
FLAT = LocalMetres(114.3, 30.62)
#: metres east of the raid; each control has a place of its own beside it, as the raid has
SITE, NEAR = 0.0, 300.0
CONTROLS = [4000.0 + 3500 * n + east for n in range(5) for east in (SITE, NEAR)]
MOVED = {SITE: (40, 4), NEAR: (10, 45), **dict.fromkeys(CONTROLS, (30, 30))}


def place(session, city, number, east):
    lon, lat = FLAT.unproject(np.array([east]), np.array([0.0]))
    return create_place(session, city.east, city.grid, number, float(lon[0]), float(lat[0]))


def action(session, city, title="清查出租房屋", *, day=RAID, east=SITE, division=None, **more):
    division = division or city.east
    lon, lat = FLAT.unproject(np.array([east or 0.0]), np.array([0.0]))
    geom = None if east is None else spatial.point(float(lon[0]), float(lat[0]))
    row = Action(
        title=title, kind="planned", begun_on=day, officers_count=4, number=f"ZF-{title}-{day}-{east}", geom=geom,
        division_id=division.id, scope_path=division.scope_path, **more,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def happen(session, city, findings, visits=100, raid=RAID):
    """Write what happened ten days before and after: ``findings`` by metres east, ``visits`` each time."""
    session.query(PlaceDay).delete()
    for east, counts in findings.items():
        for many, ago in zip(counts, (-10, 10), strict=True):
            session.add(PlaceDay(
                venue_id=city.by_east[east].id, day=raid.toordinal() - EPOCH + ago, visits=visits, no_answer=0,
                sampled_visits=0, findings=many, sampled_findings=0,
            ))  # fmt: skip
    session.get_one(PlaceStamp, 1).stamp += 1
    session.flush()


@pytest.fixture
def city(session):
    """A raid after which it moved next door, and five places like it where nothing was done."""
    city = create_city(session)
    with unscoped(session, "a test builds its world"):
        city.by_east = {east: place(session, city, 30 + n, east) for n, east in enumerate(MOVED)}
        happen(session, city, MOVED)
        city.raid = action(session, city)
        session.commit()
    return city


@pytest.fixture
def desk(app, city):
    return sign_in(app, city.manager)


def judged(session, city, *, small_counts=True, begin=RAID, end=TODAY, **more):
    with unscoped(session, "a test asks as the program does"):
        viewer = Viewer(city.east.scope_path, None, small_counts)
        return aftermath(session, viewer, Question(begin, end), TODAY, **more)


def test_figures_are_those_by_hand(session, city):
    made = judged(session, city)
    site, near, far = made.rings
    assert (site.findings, site.visits) == ((40, 4), (100, 100))
    assert (site.control_findings, site.control_visits) == ((150, 150), (500, 500))
    assert (near.findings, near.visits, near.control_findings) == ((10, 45), (100, 100), (150, 150))
    assert site.ratio == pytest.approx(4.5 / 40.5)
    assert near.ratio == pytest.approx(45.5 / 10.5)
    assert (far.ratio, far.verdict) == (None, "unclear")
    assert (site.verdict, near.verdict, made.verdict) == ("fell", "rose", "displaced")
    assert (made.actions, made.controls) == (1, 5)
    # the last record is ten days after the raid: as many days before are compared, and the tenth is one of them
    assert made.until == RAID + dt.timedelta(days=10)
    (spot,) = made.spots
    assert (spot.observed, spot.findings, spot.first_again) == (10, (40, 4), 10)
    assert spot.again == (city.by_east[SITE].id,)
    assert len(made.marks) == 2


def test_findings_that_no_visit_made_are_left_out(session, city):
    with unscoped(session, "a test builds its world"):
        beside = place(session, city, 70, 20.0)
        session.add(PlaceDay(
            venue_id=beside.id, day=RAID.toordinal() - EPOCH + 5, visits=0, no_answer=2, sampled_visits=0, findings=9,
            sampled_findings=0,
        ))  # fmt: skip
        session.get_one(PlaceStamp, 1).stamp += 1
        session.commit()
    assert judged(session, city).rings[0].findings == (40, 4)


def test_what_is_withdrawn_to_come_or_elsewhere_is_not_judged(session, city):
    with unscoped(session, "a test builds its world"):
        action(session, city, "撤回", withdrawn_at=dt.datetime.now(dt.UTC))
        action(session, city, "无地点", east=None)
        action(session, city, "更早", day=RAID - dt.timedelta(days=1), east=CONTROLS[0])
        action(session, city, "将来", day=TODAY + dt.timedelta(days=3))
        session.commit()
    made = judged(session, city)
    assert [spot.title for spot in made.spots] == ["清查出租房屋"]
    # the one of the day before is not judged, but its place is no control any more
    assert made.controls == 5
    assert made.rings[0].control_findings == (150, 150)
    later = judged(session, city, end=TODAY + dt.timedelta(days=9))
    assert {spot.title: spot.observed for spot in later.spots} == {"清查出租房屋": 10, "将来": 0}
    assert later.marks == ()
    assert (later.compared, made.compared) == (1, 1)


def test_an_action_at_several_venues_is_judged_at_each(session, city):
    with unscoped(session, "a test builds its world"):
        city.raid.venue_ids = [city.by_east[east].id for east in (NEAR, SITE)]
        session.merge(city.raid)
        session.commit()
    made = judged(session, city)
    assert (made.actions, len(made.spots)) == (1, 2)
    assert {spot.findings for spot in made.spots} == {(40, 4), (10, 45)}
    assert made.marks == ()


def test_days_of_places_are_the_rows_that_are_kept(session, city, monkeypatch):
    monkeypatch.setattr(queries, "PART", 3)
    first, last = RAID.toordinal() - EPOCH - 10, RAID.toordinal() - EPOCH + 9
    with unscoped(session, "a test asks as the program does"):
        session.add(PlaceDay(
            venue_id=city.by_east[SITE].id, day=last, visits=2_000_000, no_answer=0, sampled_visits=0,
            findings=1_000_000, sampled_findings=0,
        ))  # fmt: skip
        session.flush()
        there = queries.places(session, "", None)
        told = np.column_stack(queries.place_days(session, there, first, last))
        rows = session.query(PlaceDay).filter(PlaceDay.day.between(first, last)).all()
    kept = sorted((row.venue_id, row.day, row.visits, row.findings) for row in rows)
    assert sorted((int(there.id[place]), *rest) for place, *rest in told.tolist()) == kept
    assert len(kept) == len(MOVED) + 1


def test_small_counts_are_withheld_with_all_that_hangs_on_them(session, city):
    told = judged(session, city, small_counts=False)
    site, near, _far = told.rings
    assert (site.findings, site.control_findings, site.ratio, site.verdict) == (
        (None, None), (None, None), None, "withheld",
    )  # fmt: skip
    assert (near.findings, near.verdict) == ((10, 45), "rose")
    assert (told.verdict, told.quotient, told.marks, told.again) == ("withheld", None, (), ())
    assert all(spot.findings == (None, None) and spot.again == () for spot in told.spots)
    with unscoped(session, "a test builds its world"):
        happen(session, city, {**MOVED, SITE: (40, 1)})
        session.commit()
    assert judged(session, city, small_counts=False) == told
    assert judged(session, city).rings[0].findings == (40, 1)


WORDS = {
    "zh": ("转移到周边", "降为对照地点所预期的0.11倍", "周边却升至4.33倍", "1处中有1处再次有发现（回流），最早在行动后第10天", "不能说明什么"),
    "en": ("It moved next door", "fell to 0.11 of what", "rose to 4.33", "At 1 of 1 places something was found again, first after 10 days",
           "What this cannot say"),
}  # fmt: skip


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("of_one", [False, True])
def test_the_page_says_it_in_words_and_leads_to_action_den_and_venue(desk, city, session, language, of_one):
    write_again(session)
    with unscoped(session, "a test builds its world"):
        den = Den(
            name="江岸窝点", number="WD-1", division_id=city.east.id, scope_path=city.east.scope_path, found_on=RAID,
            found_at=dt.datetime.now(dt.UTC), action_id=city.raid.id, state="closed",
        )  # fmt: skip
        session.add(den)
        session.commit()
    path = f"/hotspots/after-actions/{city.raid.uid}" if of_one else "/hotspots/after-actions"
    page = text(desk, f"{path}?lang={language}")
    assert [words for words in WORDS[language] if words not in page] == []
    assert f"/dens/{den.uid}" in page
    assert f"/venues/{city.by_east[SITE].uid}" in page
    assert f"/actions/{city.raid.uid}" in page if of_one else f"/after-actions/{city.raid.uid}" in page
    assert page.count('<circle class="is-fell"') == page.count('<circle class="is-rose"') == 1
    assert page.count('<circle class="is-after"') == 2


def test_map_and_action_lead_there_for_managers_only(app, desk, city):
    address = f"/hotspots/after-actions/{city.raid.uid}"
    assert address in text(desk, _show(app, city))
    assert "/hotspots/after-actions?" in text(desk, "/hotspots/")
    free()
    inspector = sign_in(app, city.inspector)
    assert address not in text(inspector, _show(app, city))
    for person in (city.inspector, city.police, city.liaison):
        free()
        client = sign_in(app, person)
        for path in ("/hotspots/after-actions", address, "/hotspots/after-actions/export.csv"):
            free()
            get(client, path, 403)


def _show(app, city):
    rule = next(rule for rule in app.url_map.iter_rules() if rule.endpoint == "actions.show")
    return rule.rule.replace("<action_uid>", city.raid.uid)


def test_another_division_sees_none_of_it(app, city, session):
    with unscoped(session, "a test builds its world"):
        boss = create_person(session, city.west, "branch_manager", username="boss")
        session.commit()
    client = sign_in(app, boss)
    assert "该时段内没有已登记地点的行动" in text(client, "/hotspots/after-actions?days=365")
    free()
    get(client, f"/hotspots/after-actions/{city.raid.uid}", 404)
    free()
    get(client, f"/hotspots/after-actions/export.csv?action={city.raid.uid}", 404)
    free()
    assert len(_csv(client, "/hotspots/after-actions/export.csv?part=actions&days=365")) == 1


def _csv(client, path):
    return list(csv.reader(io.StringIO(get(client, path).get_data().decode("utf-8-sig"))))


def test_files_hold_the_figures_of_the_page(desk, city, session):
    rings = _csv(desk, "/hotspots/after-actions/export.csv?lang=en")
    assert rings[1][1:5] == ["40", "100", "4", "100"]
    assert rings[1][5:9] == ["150", "500", "150", "500"]
    assert float(rings[1][9]) == pytest.approx(4.5 / 40.5)
    assert rings[1][12] == "fewer than expected"
    places = _csv(desk, "/hotspots/after-actions/export.csv?part=actions&lang=en")
    assert places[1][0] == "清查出租房屋"
    assert places[1][4:] == ["10", "40", "100", "4", "100", "10"]
    answer = get(desk, f"/hotspots/after-actions/export.xlsx?action={city.raid.uid}&lang=en")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Rings", "Actions"]
    assert [cell.value for cell in book["Rings"][2]][1:5] == [40, 100, 4, 100]
    get(desk, "/hotspots/after-actions/export.pdf", 404)
    write_again(session)
    with unscoped(session, "a test builds its world"):
        city.raid.title = "=1+1"
        session.merge(city.raid)
        session.commit()
    assert _csv(desk, "/hotspots/after-actions/export.csv?part=actions")[1][0] == "'=1+1"


def nobody_there(session, city):
    happen(session, city, {east: counts for east, counts in MOVED.items() if east != SITE})


CASES = {
    "nothing after it yet": (
        lambda session, city: action(session, city, "今天", day=TODAY),
        ("行动之后尚无记录", "No day after it is known yet"),
    ),
    "no place": (
        lambda session, city: action(session, city, "无地点", east=None),
        ("该行动尚未登记地点", "This action has no place yet"),
    ),
    "nobody was there": (nobody_there, ("请安排到访", "Plan visits there")),
    "nothing to compare with": (
        lambda session, city: happen(session, city, {SITE: (4, 2), NEAR: (3, 1)}),
        ("无从对照", "there is nothing to compare with"),
    ),
    "nothing like it": (
        lambda session, city: happen(session, city, {**dict.fromkeys(MOVED, (3, 3)), SITE: (40, 4)}),
        ("此前发现数相近的到访地点，无从对照", "had about as many findings before"),
    ),
    "too few": (
        lambda session, city: happen(session, city, {**dict.fromkeys(MOVED, (1, 1)), SITE: (1, 0)}),
        ("这不等于没有效果", "not the same as no effect"),
    ),
    "came back": (
        lambda session, city: happen(session, city, {**MOVED, SITE: (30, 90), NEAR: (10, 10)}),
        ("升至对照地点所预期的", "It came back"),
    ),
    "helped": (
        lambda session, city: happen(session, city, {**MOVED, NEAR: (10, 10)}),
        ("周边未见上升", "It helped"),
    ),
    "never any visit": (lambda session, city: happen(session, city, {}), ("行动之后尚无记录", "No day after it is known yet")),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_whatever_is_known_the_page_says_something_sensible(app, city, session, name):
    make, said = CASES[name]
    with unscoped(session, "a test builds its world"):
        row = make(session, city) or city.raid
        session.commit()
    client = sign_in(app, city.manager)
    for language, words in zip(("zh", "en"), said, strict=True):
        free()
        assert words in text(client, f"/hotspots/after-actions/{row.uid}?lang={language}")
    for path in (
        "/hotspots/after-actions",
        "/hotspots/after-actions/export.xlsx",
        "/hotspots/after-actions/export.csv",
    ):
        free()
        get(client, path)


def test_an_odd_period_gets_a_sentence_and_an_empty_one_guidance(desk):
    assert "请对调" in text(desk, "/hotspots/after-actions?begin=2026-05-02&end=2026-05-01", 422)
    page = text(desk, "/hotspots/after-actions?begin=2020-01-01&end=2020-02-01&lang=en")
    assert "Choose a longer period, or give the recorded actions their venues." in page
    get(desk, "/hotspots/after-actions?days=30&begin=2026-05-02", 302)
