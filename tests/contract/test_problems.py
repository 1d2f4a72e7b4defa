"""Every situation a person can meet has one code and a sentence in Chinese and in English."""

import ast
import re
from string import Formatter

import pytest

from tests.contract.sources import files, name_of, room_of, tree

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”》）][,;:?!](?!\w)|[\u4e00-\u9fff”》）][,;:?!][\u4e00-\u9fff“《（]")
CODE = re.compile(r"[a-z]+(?:\.[a-z0-9_]+)+")


def declared():
    """Return (path, line, code, sentences) of every ``problem(…)`` in the package."""
    for path in files(".py", below="patrol"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "problem":
                named = {each.arg: each.value for each in node.keywords}
                sentences = {word: ast.literal_eval(named[word]) for word in ("en", "zh")}
                yield pytest.param(
                    path, ast.literal_eval(node.args[0]), sentences, id=f"{name_of(path)}:{node.lineno}"
                )


PROBLEMS = list(declared())


def test_no_code_is_declared_twice():
    codes = [each.values[1] for each in PROBLEMS]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize(("path", "code", "sentences"), PROBLEMS)
def test_a_problem_says_the_same_in_both_languages(path, code, sentences):
    assert CODE.fullmatch(code)
    room = room_of(path)
    if room not in {"core", "infra", ""}:
        assert code.startswith(f"{room}."), f"{code} is declared in {room}"
    assert CHINESE.search(sentences["zh"])
    assert not HALF_WIDTH.search(sentences["zh"]), "Chinese is written with full-width punctuation"
    assert not CHINESE.search(sentences["en"])
    blanks = [
        {re.sub("_(zh|en)$", "", field) for _, field, _, _ in Formatter().parse(text) if field}
        for text in sentences.values()
    ]
    assert blanks[0] == blanks[1], "the two sentences name different facts"
    assert all(text == text.strip() for text in sentences.values())
