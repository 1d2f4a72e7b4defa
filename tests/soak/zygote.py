"""Forks the real server on demand, kills it, and sees it gone.

Importing the program takes seconds; a fork takes none. So a server can be killed and started again several times a
second without a mock anywhere: each group is gunicorn's own arbiter with its workers, in a process group of its own.

Lines on stdin: ``start`` forks a group and prints its number; ``kill`` sends SIGKILL to arbiter and workers at once and
prints, when the last of them is gone, the CPU seconds of all groups so far.
A fork of a process with threads may copy a lock that nobody in the child will ever release (OpenBLAS and jemalloc bring
threads that Python does not count): a zygote with more than one thread therefore refuses to serve.

Arguments: port, workers, threads, and perhaps a file of JSON {cookie, work} to be sent once before the first fork, so
that no group has to prepare its statements anew. Started by path with the tree to be served on PYTHONPATH.
"""

import contextlib
import ctypes
import faulthandler
import json
import os
import resource
import signal
import sys
import threading

from one_request import send, signed_in

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


def main(port, workers, threads, warm=None):
    from patrol import create_app
    from patrol.infra.serve import settle

    kernel = ctypes.CDLL(None)
    kernel.prctl(PR_SET_CHILD_SUBREAPER, 1)  # workers whose arbiter was killed become ours to wait for
    faulthandler.register(signal.SIGPROF, all_threads=True)
    app = create_app()
    if warm:
        warmed(app, warm)
    server = server_of(settle(app), port, workers, threads)
    refuse_threads()
    print("ready", flush=True)
    group = 0
    for line in sys.stdin:
        if line.strip() == "start":
            group = os.fork()
            if group == 0:
                serve(server, kernel)
            with contextlib.suppress(OSError):
                os.setpgid(group, group)  # whoever of the two comes first: a kill must never miss it
            print(group, flush=True)
        else:
            print(killed(group), flush=True)


def server_of(app, port, workers, threads):
    """Return gunicorn's own application for ``app``, which is loaded already."""
    from gunicorn.app.base import BaseApplication

    chosen = {
        "bind": f"127.0.0.1:{port}", "workers": workers, "worker_class": "gthread", "threads": threads,
        "timeout": 60, "graceful_timeout": 1, "keepalive": 15, "loglevel": "critical", "backlog": 256,
        "control_socket_disable": True, "worker_tmp_dir": "/dev/shm",
    }  # fmt: skip

    class Server(BaseApplication):
        def load_config(self):
            for name, value in chosen.items():
                self.cfg.set(name, value)

        def load(self):
            return app

    return Server()


def warmed(app, file):
    """Take one finding in as a group would, and leave no connection open."""
    from patrol.infra.db import db

    with open(file, encoding="utf-8") as given:
        facts = json.load(given)
    client = signed_in(app, facts["cookie"])
    for path in ("/healthz", "/api/v1/me", "/api/v1/feed"):
        client.get(path)
    send(client, facts["work"])
    sha256 = facts["work"]["entry"]["body"]["photos"][0]["sha256_original"]
    client.head(f"/api/v1/blobs/{sha256}")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def refuse_threads():
    """End unless this process has one single thread, those of C libraries included."""
    known = os.listdir("/proc/self/task") if sys.platform == "linux" else [""]
    if threading.active_count() != 1 or len(known) != 1:
        sys.exit(
            f"the zygote has {len(known)} threads, {threading.enumerate()} of them Python's: not safe to fork"
        )


def serve(server, kernel):
    """Be the arbiter; never return."""
    os.setpgid(0, 0)
    kernel.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # nothing is left behind
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    sys.argv = ["gunicorn"]
    try:
        server.run()
    finally:
        os._exit(0)


def killed(group):
    """Kill the group and wait for the last of it; return the CPU seconds of all groups so far."""
    if group:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.waitpid(-1, 0)
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return f"{spent.ru_utime + spent.ru_stime:.3f}"


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]), *sys.argv[4:5])
