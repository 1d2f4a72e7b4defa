"""Imports only go down, rooms are entered by the front door, domain files are pure."""

import importlib.util
import re
import sys

import pytest

from tests.contract.sources import PACKAGE, files, imports, module_of, name_of, room_of

#: lowest floor first; a file may import from its own floor's room and from whatever stands before it
FLOORS = (
    "core", "infra", "territory", "accounts", "venues", "ledgers", "routes", "patrols", "findings", "clues",
    "ground", "enforcement", "prevention", "hotspots", "reports", "sync", "evidence", "pwa",
    "demo",
)  # fmt: skip
#: rooms without a front door of their own: their modules are the doors
OPEN = {"core", "infra"}
EDGES = {"views", "api", "cli"}
PURE_LIBRARIES = {"numpy", "scipy", "shapely", "rfc8785"}
#: what algorithms stand on, in the two folders that are nothing but algorithms. A search that was given a
#: number of seconds may look at a stopwatch, never at the date
PURE_FOLDERS = {
    ("routes", "planning"): PURE_LIBRARIES | {"pyvrp", "numba"},
    ("hotspots", "statistics"): PURE_LIBRARIES | {"sklearn"},
}
IMPURE_STDLIB = {
    "asyncio", "glob", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
    "shutil", "socket", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
IMPURE_CALL = re.compile(
    r"\bopen\(|\btime\.(?!perf_counter|monotonic)\w+\(|\.now\(|\.today\(|\.utcnow\(|\bprint\(|np\.random\.(?!Generator|BitGenerator|default_rng\(\w)"
)
MODULES = [path for path in files(".py", below="patrol") if room_of(path)]


def domain_files():
    """Return the files that must be pure, with the libraries each may use."""
    for path in MODULES:
        room, *rest = path.relative_to(PACKAGE).with_suffix("").parts
        if rest[0] == "domain":
            yield pytest.param(path, PURE_LIBRARIES, id=name_of(path))
        elif (room, rest[0]) in PURE_FOLDERS:
            yield pytest.param(path, PURE_FOLDERS[room, rest[0]], id=name_of(path))


def test_every_room_has_its_floor():
    assert {room_of(path) for path in MODULES} <= set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_only_go_down(path):
    own = FLOORS.index(room_of(path))
    for line, module, name in imports(path):
        if not module.startswith("patrol") or module == "patrol":
            target = name if module == "patrol" else ""
        else:
            target = module.split(".")[1]
        if target in FLOORS:
            assert FLOORS.index(target) <= own, f"{name_of(path)}:{line} reaches up into {target}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_another_room_is_entered_by_its_front_door(path):
    for line, module, name in imports(path):
        parts = module.split(".")
        if parts[0] != "patrol" or len(parts) < 2 or parts[1] == room_of(path):
            continue
        where = f"{name_of(path)}:{line} enters {module} {name}".strip()
        if parts[1] in OPEN:
            assert len(parts) <= 3, f"{where}: deeper than patrol.{parts[1]}.<module>"
        else:
            assert len(parts) == 2, f"{where}: only `from patrol.{parts[1]} import …`"
            assert not is_module(f"{module}.{name}"), f"{where}: a module of the room, not its front door"


@pytest.mark.parametrize("path", [each for each in MODULES if each.name == "__init__.py"], ids=name_of)
def test_the_front_door_leads_past_pages_interfaces_and_commands(path):
    own = module_of(path)
    if own.count(".") != 1 or room_of(path) in OPEN:
        return
    for line, module, name in imports(path):
        reached = f"{module}.{name}" if module == own else module
        assert not any(reached == f"{own}.{edge}" for edge in EDGES), (
            f"{name_of(path)}:{line} opens {reached}"
        )


@pytest.mark.parametrize(("path", "libraries"), list(domain_files()))
def test_domain_files_are_pure(path, libraries):
    own = ".".join(module_of(path).split(".")[:3])
    for line, module, _name in imports(path):
        where = f"{name_of(path)}:{line} imports {module}"
        top = module.partition(".")[0]
        if top == "patrol":
            assert module.startswith((own, "patrol.core")), where
        elif top in sys.stdlib_module_names:
            stopwatch = top == "time" and libraries > PURE_LIBRARIES
            assert top not in IMPURE_STDLIB or stopwatch, where
        else:
            assert top in libraries, where
    for number, text in enumerate(path.read_text("utf-8").splitlines(), start=1):
        code = text.split("#")[0]
        if not code.lstrip().startswith((">>>", "...")):
            assert not IMPURE_CALL.search(code), f"{name_of(path)}:{number} {code.strip()}"


@pytest.mark.parametrize("path", [each for each in MODULES if "services" in each.stem], ids=name_of)
def test_services_know_no_web_and_never_commit(path):
    assert not [
        module for _line, module, _name in imports(path) if module.partition(".")[0] in {"flask", "apiflask"}
    ]
    assert not re.search(r"\bsession\.commit\(\)", path.read_text("utf-8"))


def is_module(dotted):
    """Say whether ``patrol.room.name`` is a file or folder rather than something the front door hands out."""
    try:
        return importlib.util.find_spec(dotted) is not None
    except ModuleNotFoundError:
        return False
