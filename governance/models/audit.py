import uuid

from django.conf import settings
from django.db import models


class AccessEvent(models.Model):
    """One act, written in the same transaction as the act. Never changed, never deleted.

    The database refuses UPDATE and DELETE on this table by trigger (migration 0002).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    verb = models.CharField(max_length=60, db_index=True, help_text="e.g. request.submit")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    actor_label = models.CharField(
        max_length=160, help_text="Who, as it read at the time: a name, a node, a process."
    )
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, null=True, related_name="+"
    )
    subject = models.CharField(max_length=120, db_index=True, help_text="e.g. request:<uuid>")
    outcome = models.CharField(
        max_length=10, default="done", choices=[("done", "done"), ("refused", "refused")]
    )
    reason = models.CharField(max_length=400, blank=True)
    document_digest = models.CharField(max_length=64, blank=True)
    correlation = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="access_event_outcome_known",
                condition=models.Q(outcome__in=["done", "refused"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
