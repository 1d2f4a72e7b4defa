"""A street file is compared with the register before it counts: another city's is refused, far venues are named."""

import pytest
from click.testing import CliRunner
from shapely.affinity import scale, translate

from patrol.core.errors import PatrolError
from patrol.infra import spatial
from patrol.infra.db import unscoped
from patrol.routes.streets_cli import streets
from patrol.routes.travel import network_names
from patrol.venues import Venue
from tests.factories.routes import Branch
from tests.factories.venues import City, create_division
from tests.unit.test_travel_network import LINES, write_streets

NEAR = [(scale(line, 4, 4, origin=(114.3, 30.6)), kind) for line, kind in LINES]
AWAY = [(translate(line, 5.0, -5.0), kind) for line, kind in LINES]


@pytest.fixture
def bring(app, session, monkeypatch, tmp_path):
    """Import a street file as a person at the server does; return what the command said and the networks kept."""
    monkeypatch.setattr("patrol.create_app", lambda given: app)
    folder = tmp_path / "data"

    def command(lines, *more, name="streets"):
        session.rollback()
        path = lines if isinstance(lines, bytes) else None
        file = tmp_path / f"{name}.parquet"
        if path is None:
            write_streets(file, lines)
        else:
            file.write_bytes(path)
        outcome = CliRunner().invoke(streets, ["import", str(file), "--data-dir", str(folder), *more])
        return outcome, network_names(folder)

    return command


def sentences(outcome):
    assert isinstance(outcome.exception, PatrolError), outcome.output
    return {language: outcome.exception.faults[0].sentence(language) for language in ("zh", "en")}


def test_streets_of_another_city_are_refused_in_both_languages_and_nothing_is_kept(session, bring):
    Branch(session)
    outcome, kept = bring(AWAY)
    said = sentences(outcome)
    assert "是否误用了其他城市的文件？" in said["zh"]
    assert "only 0% of your venues are near them" in said["en"]
    assert kept == []
    _outcome, kept = bring(NEAR, name="ours")
    assert kept == ["ours"]
    outcome, kept = bring(AWAY, name="theirs")
    assert kept == ["ours"]  # what was there before still counts
    outcome, kept = bring(AWAY, "--anyway", name="theirs")
    assert outcome.exit_code == 0
    assert set(kept) == {"ours", "theirs"}


def test_a_broken_street_file_is_refused_and_nothing_is_kept(session, bring, tmp_path):
    Branch(session)
    whole = write_streets(tmp_path / "whole.parquet", NEAR).read_bytes()
    for damaged in (b"", b"not a street file", whole[: len(whole) // 2], b"PAR1" + whole[40:]):
        outcome, kept = bring(damaged, name="broken")
        said = sentences(outcome)
        assert "“broken.parquet”无法作为道路文件读取" in said["zh"]
        assert "“broken.parquet” cannot be read as a street file" in said["en"]
        assert kept == []


def test_venues_away_from_every_street_are_counted_and_named(session, bring):
    branch = Branch(session)
    with unscoped(session, "the test looks"):
        branch.venue("江心小屋", lon=114.355, lat=30.635, address="岛上1号")
    outcome, kept = bring(NEAR)
    assert kept == ["streets"]
    assert "武汉市：11个在巡场所中11个在道路范围内 / 11 of 11 open venues of 武汉市" in outcome.output
    assert "江心小屋 岛上1号" in outcome.output
    assert "个场所附近没有道路，行程按直线估算 /" in outcome.output


def test_a_register_of_two_cities_takes_the_streets_of_either(session, bring):
    branch = Branch(session, venues=4)
    with unscoped(session, "the test's second city"):
        other = create_division(session, "4301", "长沙市", "city", bounds=(112.9, 28.1, 113.1, 28.3))
        for number, each in enumerate(session.query(Venue).all()):
            twin = branch.venue(f"长沙{number}", lon=114.32, lat=30.61)
            twin.geom, twin.scope_path = spatial.point(119.305, 25.605), other.scope_path
            assert each
        session.commit()
    outcome, _kept = bring(NEAR, name="one")
    assert "4 of 4 open venues of 武汉市" in outcome.output
    outcome, _kept = bring(AWAY, name="two")
    assert "4 of 4 open venues of 长沙市" in outcome.output


def test_without_venues_the_divisions_say_whether_it_is_the_right_city(session, bring):
    City(session)
    said = sentences(bring(AWAY)[0])
    assert "不在任何已登记的区划内" in said["zh"]
    assert "outside every division on record" in said["en"]
    outcome, kept = bring(NEAR)
    assert kept == ["streets"]
    assert "尚无场所可供核对 / no venue is on record" in outcome.output


def test_an_empty_installation_takes_any_streets(app, bring, session):
    outcome, kept = bring(AWAY)
    assert (outcome.exit_code, kept) == (0, ["streets"])
