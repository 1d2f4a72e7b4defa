"""Every command and every setting stands in the README or in the documentation."""

import re
from dataclasses import fields

import click
import pytest

from patrol.cli import COMMANDS, patrol
from patrol.infra.config import Settings
from tests.contract.sources import ROOT, files, name_of

PAGES = files("README.md", "README.zh-CN.md", "CONTRIBUTING.md") + files(".md", below="docs")
TEXT = "\n".join(path.read_text("utf-8") for path in PAGES)
#: set by tests only
INTERNAL = {"TESTING", "JOBS_INLINE"}
LINK = re.compile(r"(?<!\\)\]\((?!https?:|mailto:|#)([^)#\s]+)")


def every_command(command, words):
    """Yield (words, command) of every command that does something."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from every_command(command.get_command(context, name), [*words, name])
    else:
        yield pytest.param(command, " ".join(words), id=" ".join(words))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_a_command_that_is_listed_exists(name):
    assert isinstance(patrol.get_command(click.Context(patrol), name), click.Command)


def test_every_command_is_documented_and_explains_itself():
    unsaid = []
    for each in every_command(patrol, ["patrol"]):
        command, words = each.values
        if not (command.help or "").strip() or not re.search(rf"{re.escape(words)}\b", TEXT):
            unsaid.append(words)
    assert unsaid == []


@pytest.mark.parametrize("name", [*sorted({each.name for each in fields(Settings)} - INTERNAL), "PORT"])
def test_every_setting_is_documented(name):
    assert re.search(rf"`{name}`", TEXT)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_between_pages_lead_somewhere(path):
    broken = [link for link in LINK.findall(path.read_text("utf-8")) if not (path.parent / link).exists()]
    assert broken == []


def test_every_target_of_the_makefile_explains_itself():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^([a-z-]+):(.*)$", makefile, re.M)
    assert [name for name, rest in targets if "## " not in rest] == []
    assert {name for name, _ in targets} == set(re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split())
