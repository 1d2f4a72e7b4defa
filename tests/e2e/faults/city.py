"""A demo city served behind the misbehaving network, and the phones that use it."""

import os
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.e2e.faults.ledger import Ledger
from tests.e2e.faults.patience import until
from tests.e2e.faults.phone import Phone, bundled_probe
from tests.e2e.faults.proxy import open_network

BIN = Path(sys.executable).parent


@pytest.fixture(scope="session")
def city(database, tmp_path_factory):
    """The demo city on each engine in turn, served; its network and its ledger."""
    folder = tmp_path_factory.mktemp("faults")
    settings = {
        **os.environ,
        "DATABASE_URL": database.another("faults"),
        "DATA_DIR": str(folder),
        "RATE_LIMITS": "off",
    }
    subprocess.run([BIN / "patrol", "demo"], env=settings, check=True, stdout=subprocess.DEVNULL)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [BIN / "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4", "patrol:create_app()"]
    with subprocess.Popen(command, env=settings, stderr=subprocess.DEVNULL) as process:
        network, proxy = open_network(f"http://127.0.0.1:{port}")
        try:
            until(
                lambda: is_ready(f"http://127.0.0.1:{port}/readyz", process), 60, "the server was not ready"
            )
            ledger = Ledger(settings["DATABASE_URL"], folder)
            yield SimpleNamespace(network=network, ledger=ledger, worker=lambda: worker(settings))
        finally:
            proxy.shutdown()
            proxy.server_close()
            process.terminate()


@contextmanager
def worker(settings):
    """Have the city's long work done while the block lasts."""
    with subprocess.Popen(
        [BIN / "patrol", "jobs", "work"], env=settings, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield
        finally:
            process.terminate()


def is_ready(url, process):
    """Say whether the program answers; a dead process fails at once."""
    assert process.poll() is None, "the server died"
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def probe():
    """The probe as one script."""
    return bundled_probe()


@pytest.fixture(scope="session")
def new_phone(city, chromium_kind, probe, tmp_path_factory):
    """Make a phone with an empty profile; all are switched off at the end."""
    phones = []

    def make():
        phones.append(Phone(chromium_kind, tmp_path_factory.mktemp("profile"), city.network.url, probe))
        return phones[-1].switch_on()

    yield make
    for phone in phones:
        phone.switch_off()


@pytest.fixture(scope="session")
def used_phone(city, new_phone):
    """One phone for many runs: signed in, PIN set, day pack taken, its list of unsent records open."""
    city.network.begin()
    phone = new_phone().sign_in("inspector4")
    phone.close_tab()
    phone.open()
    return phone
