"""The wheel is the whole program: front end, templates, migrations, data; it starts without Node."""

import json
import os
import subprocess
import sys
import zipfile

import pytest

from tests.contract.sources import ROOT

ASK = """
import json, pathlib, sys
import patrol
from patrol.infra.resources import resource_root
app = patrol.create_app({"DATA_DIR": sys.argv[1], "TESTING": True})
answer = app.test_client().get("/healthz")
print(json.dumps([patrol.__file__, str(resource_root()), answer.status_code]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The built wheel, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def below(folder):
    """Return the relative names of the files below a folder."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("folder", ["static/dist", "templates", "geodata", "migrations"])
def test_the_wheel_contains(wheel, folder):
    shipped = below(wheel / "patrol" / "_bundle" / folder)
    assert shipped == below(ROOT / folder)
    assert shipped


def test_the_wheel_contains_the_compiled_translations_of_every_room(wheel):
    sources = {
        path.relative_to(ROOT).with_suffix(".mo") for path in ROOT.glob("patrol/*/translations/*/*/*.po")
    }
    assert all((wheel / path).is_file() for path in sources)


def test_the_wheel_contains_no_tests_and_no_third_party_sources(wheel):
    assert not [name for name in below(wheel) if name.startswith("tests/") or "node_modules" in name]


def test_the_program_starts_from_the_wheel_alone(wheel, tmp_path):
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DATA_DIR"}}
    said = subprocess.run(
        [sys.executable, "-c", ASK, str(tmp_path / "data")],
        cwd=tmp_path, env={**environment, "PYTHONPATH": str(wheel)}, capture_output=True, text=True,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    package, resources, status = json.loads(said.stdout.splitlines()[-1])
    assert package.startswith(str(wheel))
    assert resources == str(wheel / "patrol" / "_bundle")
    assert status == 200
