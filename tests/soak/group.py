"""The server under test: a zygote that forks gunicorn groups, and the hand that kills them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: libraries that start threads when they are loaded must not: the zygote is forked
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
PATIENCE_S = 180


class Group:
    """A gunicorn group on a port of its own, serving the tree ``tree`` with ``environment``."""

    def __init__(self, environment, tree=ROOT, workers=2, threads=4, warm=None, log=None):
        self.port = free_port()
        self.address = ("127.0.0.1", self.port)
        self.starts = self.kills = self.group = 0
        self.cpu_s = 0.0
        self._asking = threading.Lock()
        words = [self.port, workers, threads, *([warm] if warm else [])]
        self.zygote = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/soak/zygote.py"), *map(str, words)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log or subprocess.DEVNULL, text=True, cwd=tree,
            env={**os.environ, **ONE_THREAD, **environment, "PYTHONPATH": str(tree)},
        )  # fmt: skip
        if self.zygote.stdout.readline().strip() != "ready":
            self.stop()
            raise RuntimeError("the server could not be built")

    def start(self, wait=True):
        self.group = int(self._ask("start"))
        self.starts += 1
        deadline = time.monotonic() + PATIENCE_S
        while wait and not self.answers():
            if time.monotonic() > deadline:
                os.killpg(self.group, signal.SIGPROF)  # where it stands is written to its log
                raise RuntimeError("the server does not answer")
            time.sleep(0.005)

    def answers(self):
        try:
            with socket.create_connection(self.address, timeout=20) as probe:
                probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return probe.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False

    def kill(self):
        """SIGKILL the whole group: arbiter and workers, in the middle of whatever they do; return when it is gone."""
        self.cpu_s = float(self._ask("kill"))
        self.kills += 1

    def _ask(self, word):
        with self._asking:
            self.zygote.stdin.write(f"{word}\n")
            self.zygote.stdin.flush()
            answer = self.zygote.stdout.readline()
        if not answer:
            raise RuntimeError("the zygote is gone")
        return answer

    def stop(self):
        with contextlib.suppress(RuntimeError, OSError):
            self.kill()
        try:
            self.zygote.communicate(timeout=20)
        finally:
            self.zygote.stdin.close()
            self.zygote.stdout.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
