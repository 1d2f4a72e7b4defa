"""``patrol serve``: the web server and the job worker in one foreground process."""

from __future__ import annotations

import contextlib
import gc
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping

import click
from flask import Flask

from patrol.core.errors import PatrolError, problem
from patrol.infra.db import check_database, db
from patrol.infra.supervisor import Supervisor

PORT_TAKEN = problem(
    "serve.port_taken",
    en="Port {port} is in use. Choose another: PORT={other} make run",
    zh="端口 {port} 已被占用，请换一个：PORT={other} make run",
    status=500,
)
NOT_PREPARED = problem(
    "serve.not_prepared",
    en="The database could not be prepared; the reason is above.",
    zh="数据库准备失败，原因见上文。",
    status=500,
)
#: runs several commands of ``patrol`` in one interpreter: importing the program takes longer than they do
IN_TURN = """
import sys
from patrol.cli import main
for words in sys.argv[1:]:
    sys.argv = ["patrol", *words.split()]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
"""
#: gunicorn's own code for "the program cannot be loaded": its master then ends instead of starting workers anew
CANNOT_LOAD = 4
READY = """
  {url}
  服务已就绪（{seconds:.1f} 秒），按 Ctrl-C 停止。
  Ready after {seconds:.1f} s. Stop with Ctrl-C.
"""


@click.command()
@click.option(
    "--demo", is_flag=True, help="Build the demo city when the database is empty; print its accounts."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, envvar="PORT", default=8000, show_default=True, help="Port (PORT).")
@click.option("--workers", type=int, default=2, show_default=True, help="Web server processes.")
@click.option("--threads", type=int, default=4, show_default=True, help="Threads of each.")
def command(demo: bool, host: str, port: int, workers: int, threads: int) -> None:
    """Migrate the database, then serve until stopped: web server and job worker."""
    started = time.monotonic()
    refuse_a_taken_port(host, port)
    prepare(["db upgrade --if-needed", *(["demo --if-empty"] if demo else [])])
    commands = {
        "web server": web_server_command(host, port, workers, threads),
        "job worker": job_worker_command(),
    }
    supervisor = Supervisor(commands, tell=lambda text: click.echo(f"  {text}", err=True))
    sys.exit(supervisor.run(on_tick=announce_once(host, port, started)))


def job_worker_command() -> list[str]:
    """Return the job worker's command line; long work yields to people who wait for a page."""
    politely = ["nice", "-n", "10"] if shutil.which("nice") else []
    return [*politely, sys.executable, "-c", IN_TURN, "jobs work"]


def web_server_command(host: str, port: int, workers: int, threads: int) -> list[str]:
    """Return gunicorn's command line. It keeps no access log: addresses of residents are not stored."""
    scratch = ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []  # noqa: S108
    return [
        sys.executable, "-m", "gunicorn", "patrol.infra.serve:sound_app()",
        "--bind", f"{host}:{port}", "--workers", str(workers), "--worker-class", "gthread",
        "--threads", str(threads), "--timeout", "60", "--graceful-timeout", "10", "--keep-alive", "15",
        "--log-level", "warning", "--no-control-socket", *scratch,
    ]  # fmt: skip


def sound_app() -> Flask:
    """Build the program for a web server, or end with one sentence when its database cannot be trusted."""
    from patrol import create_app

    try:
        return settle(refuse_unsound(create_app()))
    except PatrolError as error:
        for fault in error.faults:
            sys.stderr.write(f"{fault.sentence('zh')} / {fault.sentence('en')} [{fault.problem.code}]\n")
        sys.exit(CANNOT_LOAD)


def settle(app: Flask) -> Flask:
    """Return ``app`` when what was built for it will never be searched for garbage again.

    The program is some hundred thousand objects that live as long as the process; without this a page that makes
    many objects of its own, such as a day pack's streets, waits several times while all of them are looked through.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    return app


def refuse_unsound(app: Flask) -> Flask:
    """Return ``app``; raises :class:`PatrolError` unless its database is migrated, guarded and spatially sound."""
    with app.app_context():
        db.session.info["readonly"] = True
        check_database(db.session.connection())
        db.session.remove()
        db.engine.dispose()
    return app


def refuse_a_taken_port(host: str, port: int) -> None:
    """Say so now when somebody else listens already, instead of after a minute of preparation."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PatrolError(PORT_TAKEN, port=port, other=port + 80) from error


def prepare(commands: list[str]) -> None:
    """Run commands of ``patrol`` in a process of its own, so that the server starts clean."""
    click.echo(f"  准备数据 / preparing: {', '.join(commands)}")
    started = time.monotonic()
    if subprocess.run([sys.executable, "-c", IN_TURN, *commands], check=False).returncode != 0:
        raise PatrolError(NOT_PREPARED)
    click.echo(f"  {time.monotonic() - started:.1f} s")


def announce_once(host: str, port: int, started: float) -> Callable[[], None]:
    """Return a callable that prints the address the first time the server says it is healthy."""
    told = False

    def tick() -> None:
        nonlocal told
        if not told and is_healthy(host, port):
            told = True
            shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
            click.echo(READY.format(url=f"http://{shown}:{port}", seconds=time.monotonic() - started))

    return tick


def is_healthy(host: str, port: int) -> bool:
    """Ask ``/healthz`` once."""
    target = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    connection = http.client.HTTPConnection(target, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def served_aside(environment: Mapping[str, str], *, workers: int) -> Iterator[int]:
    """Serve what ``environment`` describes on a free port until the block ends: what is measured is the real server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = web_server_command("127.0.0.1", port, workers=workers, threads=4)
    with subprocess.Popen(command, env=dict(environment), stderr=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None and not is_healthy("127.0.0.1", port):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.1)
            yield port
        finally:
            process.terminate()
