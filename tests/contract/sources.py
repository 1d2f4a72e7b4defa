"""What the contract tests look at: the tracked and new sources of the repository, and their imports."""

import ast
import subprocess
from collections.abc import Callable, Iterable
from functools import cache, wraps
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "patrol"


@cache
def files(*endings: str, below: str = "") -> tuple[Path, ...]:
    """Return every file git knows or would add, with one of the ``endings``, below a folder."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", below or "."]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    found = (ROOT / name for name in listed if name.endswith(endings))
    return tuple(sorted(path for path in found if path.is_file()))


def name_of(path: Path) -> str:
    """Return the path as people write it."""
    return path.relative_to(ROOT).as_posix()


def on_every(paths: Iterable[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Make one test of a rule about one file: it asks every file and names all that break the rule.

    A test for each file would cost more than the rule itself: there are thousands of pairs.
    """
    chosen = list(paths)
    assert chosen, "a rule about no file at all"

    def test_of(rule: Callable[[Path], None]) -> Callable[[], None]:
        @wraps(rule)
        def test() -> None:
            broken = [f"{name_of(path)}: {said}" for path in chosen for said in _broken(rule, path)]
            assert not broken, "\n".join(broken)

        del test.__wrapped__  # pytest would read the rule's own argument as a fixture's name
        return test

    return test_of


def _broken(rule: Callable[[Path], None], path: Path) -> list[str]:
    try:
        rule(path)
    except AssertionError as failed:
        return [str(failed)]
    return []


@cache
def tree(path: Path) -> ast.Module:
    """Parse a Python file once."""
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def module_of(path: Path) -> str:
    """Return the dotted name of a module of the package."""
    dotted = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    return dotted.removesuffix(".__init__")


def room_of(path: Path) -> str:
    """Return the room a file of the package lies in; ``""`` for files at the top."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else ""


@cache
def imports(path: Path) -> list[tuple[int, str, str]]:
    """Return (line, module, name) of every import; ``name`` is empty for ``import module``."""
    package = module_of(path) if path.name == "__init__.py" else module_of(path).rpartition(".")[0]
    found: list[tuple[int, str, str]] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*above, *([node.module] if node.module else [])])
            found += [(node.lineno, module, alias.name) for alias in node.names]
    return found
