"""The server under test: a zygote that forks gunicorn groups, and the hand that kills them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Group:
    """A gunicorn group on a port of its own, serving the tree ``tree`` with ``environment``."""

    def __init__(self, environment, tree=ROOT, workers=2, threads=4, log=None):
        self.port = free_port()
        self.address = ("127.0.0.1", self.port)
        self.starts = self.kills = 0
        command = [
            sys.executable,
            str(ROOT / "tests/soak/zygote.py"),
            str(self.port),
            str(workers),
            str(threads),
        ]
        self.zygote = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log or subprocess.DEVNULL, text=True,
            cwd=tree, env={**os.environ, **environment, "PYTHONPATH": str(tree)},
        )  # fmt: skip
        self.group = 0
        if self.zygote.stdout.readline().strip() != "ready":
            raise RuntimeError("the server could not be built")

    def start(self, wait=True):
        self.zygote.stdin.write("start\n")
        self.zygote.stdin.flush()
        self.group = int(self.zygote.stdout.readline())
        self.starts += 1
        deadline = time.monotonic() + 60
        while wait and not self.answers():
            if time.monotonic() > deadline:
                raise RuntimeError("the server does not answer")
            time.sleep(0.02)

    def answers(self):
        try:
            with socket.create_connection(self.address, timeout=2) as probe:
                probe.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                return probe.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False

    def kill(self):
        """SIGKILL the whole group: arbiter and workers, in the middle of whatever they do."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.group, signal.SIGKILL)
        self.kills += 1
        deadline = time.monotonic() + 60
        while True:
            if time.monotonic() > deadline:
                raise RuntimeError("a killed server is still there")
            try:
                os.killpg(self.group, 0)
            except (ProcessLookupError, PermissionError):
                return
            time.sleep(0.002)

    def stop(self):
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
