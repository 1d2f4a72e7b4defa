"""The harness catches what it is there for: each mistake is built into a copy of the program, which then must fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAULTS = "tests/e2e/test_phone_faults.py"
COPIED = (
    "patrol",
    "static",
    "templates",
    "geodata",
    "migrations",
    "scripts",
    "tests",
    "package.json",
    "pyproject.toml",
)
#: what is broken: the file, the sound words, the broken ones, and the runs that must notice
MUTANTS = {
    "two tabs send at once": (
        "static/js/sync/flusher.js",
        "if (!manager) return run();",
        "return run();",
        "two_tabs",
    ),
    "an entry is let go before its receipt": (
        "static/js/sync/drain.js",
        "const answer = await round.transport.sendEntries(batch);",
        "for (const entry of batch) await round.outbox.settle(entry, entry.sha256);\n"
        "  const answer = await round.transport.sendEntries(batch);",
        "batch-0-never or batch-0-refuse",
    ),
    "an entry is dropped when the server has a bad day": (
        "static/js/sync/drain.js",
        "if (answer.kind === 'failed') round.failed();\n    for (const entry of batch)",
        "if (answer.kind === 'failed') { for (const entry of batch) await round.outbox.settle(entry, entry.sha256);"
        " return []; }\n    for (const entry of batch)",
        "batch-0-error",
    ),
    "a captive portal's 200 counts as stored": (
        "static/js/sync/transport.js",
        "if (receipt.receipt_of !== OURS || !Array.isArray(receipt.results)) return { kind: 'unreachable' };",
        "if (!Array.isArray(receipt.results)) return { kind: 'results', results: entries.map("
        "({ id, sha256 }) => ({ id, sha256, status: 'stored' })) };",
        "batch-0-portal",
    ),
    "a record is let go while its photos are under way": (
        "static/js/sync/blobs.js",
        "for (const sha256 of hashes) {",
        "for (const sha256 of hashes.slice(0, 1)) {",
        "batch-0-gone",
    ),
}


@pytest.mark.timeout(0)
@pytest.mark.parametrize("name", MUTANTS)
def test_a_mistake_is_caught(name, tmp_path):
    file, sound, broken, runs = MUTANTS[name]
    for part in COPIED:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, tmp_path / part)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    source = (tmp_path / file).read_text("utf-8")
    assert source.count(sound) == 1, f"{file} no longer says what this mutant breaks"
    (tmp_path / file).write_text(source.replace(sound, broken), "utf-8")
    subprocess.run(["node", "scripts/build.mjs"], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "--timeout=1500",
        "-p",
        "no:cacheprovider",
        FAULTS,
        "-k",
    ]
    said = subprocess.run(
        [*command, f"spatialite and ({runs})"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert said.returncode == 1, f"not caught: {said.stdout[-2000:]}"
    assert "failed" in said.stdout
    assert "error" not in said.stdout.splitlines()[-1]
