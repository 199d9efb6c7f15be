"""Asks a worker to do something at once, after the transaction that made it necessary."""

from functools import partial

import structlog
from celery import current_app
from celery.exceptions import OperationalError
from django.db import transaction

log = structlog.get_logger(__name__)


def wake(task: str, *args: int, countdown_s: float = 0.0) -> None:
    """Send ``task`` once the transaction is committed.

    A broker that is down costs time, not work: the periodic sweep does all that any of these
    messages asks for. So it must not turn a committed act into an error page.
    """
    transaction.on_commit(partial(_send, task, args, countdown_s))


def _send(task: str, args: tuple[int, ...], countdown_s: float) -> None:
    try:
        current_app.send_task(task, args=args, countdown=countdown_s or None, retry=False)
    except OperationalError as error:
        log.warning("no broker; the sweep will do it", task=task, error=str(error))
