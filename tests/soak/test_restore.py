"""The restore drill: everything is lost, a backup is restored into nothing, and the verifier is content."""

import os
import shutil
import subprocess
import sys

import pytest

from patrol.sync.rescue.keys import public_key
from tests.soak.checker import check
from tests.soak.group import ROOT, Group
from tests.soak.storm import storm
from tests.soak.world import World, opened


def patrol(world, *words):
    """Run the program's own command in a process of its own."""
    command = [sys.executable, "-c", "from patrol.cli import main; main()", *words]
    done = subprocess.run(
        command, env={**os.environ, **world.environment, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("passphrase", ["", "一个很长的口令"], ids=["open", "sealed"])
def test_a_restored_installation_holds_all_that_was_promised(world, database, tmp_path, passphrase):
    group = Group(world.environment)
    try:
        ledger = storm(group, world, 6, phones=3, pause_s=(1.5, 2.5))
    finally:
        group.stop()
    assert len(ledger.promised) > 3
    with opened(world) as app:
        public_key(app.config["SETTINGS"])  # a phone has asked for the key of rescue files
    target, words = tmp_path / "patrol.backup", []
    if passphrase:
        (tmp_path / "word").write_text(passphrase)
        words = ["--passphrase-file", str(tmp_path / "word")]
    code, said = patrol(world, "backup", str(target), *words)
    assert code == 0, said
    assert ("晨光宾馆".encode() in target.read_bytes()) is (not passphrase and database.kind == "spatialite")

    folder = tmp_path / "new"
    url = (
        f"sqlite:///{folder}/patrol.db"
        if database.kind == "spatialite"
        else database.bare(f"drill{bool(passphrase)}".lower())
    )
    folder.mkdir()
    environment = {**world.environment, "DATABASE_URL": url, "DATA_DIR": str(folder)}
    fresh = World(url, folder, world.cookies, world.venues, environment)
    if passphrase:
        (tmp_path / "wrong").write_text("x")
        code, said = patrol(fresh, "restore", str(target), "--passphrase-file", str(tmp_path / "wrong"))
        assert "backup.passphrase" in said, said
    code, said = patrol(fresh, "restore", str(target), *words)
    assert code == 0 or "off: a power cut" in said, said
    assert check(fresh, ledger) == []
    assert (folder / "rescue.key").read_bytes() == (world.data_dir / "rescue.key").read_bytes()
    code, said = patrol(fresh, "restore", str(target), *words)
    assert "backup.not_empty" in said or database.kind == "postgis", said

    victim = next(path for path in (folder / "blobs").rglob("*") if path.is_file())
    victim.write_bytes(victim.read_bytes()[:-1] + b"x")
    code, said = patrol(fresh, "verify")
    assert code == 1
    assert f"{victim.name} was altered" in said
    shutil.rmtree(folder)


def test_a_damaged_backup_is_refused_and_leaves_nothing_behind(world, database, tmp_path):
    target = tmp_path / "patrol.backup"
    assert patrol(world, "backup", str(target))[0] == 0
    data = target.read_bytes()
    target.write_bytes(data[: len(data) // 2])
    folder = tmp_path / "new"
    folder.mkdir()
    url = f"sqlite:///{folder}/patrol.db" if database.kind == "spatialite" else database.bare("drillcut")
    fresh = World(url, folder, {}, [], {**world.environment, "DATABASE_URL": url, "DATA_DIR": str(folder)})
    code, said = patrol(fresh, "restore", str(target))
    assert code == 2
    assert "backup.not_a_backup" in said, said
    assert [path.name for path in folder.iterdir() if path.name != "secret.key"] == []
