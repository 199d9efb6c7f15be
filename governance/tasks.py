"""What this app does by the clock."""

from celery import shared_task
from django.utils import timezone

from governance.actions import second_looks
from governance.actions.reminders import send_due


@shared_task(name="governance.remind", acks_late=True)  # type: ignore[untyped-decorator]  # celery has no types
def remind() -> int:
    """Mail stewards whose answer is waited for. Safe to deliver twice; returns how many mails."""
    return send_due(timezone.localdate())


@shared_task(name="governance.let_fall", acks_late=True)  # type: ignore[untyped-decorator]  # as above
def let_fall() -> int:
    """Mark proposals that nobody confirmed in time. Safe to deliver twice; returns how many.

    A late tick lets nothing through: an old proposal is refused whether it is marked or not.
    """
    return second_looks.sweep()
