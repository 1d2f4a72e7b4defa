"""Imports only go down, rooms are entered by the front door, domain files are pure."""

import importlib.util
import re
import sys

from tests.contract.sources import PACKAGE, files, imports, module_of, on_every, room_of

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


def libraries_of(path):
    """Return the libraries that a pure file may use; ``None`` for a file that need not be pure."""
    room, *rest = path.relative_to(PACKAGE).with_suffix("").parts
    return PURE_LIBRARIES if rest[0] == "domain" else PURE_FOLDERS.get((room, rest[0]))


def test_every_room_has_its_floor():
    assert {room_of(path) for path in MODULES} <= set(FLOORS)


@on_every(MODULES)
def test_imports_only_go_down(path):
    own = FLOORS.index(room_of(path))
    for line, module, name in imports(path):
        if not module.startswith("patrol") or module == "patrol":
            target = name if module == "patrol" else ""
        else:
            target = module.split(".")[1]
        if target in FLOORS:
            assert FLOORS.index(target) <= own, f"line {line} reaches up into {target}"


@on_every(MODULES)
def test_another_room_is_entered_by_its_front_door(path):
    for line, module, name in imports(path):
        parts = module.split(".")
        if parts[0] != "patrol" or len(parts) < 2 or parts[1] == room_of(path):
            continue
        where = f"line {line} enters {module} {name}".strip()
        if parts[1] in OPEN:
            assert len(parts) <= 3, f"{where}: deeper than patrol.{parts[1]}.<module>"
        else:
            assert len(parts) == 2, f"{where}: only `from patrol.{parts[1]} import …`"
            assert not is_module(f"{module}.{name}"), f"{where}: a module of the room, not its front door"


@on_every([each for each in MODULES if each.name == "__init__.py"])
def test_the_front_door_leads_past_pages_interfaces_and_commands(path):
    own = module_of(path)
    if own.count(".") != 1 or room_of(path) in OPEN:
        return
    for line, module, name in imports(path):
        reached = f"{module}.{name}" if module == own else module
        assert not any(reached == f"{own}.{edge}" for edge in EDGES), f"line {line} opens {reached}"


@on_every([each for each in MODULES if libraries_of(each)])
def test_domain_files_are_pure(path):
    libraries = libraries_of(path)
    own = ".".join(module_of(path).split(".")[:3])
    for line, module, _name in imports(path):
        where = f"line {line} imports {module}"
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
            assert not IMPURE_CALL.search(code), f"line {number}: {code.strip()}"


@on_every([each for each in MODULES if "services" in each.stem])
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
