"""What researchers attach: kept outside the web root, known by content, served after a check."""

import uuid

from django.conf import settings
from django.db import models

from consent.rules import AttachmentKind


class Attachment(models.Model):
    """One file of a request. Its bytes never change; what a revision names it names by digest."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(
        "consent.TrainingRequest", on_delete=models.PROTECT, related_name="attachments"
    )
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in AttachmentKind])
    title = models.CharField(max_length=160)
    file_name = models.CharField(max_length=160, help_text="As shown and offered for saving.")
    stored = models.CharField(max_length=200, help_text="Its name in the store; never shown.")
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField(help_text="Bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content, lower-case hex.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="attachment_kind_known",
                condition=models.Q(kind__in=[k.value for k in AttachmentKind]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class EthicsApproval(models.Model):
    """A letter of an ethics board: who gave it, its number, and until when it holds (R-27).

    A renewed letter is a new row that names the one it renews; nothing else of the request changes.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(
        "consent.TrainingRequest", on_delete=models.PROTECT, related_name="approvals"
    )
    board = models.CharField(max_length=200)
    number = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_until = models.DateField()
    letter = models.ForeignKey(
        Attachment, on_delete=models.PROTECT, null=True, blank=True, related_name="approvals"
    )
    renews = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewed_by"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="approval_window_is_one",
                condition=models.Q(valid_from__lte=models.F("valid_until")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.number}"
