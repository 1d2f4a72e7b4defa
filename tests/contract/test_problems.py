"""Every situation a person can meet has one code and a sentence in Chinese and in English."""

import ast
import re
from string import Formatter

from tests.contract.sources import files, name_of, room_of, tree

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff”》）][,;:?!](?!\w)|[\u4e00-\u9fff”》）][,;:?!][\u4e00-\u9fff“《（]")
CODE = re.compile(r"[a-z]+(?:\.[a-z0-9_]+)+")


def declared():
    """Return (path, code, sentences, where) of every ``problem(…)`` in the package."""
    for path in files(".py", below="patrol"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "problem":
                named = {each.arg: each.value for each in node.keywords}
                sentences = {word: ast.literal_eval(named[word]) for word in ("en", "zh")}
                yield path, ast.literal_eval(node.args[0]), sentences, f"{name_of(path)}:{node.lineno}"


PROBLEMS = list(declared())


def test_no_code_is_declared_twice():
    codes = [code for _path, code, _sentences, _where in PROBLEMS]
    assert sorted(codes) == sorted(set(codes))


def faults_of(path, code, sentences):
    """Yield what is wrong with one declaration."""
    room, zh, en = room_of(path), sentences["zh"], sentences["en"]
    if not CODE.fullmatch(code):
        yield f"{code} is no code"
    if room not in {"core", "infra", ""} and not code.startswith(f"{room}."):
        yield f"{code} is declared in {room}"
    if not CHINESE.search(zh) or CHINESE.search(en):
        yield "a sentence stands in the other language's place"
    if HALF_WIDTH.search(zh):
        yield "Chinese is written with full-width punctuation"
    if blanks_of(zh) != blanks_of(en):
        yield "the two sentences name different facts"
    if any(text != text.strip() for text in (zh, en)):
        yield "a sentence begins or ends with a space"


def blanks_of(text):
    """Return the facts a sentence names."""
    return {re.sub("_(zh|en)$", "", field) for _, field, _, _ in Formatter().parse(text) if field}


def test_a_problem_says_the_same_in_both_languages():
    faults = [f"{where}: {fault}" for *declaration, where in PROBLEMS for fault in faults_of(*declaration)]
    assert PROBLEMS
    assert not faults, "\n".join(faults)
