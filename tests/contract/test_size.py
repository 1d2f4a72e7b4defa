"""Only the tail rots: no long file, no long function, no tangled one, no drawer for everything."""

import ast

from tests.contract.sources import files, name_of, on_every, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
MOST_PATHS = 10
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
#: the one base of every table, and the template every page extends, are what they are called
KNOWN_BY_THEIR_NAME = {"patrol/infra/db/base.py", "templates/base.html"}
SOURCES = files(".py", ".js", ".mjs", ".css", ".html")
#: a migration is one long list of what changes, generated and then read; it decides nothing
PYTHON = [path for path in files(".py") if path.parent.name != "versions"]
BRANCHES = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.match_case)


@on_every(SOURCES)
def test_no_file_is_longer_than_400_lines(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


def functions(path):
    """Return every function of a file."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@on_every(PYTHON)
def test_no_function_is_longer_than_50_lines(path):
    for node in functions(path):
        said = node.body[0]
        is_docstring = isinstance(said, ast.Expr) and isinstance(said.value, ast.Constant)
        lines = node.end_lineno - node.lineno + 1
        lines -= said.end_lineno - said.lineno + 1 if is_docstring else 0
        assert lines <= LONGEST_FUNCTION, f"line {node.lineno}: {node.name} has {lines} lines"


@on_every(PYTHON)
def test_no_function_has_more_than_10_paths(path):
    for node in functions(path):
        paths = 1 + sum(isinstance(each, BRANCHES) for each in ast.walk(node))
        assert paths <= MOST_PATHS, f"line {node.lineno}: {node.name} has {paths} paths"


def test_no_file_is_a_drawer_for_everything():
    drawers = [name_of(path) for path in SOURCES if path.stem.lstrip("_") in DRAWERS]
    assert set(drawers) <= KNOWN_BY_THEIR_NAME
