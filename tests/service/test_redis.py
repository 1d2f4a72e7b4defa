"""Redis as the setting offers it: a real server carries jobs to a real worker and counts tries across processes."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from patrol.infra.db import db
from patrol.infra.jobs import Job, cancel, enqueue, status
from tests.databases import build_app, let_go

WORKER = "from patrol.cli import main; main()"


def waits(process, seconds):
    with contextlib.suppress(subprocess.TimeoutExpired):
        raise AssertionError(f"it ended with {process.wait(seconds)}")


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory):
    """A Redis of our own on a free port, with nothing kept on disk."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    folder = tmp_path_factory.mktemp("redis")
    command = [
        shutil.which("redis-server"), "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no",
        "--dir", str(folder),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                    break
            waits(process, 0.05)
        yield f"redis://127.0.0.1:{port}/3"
        process.send_signal(signal.SIGTERM)


@pytest.fixture
def app(database, redis_url, tmp_path):
    """The program with Redis, its worker not yet running."""
    built = build_app(database.url, tmp_path, REDIS_URL=redis_url)
    yield built
    let_go(built)
    database.reset()


@contextlib.contextmanager
def worker(app):
    settings = app.config["SETTINGS"]
    given = {
        "DATABASE_URL": settings.DATABASE_URL, "DATA_DIR": str(settings.DATA_DIR), "REDIS_URL": settings.REDIS_URL,
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, "jobs", "work"], env={**os.environ, **given}, stderr=subprocess.DEVNULL
    ) as process:
        yield process
        process.terminate()


def state_of(uid):
    db.session.rollback()
    return db.session.scalars(select(Job).where(Job.uid == uid)).one()


def until_ended(uid, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        row = state_of(uid)
        if row.state not in ("queued", "running"):
            return row
        waits(process, 0.2)
    raise AssertionError(f"the job is still {row.state}")


def test_a_job_goes_through_redis_to_the_worker_and_a_cancelled_one_does_not(app):
    with app.app_context():
        wanted = enqueue("sync.sweep", {}, None).uid
        unwanted = enqueue("sync.sweep", {}, None).uid
        assert app.extensions["patrol.huey"].pending_count() == 2
        assert not (app.config["SETTINGS"].DATA_DIR / "jobs.db").exists()
        cancel(state_of(unwanted))
        db.session.commit()
        with worker(app) as process:
            row = until_ended(wanted, process)
            assert (row.state, row.error_en) == ("done", "")
            assert status(row, "zh")["state"] == "done"
        assert state_of(unwanted).state == "cancelled"
        assert app.extensions["patrol.huey"].pending_count() == 0


def test_tries_are_counted_over_all_web_servers(database, redis_url, tmp_path):
    """Two processes of the web server count together: the twenty-first try is refused by the one that saw none."""
    script = (
        "import re, sys; from patrol import create_app; client = create_app().test_client();"
        "token = re.search('csrf_token[^>]*value=\"([^\"]+)\"', client.get('/login').get_data(as_text=True))[1];"
        "tried = {'username': 'x', 'password': 'y', 'csrf_token': token};"
        "codes = [client.post('/login', data=tried).status_code for _ in range(int(sys.argv[1]))];"
        "print(codes[-1])"
    )
    given = {
        "DATABASE_URL": database.url,
        "DATA_DIR": str(tmp_path),
        "REDIS_URL": redis_url,
        "RATE_LIMITS": "on",
    }
    last = [
        subprocess.run(
            [sys.executable, "-c", script, count],
            env={**os.environ, **given},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for count in ("20", "1")
    ]
    database.reset()
    assert last[0] != "429"
    assert last[1] == "429"
