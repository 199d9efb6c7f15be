"""The Celery application, its settings and its clock: ``celery -A config.celery worker``."""

import ctypes
import os
import signal
import sys
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init

from config.env import said_plainly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def _every(task: str, seconds: float) -> dict[str, Any]:
    # A tick that no worker took in time is worth nothing: the next one does the same work.
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


def configuration() -> dict[str, Any]:
    """Return Celery's settings. Called on first use: this module is loaded before Django's are."""
    with said_plainly():
        from django.conf import settings

        redis_url, production = settings.REDIS_URL, settings.PRODUCTION
    return {
        "broker_url": redis_url,
        "result_backend": redis_url,
        "result_expires": 3600,
        "accept_content": ["json"],
        "task_serializer": "json",
        "result_serializer": "json",
        "timezone": "UTC",
        # A task leaves the queue when it is done, not when it is taken: a killed worker loses none.
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_soft_time_limit": 60,
        "task_time_limit": 90,
        # After this many seconds a task of a vanished worker is given to another one. It must be
        # longer than any task may run, or one task would run twice at the same time.
        "broker_transport_options": {"visibility_timeout": 180},
        "broker_connection_retry_on_startup": True,
        # Celery Flower shows what these tell.
        "worker_send_task_events": True,
        "task_send_sent_event": True,
        "beat_schedule": {
            "sweep": _every("federation.sweep", 30 if production else 5),
            "follow-runs": _every("federation.follow_runs", 2),
            "publish-notices": _every("consent.publish_notices", 10),
            "remind": _every("governance.remind", 3600),
            "let-fall": _every("governance.let_fall", 3600),
            "clock": _every("consent.clock", 3600),
            "send-alerts": _every("governance.send_alerts", 60),
        },
    }


app = Celery("kinhold")
app.add_defaults(configuration)
app.autodiscover_tasks()


@setup_logging.connect  # type: ignore[untyped-decorator]  # Celery comes without types
def keep_djangos_logging(**_kwargs: object) -> None:
    """Stop Celery from replacing the log format: being connected is enough."""


@worker_process_init.connect  # type: ignore[untyped-decorator]  # as above
def end_with_the_worker(**_kwargs: object) -> None:
    """Ask Linux to end this pool process when its worker is killed.

    Otherwise it would finish its task with nobody left to say so, while another worker runs the
    same task again.
    """
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)
