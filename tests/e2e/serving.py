"""The program as it is really run, a process of its own: demo city, web server, job worker; on any day."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parents[2]
#: the web server of a later day: the program's one clock is put forward, nothing else is changed
LATER = """
import datetime, sys
from patrol.core.clock import SystemClock
real, days = SystemClock.now, datetime.timedelta(days=int(sys.argv.pop(1)))
SystemClock.now = lambda self: real(self) + days
"""
WEB = LATER + "from gunicorn.app.wsgiapp import run\nrun()"
WORKER = LATER + "from patrol.cli import main\nmain()"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(database_url, folder, port, **more):
    """Return the settings of a served city."""
    return {
        **os.environ, "DATABASE_URL": database_url, "DATA_DIR": str(folder), "PORT": str(port),
        "RATE_LIMITS": "off", **more,
    }  # fmt: skip


def build_demo(settings):
    """Build the demo city by the program's own command."""
    subprocess.run([BIN / "patrol", "demo"], env=settings, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def serving(settings, *, days_later=0, worker=False):
    """Serve the city; the address, until the block ends. ``days_later`` puts the server's clock forward."""
    address = f"127.0.0.1:{settings['PORT']}"
    late = str(days_later)
    web = [sys.executable, "-c", WEB, late, "--bind", address, "--workers", "1", "--threads", "4",
           "--graceful-timeout", "3", "patrol:create_app()"]  # fmt: skip
    commands = [web, *([[sys.executable, "-c", WORKER, late, "jobs", "work"]] if worker else [])]
    running = [subprocess.Popen(each, env=settings, cwd=ROOT, stderr=subprocess.DEVNULL) for each in commands]
    try:
        wait_until_ready(f"http://{address}/readyz", running)
        yield f"http://{address}"
    finally:
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_ready(url, running, seconds=180):
    """Ask until the program says it is ready; a dead process fails at once."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert all(process.poll() is None for process in running), "the server died"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running[0].wait(0.1)
    raise AssertionError("the server was not ready in time")
