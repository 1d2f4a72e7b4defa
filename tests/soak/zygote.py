"""Forks the real server on demand: ``start`` on stdin makes a gunicorn group, its number is printed.

Importing the program takes seconds; a fork takes none. So a server can be killed and started again every second
without a mock anywhere: each group is gunicorn's own arbiter with its workers, in a process group of its own.
Arguments: port, workers, threads. Started by path with the tree to be served on PYTHONPATH.
"""

import ctypes
import faulthandler
import os
import signal
import sys


def main(port, workers, threads):
    from gunicorn.app.base import BaseApplication

    from patrol import create_app

    app = create_app()

    class Server(BaseApplication):
        def load_config(self):
            for name, value in {
                "bind": f"127.0.0.1:{port}", "workers": workers, "worker_class": "gthread", "threads": threads,
                "timeout": 60, "graceful_timeout": 1, "keepalive": 15, "loglevel": "critical", "backlog": 256,
                "control_socket_disable": True,
            }.items():  # fmt: skip
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self):
            return app

    # PR_SET_CHILD_SUBREAPER: workers whose arbiter was killed become ours, and are gone at once.
    ctypes.CDLL(None).prctl(36, 1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    faulthandler.register(signal.SIGPROF, all_threads=True)
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() != "start":
            break
        child = os.fork()
        if child == 0:
            os.setsid()
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: nothing is left behind
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            nothing = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1):
                os.dup2(nothing, stream)
            sys.argv = ["gunicorn"]
            Server().run()
            os._exit(0)
        print(child, flush=True)


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:4]))
