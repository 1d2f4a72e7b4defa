"""`make setup` does a thing once, again when its reason changed, and says plainly what it cannot do."""

import importlib

import pytest

from tests.contract.sources import ROOT


@pytest.fixture
def scripts(monkeypatch):
    """Import a module of scripts/ the way the scripts import each other."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    return importlib.import_module


@pytest.fixture
def steps(scripts):
    return scripts("steps")


def test_a_step_is_done_once_and_again_when_its_reason_changed(steps, tmp_path):
    done = []
    stamp = tmp_path / "stamps" / "step"
    outcomes = [steps.once("step", stamp, reason, lambda: done.append(1)) for reason in ("a", "a", "b", "b")]
    assert outcomes == [True, False, True, False]
    assert len(done) == 2


def test_a_step_that_failed_is_done_again(steps, tmp_path):
    def fail():
        raise steps.SetupError("no")

    with pytest.raises(steps.SetupError):
        steps.once("step", tmp_path / "step", "a", fail)
    assert steps.once("step", tmp_path / "step", "a", lambda: None)


def test_a_digest_follows_contents_and_names(steps):
    folder = ROOT / "requirements"
    whole = steps.digest([folder])
    assert whole == steps.digest([folder])
    assert len({whole, steps.digest([folder / "runtime.txt"]), steps.digest([folder], "3.12")}) == 3


def test_a_failing_command_shows_what_it_said_and_where_the_rest_is(steps, tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "LOGS", ROOT / ".cache" / "logs")
    with pytest.raises(steps.SetupError, match=r"(?s)the reason.*code 3.*\.cache/logs/sh-"):
        steps.run("sh", "-c", "echo the reason; exit 3")


def test_without_rights_one_sentence_says_what_to_install(scripts, steps, monkeypatch):
    packages = scripts("system_packages")
    monkeypatch.setattr(packages, "_administrator", lambda: None)
    with pytest.raises(steps.SetupError) as refused:
        packages.install(["chromium", "fonts-noto-cjk"])
    (sentence,) = str(refused.value).splitlines()
    assert sentence.endswith("apt-get install chromium fonts-noto-cjk")
    assert "管理员" in sentence


def test_only_what_is_missing_is_asked_for(scripts, monkeypatch):
    packages = scripts("system_packages")
    monkeypatch.setattr(packages, "FOR_SERVING", {"here": lambda: True, "gone": lambda: False})
    monkeypatch.setattr(packages, "FOR_TESTS", {"browser": lambda: False})
    assert packages.missing(for_tests=False) == ["gone"]
    assert packages.missing(for_tests=True) == ["gone", "browser"]


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("===== 2 failed, 12 passed in 3.21s =====", {"failed": 2, "passed": 12}),
        ("== 1 passed, 2 errors in 61.20s (0:01:01) ==", {"passed": 1, "error": 2}),
        ("ℹ pass 38\nℹ fail 1", {"passed": 38, "failed": 1}),
        ("INTERNALERROR> something", {"error": 1}),
    ],
)
def test_what_the_parts_counted_is_summed_up(scripts, said, counts):
    runner = scripts("run_tests")
    tally = runner.Tally()
    name = "JavaScript" if said.startswith("ℹ") else "pytest"
    part = runner.Part(name, ["printf", "%s\n", said], frozenset())
    runner.run_all([part], tally, {})
    assert {kind: number for kind, number in tally.counts.items() if number} == counts


def test_the_closing_line_is_pytests_own_form(scripts, capsys):
    runner = scripts("run_tests")
    tally = runner.Tally(failed=["ruff check"])
    tally.counts.update(passed=812, failed=1)
    runner.close(tally, 512.334)
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.strip("= ") == "1 failed, 812 passed, 1 error in 512.33s (0:08:32)"
    assert runner.CLOSING.match(last)
