from celery import shared_task

from consent.actions.publishing import publish_due


@shared_task(name="consent.publish_notices", acks_late=True)  # type: ignore[untyped-decorator]  # celery has no types
def publish_notices() -> int:
    """Issue the lists of notices that are due. Safe to deliver twice; returns how many."""
    return len(publish_due())
