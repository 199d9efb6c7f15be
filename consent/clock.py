"""What happens by the clock in this app: one list, every line of it safe to run twice.

The clock reminds and tidies up. Nothing in it decides for anybody: no line here may lead to a yes,
a no or the end of an answer (R-15).
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from django.db import DatabaseError, transaction

from consent.actions import crew, ethics, expiry, overdue, timers
from consent.errors import ConsentError
from governance.errors import GovernanceError

log = structlog.get_logger(__name__)

Action = Callable[[datetime], int]
"""Takes the time, does what is due then, and returns how much that was."""

ACTIONS: tuple[Action, ...] = (
    expiry.warn,
    expiry.close,
    overdue.remind,
    ethics.warn,
    crew.send_waiting,
    timers.remind,
)


class ClockFailed(ConsentError):
    """Some of what was due could not be done; the sentence names it. The rest is done."""

    code = "clock-failed"


def tick(now: datetime, actions: Sequence[Action] | None = None) -> int:
    """Do all that is due, each in its own transaction; return how much that was.

    Args:
        actions: another list than ``ACTIONS``.
    Raises:
        ClockFailed: after all of them ran, if any of them failed.
    """
    done, failed = 0, []
    for action in ACTIONS if actions is None else actions:
        name = f"{action.__module__}.{action.__qualname__}"
        try:
            with transaction.atomic():
                done += action(now)
        except (ConsentError, GovernanceError, DatabaseError) as error:
            log.exception("clock.failed", action=name, error=type(error).__name__)
            failed.append(name)
    if failed:
        raise ClockFailed(f"Not done by the clock: {', '.join(failed)}.")
    return done
