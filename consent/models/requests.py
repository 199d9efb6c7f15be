import uuid

from django.conf import settings
from django.db import models

from consent.rules import RequestState


class TrainingRequest(models.Model):
    """A researcher's wish to train one vetted job on named datasets."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training_requests"
    )
    title = models.CharField(max_length=160)
    draft = models.JSONField(default=dict, help_text="The form as last saved; not yet binding.")
    state = models.CharField(
        max_length=20,
        choices=[(s.value, s.value) for s in RequestState],
        default=RequestState.DRAFT.value,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies"
    )
    terms_digest = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the terms that the applicant took on."
    )

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="request_state_known",
                condition=models.Q(state__in=[s.value for s in RequestState]),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title_in_writing(self) -> str:
        """The title as last saved. Until a change is submitted, others read the one before."""
        return str(self.draft.get("title") or self.title)


class RequestRevision(models.Model):
    """What was submitted, word for word. Immutable; a change is a new revision."""

    request = models.ForeignKey(TrainingRequest, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField(help_text="Canonical JSON (RFC 8785) of the whole proposal.")
    digest = models.CharField(max_length=64)
    note = models.CharField(
        max_length=2000, blank=True, help_text="What changed and why, in the researcher's words."
    )
    submitted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="revision_number_once", fields=["request", "number"])
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.request_id}"
