import uuid

from django.conf import settings
from django.db import models

MAIN = "main"
"""The line of a community's first protocol."""


class Protocol(models.Model):
    """What a community allows and asks for, one version; immutable once adopted.

    A community may keep several protocols side by side; each is a *line* of versions.
    """

    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="protocols"
    )
    line = models.SlugField(max_length=40, default=MAIN, help_text="Same for all its versions.")
    title = models.CharField(max_length=120, default="Our protocol")
    number = models.PositiveIntegerField()
    statement = models.OneToOneField("governance.Statement", on_delete=models.PROTECT)
    adopted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["line", "number"]
        constraints = [
            models.UniqueConstraint(
                name="protocol_number_adopted_once",
                fields=["community", "line", "number"],
                condition=models.Q(adopted_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"protocol {self.line} {self.number} of {self.community}"


class ProtocolDraft(models.Model):
    """A protocol that is still being written. Only the community sees it; nobody signs it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="protocol_drafts"
    )
    line = models.SlugField(max_length=40, default=MAIN)
    title = models.CharField(max_length=120)
    content = models.JSONField(
        default=dict, help_text="{clauses: {code: {hole: text}}, settings: {...}}"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    put_at = models.DateTimeField(null=True, blank=True, help_text="When put to the stewards.")
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-updated_at"]

    def __str__(self) -> str:
        return f"draft of {self.line} for {self.community}"
