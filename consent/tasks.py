"""What this app does by the clock. Every task may be delivered twice."""

from celery import shared_task
from django.utils import timezone

from consent.actions.crew import send_links
from consent.actions.publishing import publish_due
from consent.clock import tick


@shared_task(name="consent.publish_notices", acks_late=True)  # type: ignore[untyped-decorator]  # celery has no types
def publish_notices() -> int:
    """Issue the lists of notices that are due. Safe to deliver twice; returns how many."""
    return len(publish_due())


@shared_task(name="consent.clock", acks_late=True)  # type: ignore[untyped-decorator]  # as above
def clock() -> int:
    """Do what is due in ``consent.clock``. Safe to deliver twice; returns how much that was."""
    return tick(timezone.now())


@shared_task(name="consent.send_terms_links", acks_late=True)  # type: ignore[untyped-decorator]  # as above
def send_terms_links(request_id: int) -> int:
    """Mail the people named in a request their links. Safe to deliver twice; returns how many."""
    return send_links(request_id)
