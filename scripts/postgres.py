"""A private PostgreSQL + PostGIS cluster for tests: made in a temporary folder, gone at exit.

It listens on a Unix socket in a folder only its owner can enter, so it needs neither port nor password. As
root it runs as another user, because PostgreSQL refuses to run as root. Durability is off: it lives minutes.

    python scripts/postgres.py -- pytest tests/service      # runs a command with PATROL_TEST_POSTGRES set
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VARIABLE = "PATROL_TEST_POSTGRES"
PREFIX = "patrol-pg-"
#: users that may own the server when we are root: Debian's own, or the one that owns nothing
SERVANTS = ("postgres", "nobody")
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "warning",
}
PATIENCE_S = 60


class PrivateCluster:
    """One running server; :meth:`stop` ends it and removes every trace."""

    def __init__(self) -> None:
        self.binaries = find_binaries()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.server: subprocess.Popen[bytes] | None = None
        self.owner = os.getpid()

    @property
    def url(self) -> str:
        """The address of the maintenance database, for an administrator."""
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def start(self) -> PrivateCluster:
        """Make the cluster and wait until it answers; raises ``RuntimeError`` with its log otherwise."""
        sweep()
        user = servant()
        if user:
            shutil.chown(self.folder, user.pw_name)
        data, log = self.folder / "data", self.folder / "log"
        try:
            self._call("initdb", "--pgdata", data, "--username", "postgres", "--encoding", "UTF8",
                       "--locale", "C.UTF-8", "--auth", "trust", "--no-sync")  # fmt: skip
            chosen = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
            with log.open("wb") as output:
                self.server = subprocess.Popen(
                    [*_tied(), self.binaries / "postgres", "-D", data, "-k", self.folder, *chosen],
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=self.folder,
                    start_new_session=True, **_as(user),
                )  # fmt: skip
            self._wait(log)
        except BaseException:
            self.stop()
            raise
        return self

    def _call(self, program: str, *words: str | Path) -> None:
        done = subprocess.run(
            [self.binaries / program, *words],
            cwd=self.folder,
            capture_output=True,
            check=False,
            **_as(servant()),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{(done.stdout + done.stderr).decode(errors='replace')}")

    def _wait(self, log: Path) -> None:
        deadline = time.monotonic() + PATIENCE_S
        ready: list[str | Path] = [self.binaries / "pg_isready", "-q", "-h", self.folder]
        while subprocess.run(ready, check=False).returncode:
            if self.server is None or self.server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server (fast shutdown, then by force) and remove its folder; a second call does nothing."""
        if os.getpid() != self.owner:
            return
        server, self.server = self.server, None
        if server and server.poll() is None:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)


def find_binaries() -> Path:
    """Return the folder of the newest PostgreSQL server (15 or later) that is installed with PostGIS."""
    offered = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: -int(path.parts[-3])
    )
    for program in offered:
        if Path(f"/usr/share/postgresql/{program.parts[-3]}/extension/postgis.control").exists():
            return program.parent
    raise RuntimeError("PostgreSQL with PostGIS is missing: apt-get install postgresql-15-postgis-3")


def servant() -> pwd.struct_passwd | None:
    """Return the user that shall own the server, ``None`` when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    for name in SERVANTS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise RuntimeError(f"PostgreSQL refuses to run as root and none of the users {SERVANTS} exists")


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}
    if user is None:
        return {"env": environment}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "env": environment}


def _tied() -> list[str]:
    """Ask the kernel for a fast shutdown of the server when whoever started it is killed."""
    return ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []


def sweep() -> None:
    """Remove the folders of clusters whose maker was killed before it could."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        maker = folder.name.removeprefix(PREFIX).partition("-")[0]
        if maker.isdigit() and not Path(f"/proc/{maker}").exists() and os.access(folder, os.W_OK):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def private_cluster() -> Iterator[str]:
    """Yield the administrator's address of the cluster named by the environment, or of a new one."""
    given = os.environ.get(VARIABLE)
    if given:
        yield given
        return
    cluster = PrivateCluster().start()
    atexit.register(cluster.stop)
    try:
        yield cluster.url
    finally:
        cluster.stop()
        atexit.unregister(cluster.stop)


def terminated(signum: int, frame: object) -> None:
    """Turn SIGTERM into an ordinary exit, so that everything is cleaned up."""
    sys.exit(128 + signum)


def main() -> None:
    """Run the command after ``--`` with the cluster's address in its environment."""
    signal.signal(signal.SIGTERM, terminated)
    command = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else [os.environ.get("SHELL", "sh")]
    with private_cluster() as url:
        sys.exit(subprocess.run(command, env={**os.environ, VARIABLE: url}, check=False).returncode)


if __name__ == "__main__":
    main()
