"""Long work: enqueue, watch its progress, cancel it, read why it failed.

A room registers a handler with ``@job("venues.import", title=…)``; a view calls :func:`enqueue` and shows
``[data-job]``. Huey carries the work: its SQLite file by default, Redis where ``REDIS_URL`` is set. Progress
lives in huey's own key store, so that a job in the middle of one long transaction can still report.
"""

from patrol.infra.jobs.kept import job_to_wait_for, keep_file, kept_file, kept_name
from patrol.infra.jobs.models import Job
from patrol.infra.jobs.queue import (
    CANCELLED,
    JobContext,
    cancel,
    enqueue,
    handlers,
    install_jobs,
    job,
    status,
    work,
)

__all__ = [
    "CANCELLED",
    "Job",
    "JobContext",
    "cancel",
    "enqueue",
    "handlers",
    "install_jobs",
    "job",
    "job_to_wait_for",
    "keep_file",
    "kept_file",
    "kept_name",
    "status",
    "work",
]
