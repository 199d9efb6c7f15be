"""What this app does by the clock."""

from celery import shared_task
from django.utils import timezone

from governance.actions import alert_sending, second_looks
from governance.actions.reminders import tell_due


@shared_task(name="governance.remind", acks_late=True)  # type: ignore[untyped-decorator]  # celery has no types
def remind() -> int:
    """Tell stewards whose answer is waited for. Safe to deliver twice; returns how many alerts."""
    return tell_due(timezone.localdate())


@shared_task(name="governance.send_alerts", acks_late=True)  # type: ignore[untyped-decorator]  # as above
def send_alerts() -> int:
    """Send the mails that are due. Safe to deliver twice; returns how many left."""
    return alert_sending.send_due(timezone.now())


@shared_task(name="governance.let_fall", acks_late=True)  # type: ignore[untyped-decorator]  # as above
def let_fall() -> int:
    """Mark proposals that nobody confirmed in time. Safe to deliver twice; returns how many.

    A late tick lets nothing through: an old proposal is refused whether it is marked or not.
    """
    return second_looks.sweep()
