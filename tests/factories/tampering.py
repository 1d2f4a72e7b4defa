"""Ways to forge an export: a bit anywhere, a row, a file, the order, a date."""

import hashlib
import json
import re
import zipfile

from patrol.evidence import verify_export

KINDS = ("bit", "row", "file", "order", "date", "removed", "added", "resealed")


def tampered(source, target, kind, rng):
    """Write a forged copy of an export; return what was done."""
    if kind == "bit":
        data = bytearray(source.read_bytes())
        at, bit = rng.randrange(len(data)), rng.randrange(8)
        data[at] ^= 1 << bit
        target.write_bytes(bytes(data))
        return f"bit {bit} of byte {at}"
    with zipfile.ZipFile(source) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    before = dict(files), list(files)
    told = globals()[f"_{kind}"](files, rng)
    assert (files, list(files)) != before
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in files.items():
            archive.writestr(verify_export.entry_of(name), data)
    return told


def _row(files, rng):
    """Change one fact of a record or one word of a link."""
    name = rng.choice(("records.json", "chain.json"))
    value = json.loads(files[name])
    rows = value["findings"] if name == "records.json" else [link for s in value["segments"] for link in s]
    row = rng.choice(rows)
    where = row["facts"] if name == "records.json" and rng.random() < 0.7 else row
    key = rng.choice([key for key in where if isinstance(where[key], str)])
    where[key] += "x"
    files[name] = _json(value)
    return f"{name} {key}"


def _date(files, rng):
    """Move a time by a second, in a record or a link, and keep the file's form."""
    name = rng.choice(("records.json", "chain.json"))
    text = files[name].decode()
    at = rng.choice([found.end() - 1 for found in re.finditer(r"20\d\d-\d\d-\d\d", text)])
    digit = str((int(text[at]) + rng.randrange(1, 9)) % 10)
    files[name] = (text[:at] + digit + text[at + 1 :]).encode()
    return f"{name} at {at}"


def _order(files, rng):
    """Swap two links, two records or two files."""
    value = json.loads(files["chain.json"])
    segment = rng.choice([s for s in value["segments"] if len(s) > 1])
    one, two = rng.sample(range(len(segment)), 2)
    segment[one], segment[two] = segment[two], segment[one]
    files["chain.json"] = _json(value)
    return f"links {one} and {two}"


def _file(files, rng):
    """Put other bytes into a file."""
    name = rng.choice(
        [name for name in files if name.startswith(("originals/", "copies/", "cover", "verify"))]
    )
    data = bytearray(files[name])
    data[rng.randrange(len(data))] ^= rng.randrange(1, 256)
    files[name] = bytes(data)
    return name


def _removed(files, rng):
    name = rng.choice(list(files))
    del files[name]
    return name


def _added(files, rng):
    files[f"originals/{rng.randbytes(32).hex()}.jpg"] = rng.randbytes(100)
    return "a file"


def _resealed(files, rng):
    """Change a file and make the manifest agree; only the signature can tell."""
    told = _file(files, rng)
    manifest = json.loads(files["manifest.json"])
    for entry in manifest["files"]:
        if entry["name"] == told:
            entry["sha256"] = hashlib.sha256(files[told]).hexdigest()
    files["manifest.json"] = _json(manifest)
    return told


def _json(value):
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()
