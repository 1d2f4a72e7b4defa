"""The queue itself: huey behind five verbs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy import select

from patrol.core.errors import PatrolError, problem
from patrol.infra.config import Settings
from patrol.infra.db import Principal, bind_principal, db, one_or_404, unscoped, utc_now
from patrol.infra.jobs.models import Job

CANCELLED = problem(
    "jobs.cancelled", en="Cancelled. Nothing was changed.", zh="已取消，未作任何更改。", status=409
)
FAILED = problem(
    "jobs.failed",
    en="This failed on our side. Nothing was changed. Reference: {reference}",
    zh="系统处理失败，未作任何更改。编号：{reference}",
    status=500,
)

#: how long one process waits for another that writes to the queue's file, as long as the database itself does: on a
#: busy disk web server and job worker that start together wait longer than SQLite's usual five seconds
LOCK_WAIT_S = 30

Handler = Callable[["JobContext"], dict[str, Any]]
handlers: dict[str, Handler] = {}
#: kind of work -> the five fields of a crontab by which it starts by itself
timetable: dict[str, str] = {}


def job(kind: str, *, cron: str = "") -> Callable[[Handler], Handler]:
    """Register the handler of a kind of work; it returns a JSON-able result (``result_url`` is followed).

    With ``cron`` ("minute hour day month weekday", in UTC) the job worker also starts it by the clock, for nobody.
    """

    def register(handler: Handler) -> Handler:
        if kind in handlers:
            raise ValueError(f"job {kind} is registered twice")
        handlers[kind] = handler
        if cron:
            timetable[kind] = cron
        return handler

    return register


@dataclass
class JobContext:
    """What a handler is given: parameters, the person it works for, and how to report."""

    uid: str
    params: dict[str, Any]
    principal: Principal | None
    huey: Huey
    _last: float = field(default=0.0)

    def progress(self, done: float, total: float, zh: str = "", en: str = "") -> None:
        """Report progress (at most five times a second) and stop here if the person has cancelled.

        Raises :class:`PatrolError` ``jobs.cancelled``; the handler lets it pass and its transaction rolls back.
        """
        if self.cancelled():
            raise PatrolError(CANCELLED)
        now = time.monotonic()
        if now - self._last < 0.2 and done < total:
            return
        self._last = now
        self.huey.storage.put_data(_key(self.uid), json.dumps([done, total, zh, en]).encode())

    def cancelled(self) -> bool:
        """Say whether the person asked to stop."""
        return bool(self.huey.storage.has_data_for_key(_cancel_key(self.uid)))


def _key(uid: str) -> str:
    return f"progress:{uid}"


def _cancel_key(uid: str) -> str:
    return f"cancel:{uid}"


def install_jobs(app: Flask, settings: Settings, principal_of_id: Callable[[int], Principal]) -> None:
    """Give ``app`` its queue."""
    if settings.REDIS_URL:
        huey: Huey = RedisHuey(
            "patrol", url=settings.REDIS_URL, immediate=settings.JOBS_INLINE, immediate_use_memory=False
        )
    else:
        huey = SqliteHuey(
            "patrol",
            filename=str(settings.DATA_DIR / "jobs.db"),
            fsync=True,
            timeout=LOCK_WAIT_S,
            immediate=settings.JOBS_INLINE,
            immediate_use_memory=False,
        )
    app.extensions["patrol.huey"] = huey

    def run(uid: str) -> None:
        with app.app_context():
            _run(uid, huey, principal_of_id)

    app.extensions["patrol.run_job"] = huey.task(name="run_job")(run)
    for kind, cron in timetable.items():
        huey.periodic_task(crontab(*cron.split()), name=f"timed:{kind}")(_starter(app, kind))


def _starter(app: Flask, kind: str) -> Callable[[], None]:
    def start() -> None:
        with app.app_context():
            enqueue(kind, {}, None)

    return start


def enqueue(kind: str, params: dict[str, Any], actor: Principal | None) -> Job:
    """Commit a job row and hand it to the workers. The caller's transaction is committed with it."""
    if kind not in handlers:
        raise ValueError(f"no handler for job {kind}")
    row = Job(
        kind=kind,
        params=params,
        person_id=actor.person_id if actor else None,
        person_uid=actor.uid if actor else "",
    )
    db.session.add(row)
    db.session.flush()
    # Read before the commit: reading an expired row would open a new transaction and hold its lock meanwhile.
    uid = row.uid
    db.session.commit()
    current_app.extensions["patrol.run_job"](uid)
    db.session.expire_all()
    return row


def cancel(row: Job) -> None:
    """Ask a job to stop at its next step; one that has not started never will."""
    huey: Huey = current_app.extensions["patrol.huey"]
    huey.storage.put_data(_cancel_key(row.uid), b"1")
    if row.state == "queued":
        row.state, row.finished_at = "cancelled", utc_now()
        row.error_zh, row.error_en = CANCELLED.zh, CANCELLED.en


def status(row: Job, language: str) -> dict[str, Any]:
    """Return what a page polls: state, progress, message, result and the readable failure."""
    huey: Huey = current_app.extensions["patrol.huey"]
    raw = huey.storage.peek_data(_key(row.uid))
    done, total, zh, en = json.loads(raw) if isinstance(raw, bytes | str) and raw else (0, 0, "", "")
    failed = row.state in {"failed", "cancelled"}
    return {
        "uid": row.uid,
        "kind": row.kind,
        "state": row.state,
        "progress": done,
        "total": total,
        "message": zh if language == "zh" else en,
        "result": row.result,
        "result_url": row.result.get("result_url"),
        "error": (row.error_zh if language == "zh" else row.error_en) if failed else None,
    }


def _run(uid: str, huey: Huey, principal_of_id: Callable[[int], Principal]) -> None:
    row = one_or_404(db.session, select(Job).where(Job.uid == uid))
    if row.state != "queued":
        return
    row.state, row.started_at = "running", utc_now()
    kind, params, person_id = row.kind, dict(row.params), row.person_id
    db.session.commit()
    principal = None
    if person_id is not None:
        with unscoped(db.session, "the job's owner is looked up before anybody is bound"):
            principal = principal_of_id(person_id)
    bind_principal(db.session, principal)
    context = JobContext(uid, params, principal, huey)
    try:
        result = handlers[kind](context)
        db.session.commit()
        _finish(uid, "done", result=result or {})
    except PatrolError as error:
        db.session.rollback()
        state = "cancelled" if error.code == CANCELLED.code else "failed"
        _finish(uid, state, zh=error.sentence("zh"), en=error.sentence("en"))
    except Exception:
        db.session.rollback()
        reference = uid[-12:]
        current_app.logger.exception("job %s (%s) failed", uid, kind)
        _finish(
            uid, "failed", zh=FAILED.zh.format(reference=reference), en=FAILED.en.format(reference=reference)
        )


def _finish(
    uid: str, state: str, *, result: dict[str, Any] | None = None, zh: str = "", en: str = ""
) -> None:
    row = one_or_404(db.session, select(Job).where(Job.uid == uid))
    row.state, row.finished_at, row.result = state, utc_now(), result or {}
    row.error_zh, row.error_en = zh, en
    db.session.commit()


def requeue_interrupted() -> int:
    """Mark jobs that a dead worker left "running" as failed, with a sentence; return how many."""
    left = db.session.scalars(select(Job).where(Job.state == "running")).all()
    for row in left:
        row.state, row.finished_at = "failed", utc_now()
        row.error_zh, row.error_en = (
            "处理进程中断，未作任何更改，请重新提交。",
            "The worker stopped; nothing was changed. Please start again.",
        )
    db.session.commit()
    return len(left)


def work(app: Flask) -> None:
    """Run the worker in the foreground until it is told to stop."""
    with app.app_context():
        requeue_interrupted()
    Consumer(
        app.extensions["patrol.huey"],
        workers=1,
        worker_type="thread",
        periodic=bool(timetable),
        check_worker_health=False,
    ).run()
