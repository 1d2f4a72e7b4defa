"""The served demo city behind the misbehaving network, and the phones that use it."""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.e2e.faults.ledger import Ledger
from tests.e2e.faults.phone import Phone, bundled_probe
from tests.e2e.faults.proxy import open_network

BIN = Path(sys.executable).parent


@pytest.fixture(scope="session")
def city(demo, server):
    """The served demo city on each engine in turn, behind a network that misbehaves; and its ledger."""
    network, proxy = open_network(server)
    ledger = Ledger(demo["DATABASE_URL"], demo["DATA_DIR"])
    yield SimpleNamespace(address=server, network=network, ledger=ledger, worker=lambda: worker(demo))
    proxy.shutdown()
    proxy.server_close()
    ledger.engine.dispose()


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
