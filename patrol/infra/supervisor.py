"""Several processes behind one: started together, started again when one falls, ended together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

GRACE_S = 15.0
#: a process that ends sooner than this after its very first start never came up: everything stops
CAME_UP_S = 5.0
LONGEST_PAUSE_S = 30.0
#: PR_SET_PDEATHSIG and the mask survive exec. Ctrl-C reaches the whole group, but only the supervisor shall act
#: on it: told twice in a row, gunicorn's workers can hang until they are killed. When the parent fell before the
#: wish was made, nothing is started.
TIED = (
    "import ctypes, os, signal, sys; ctypes.CDLL(None).prctl(1, signal.SIGTERM);"
    " signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT});"
    " os.getppid() == int(sys.argv[1]) and os.execvp(sys.argv[2], sys.argv[2:])"
)


@dataclass
class Child:
    """One supervised process: what it is called, how it is started, and how often it fell."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started_s: float = 0.0
    falls: int = 0
    due_s: float = field(default=0.0)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs children in its own process group until told to stop, or until one of them cannot start.

    The children also die when this process is killed outright: nothing keeps the port or the queue.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        *,
        tell: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.children = [Child(name, command) for name, command in commands.items()]
        self.tell = tell
        self.clock = clock
        self.stopping = False

    def run(self, on_tick: Callable[[], None] = lambda: None) -> int:
        """Start every child, watch them, and return the exit code: 0 when told to stop."""
        previous = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            for child in self.children:
                self._start(child)
            while not self.stopping:
                on_tick()
                failed = self._look_after()
                if failed:
                    return failed
                time.sleep(0.1)
            return 0
        finally:
            self._end_all()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _start(self, child: Child) -> None:
        child.process = subprocess.Popen(tied_to_me(child.command))
        child.started_s = self.clock()

    def _look_after(self) -> int:
        """Start again what fell; return an exit code when something never came up."""
        for child in self.children:
            if child.alive or self.stopping:
                continue
            now = self.clock()
            if child.due_s == 0.0:
                code = child.process.returncode if child.process else 1
                if child.falls == 0 and now - child.started_s < CAME_UP_S:
                    self.tell(f"{child.name} ended with code {code} before it was ready")
                    return code or 1
                child.falls += 1
                pause = min(2.0 ** (child.falls - 1), LONGEST_PAUSE_S)
                child.due_s = now + pause
                self.tell(f"{child.name} ended with code {code}; starting it again in {pause:.0f} s")
            elif now >= child.due_s:
                child.due_s = 0.0
                self._start(child)
        return 0

    def _end_all(self) -> None:
        """Ask every child to finish what it does; after the grace period, end it."""
        running = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE_S
        for process in running:
            try:
                process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def tied_to_me(command: Sequence[str]) -> list[str]:
    """Return ``command`` such that Linux ends it when this process is gone.

    The wish is made by a short-lived start of the interpreter that then becomes the command: code that runs
    between fork and exec could wait for a lock that another thread held at that moment.
    """
    if sys.platform != "linux":
        return list(command)
    return [sys.executable, "-I", "-S", "-c", TIED, str(os.getpid()), *command]
