"""A thousand anonymous reports with planted addresses, devices and photo metadata: none of it is found anywhere.

The program runs as it really does, with its limits on and off; what is planted is looked for in every file of the
installation, in what the server says, in the database's own files and dump, and in a backup taken apart.
"""

import hashlib
import http.client
import io
import os
import re
import subprocess
import sys
import tarfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import create_engine

from scripts.postgres import find_binaries
from tests.databases import build_app, let_go
from tests.e2e.serving import free_port, wait_until_ready
from tests.factories import patrols as make

BIN = Path(sys.executable).parent
#: a thousand where the database is a file; the same walk with fewer where a server keeps it (CANARIES=1000 for all)
REPORTS, WITH_PHOTOS = {"spatialite": 1000, "postgis": int(os.environ.get("CANARIES", "250"))}, 40
#: what must be found, or nothing was looked through
WORDS = "一楼有人集合听课，编号"
#: how everything that was planted reads (a canary would be found: EPSG knows the Canary Islands)
PLANTED = re.compile(rb"(?i)tattletale|127\.77\.\d|203\.0\.113\.\d|2001:db8:77")
CODE = re.compile(r'class="receipt-code[^>]*>([^<]+)<')


def source(number):
    """Return the address a report really comes from; no two are alike."""
    return f"127.77.{number // 250}.{number % 250 + 1}"


def told(number):
    """Return what a resident's browser and the stations on the way tell about them."""
    forwarded = f"203.0.113.{number % 250 + 1}"
    return {
        "User-Agent": f"TattletalePhone/{number}", "X-Forwarded-For": f"{forwarded}, 2001:db8:77::{number:x}",
        "X-Real-IP": forwarded, "Forwarded": f"for={forwarded}", "Referer": f"http://tattletale.invalid/{number}",
        "Sec-CH-UA-Model": f'"TattletaleModel{number}"', "Accept-Language": f"zh-CN,x-tattletale{number}",
        "Cookie": f"visitor=tattletale{number}", "From": f"tattletale{number}@example.invalid",
        "X-Device-ID": f"tattletale-{number}",
    }  # fmt: skip


def photo(number):
    """Draw a photo that tells all it can: maker, serial number, place, owner, comment; a PNG with texts now and then."""
    image, out = Image.new("RGB", (320, 240), (number * 6 % 256, 90, 120)), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x013B] = (
        "TattletaleMaker",
        f"TattletaleModel{number}",
        f"TattletaleOwner{number}",
    )
    exif.get_ifd(0x8769)[0xA431] = f"tattletale-serial-{number}"
    exif.get_ifd(0x8825)[0x001B] = b"ASCII\0\0\0TattletaleGps"
    if number % 5 == 0:
        texts = PngInfo()
        texts.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>tattletale{number}</x:xmpmeta>")
        image.save(out, "PNG", pnginfo=texts, exif=exif)
    else:
        image.save(out, "JPEG", exif=exif, comment=f"tattletale{number}".encode(), xmp=b"<x>tattletale</x>")
    body = out.getvalue() + b"tattletale after the end"
    assert PLANTED.search(body)
    return body


def form_of(number, token, division):
    """Return a filled form as multipart bytes, and its boundary."""
    fields = {
        "token": token, "kind": "lecture", "division": division, "address": f"一元路{number}号",
        "text": f"{WORDS}{number}。", "seen_on": "今天上午", "website": "",
    }  # fmt: skip
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if number < WITH_PHOTOS:
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="photos"; filename="tattletale-{number}.jpg"\r\n'
            f"Content-Type: image/x-tattletale\r\n\r\n".encode()
            + photo(number)
            + b"\r\n"
        )
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), boundary


def report(port, number, division):
    """Report through the public page as a browser without scripts does; return the code it shows."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(source(number), 0))
    line.request("GET", f"/report?lang=zh&from=tattletale{number}", headers=told(number))
    page = line.getresponse().read().decode()
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    body, boundary = form_of(number, token, division)
    line.request(
        "POST", "/report?lang=zh", body,
        {**told(number), "Content-Type": f"multipart/form-data; boundary={boundary}"},
    )  # fmt: skip
    answer = line.getresponse()
    page = answer.read().decode()
    line.close()
    assert answer.status == 200, page
    return re.sub(r"[^0-9A-Z]", "", CODE.search(page)[1])


@contextmanager
def served(environment, log):
    """Serve the installation by the program's own command; everything it says is kept in a file."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            [BIN / "patrol", "serve"], env=environment, stdout=said, stderr=said, start_new_session=True
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{environment['PORT']}/readyz", [process])
            yield int(environment["PORT"])
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture
def installation(database, tmp_path):
    """An installation with two districts and a folder of its own: its settings and the place a report is about."""
    url, folder = database.another("reporters"), tmp_path / "data"
    app = build_app(url, folder)
    with app.app_context():
        from patrol.infra.db import db

        division = make.create_city(db.session).east.uid
        db.session.commit()
    let_go(app)
    return {
        **os.environ, "DATABASE_URL": url, "DATA_DIR": str(folder), "PORT": str(free_port()), "RATE_LIMITS": "on",
    }, division  # fmt: skip


def files_of_the_database(url):
    """Give the files in which PostgreSQL itself keeps this database, where this machine holds them."""
    if url.startswith("sqlite"):
        return []  # it lies in a file that is named below
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        folder = connection.exec_driver_sql("SHOW data_directory").scalar_one()
        number = connection.exec_driver_sql(
            "SELECT oid FROM pg_database WHERE datname = current_database()"
        ).scalar_one()
    engine.dispose()
    return sorted(each for each in (Path(folder) / "base" / str(number)).rglob("*") if each.is_file())


def taken_apart(backup, folder):
    """Unpack a backup; a dump of PostgreSQL is written out as text."""
    with tarfile.open(backup) as archive:
        archive.extractall(folder, filter="data")
    dump = folder / "database"
    if dump.read_bytes()[:5] == b"PGDMP":
        command = [find_binaries() / "pg_restore", "--file", folder / "database.sql", dump]
        subprocess.run(command, check=True)
        dump = folder / "database.sql"
    return dump


@pytest.mark.timeout(600)
def test_nothing_of_a_thousand_reporters_is_found_anywhere(installation, tmp_path, database):
    environment, division = installation
    reports = REPORTS[database.kind]
    log, codes = tmp_path / "server.log", []
    with served(environment, log) as port:
        codes += [report(port, number, division) for number in range(WITH_PHOTOS)]
    with served({**environment, "RATE_LIMITS": "off"}, log) as port:
        codes += [report(port, number, division) for number in range(WITH_PHOTOS, reports)]
        subprocess.run([BIN / "patrol", "backup", tmp_path / "all.backup"], env=environment, check=True)
    assert len(set(codes)) == reports

    dump = taken_apart(tmp_path / "all.backup", tmp_path / "apart")
    assert len(set(re.findall(f"{WORDS}(\\d+)。".encode(), dump.read_bytes()))) == reports, "looked in vain"
    assert sum(1 for each in (tmp_path / "data" / "blobs").rglob("*") if each.is_file()) == WITH_PHOTOS
    url = environment["DATABASE_URL"]
    beside = sorted(Path(url.removeprefix("sqlite:///")).parent.glob("reporters.db*"))
    places = [log, *tmp_path.rglob("*"), *files_of_the_database(url), *(beside if "sqlite" in url else [])]
    hashes = {hashlib.sha256(source(number).encode()).hexdigest().encode() for number in range(reports)}
    known = {code.encode() for code in codes}
    for place in {each for each in places if each.is_file()}:
        held = place.read_bytes()
        assert (found := PLANTED.search(held)) is None, (
            f"{place}: {held[found.start() - 80 : found.end() + 80]}"
        )
        assert not hashes & set(re.findall(rb"[0-9a-f]{64}", held)), f"{place}: the hash of an address"
        assert not known & set(re.findall(rb"[0-9A-HJKMNP-TV-Z]{26}", held)), (
            f"{place}: a code that follows a report"
        )
