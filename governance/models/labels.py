"""Local Contexts labels and notices, as a community puts them on its own data.

No official text or icon is kept here: only the community's own words, and the identifiers.
"""

import uuid

from django.db import models

from governance.rules import LabelKind, Offer


class AppliedLabel(models.Model):
    """One label on one dataset. Social and ethical, not a lock; it may propose clauses."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="labels"
    )
    dataset = models.ForeignKey(
        "governance.Dataset", on_delete=models.PROTECT, related_name="labels"
    )
    kind = models.CharField(max_length=8, choices=[(k.value, k.value) for k in LabelKind])
    code = models.CharField(max_length=40, help_text="The Hub's code, such as bcnc.")
    project_uuid = models.UUIDField(null=True, blank=True)
    label_uuid = models.UUIDField(null=True, blank=True)
    applied_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(auto_now_add=True)
    reviewed_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(
        null=True, blank=True, help_text="When a hold was reviewed and lifted."
    )
    review_note = models.CharField(max_length=400, blank=True)
    removed_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_because = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                name="label_once_on_a_dataset",
                fields=["dataset", "community", "code"],
                condition=models.Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="label_kind_known",
                condition=models.Q(kind__in=[k.value for k in LabelKind]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} on {self.dataset}"


class LabelText(models.Model):
    """The community's own text of a label: one version in one language. Never changed."""

    label = models.ForeignKey(AppliedLabel, on_delete=models.PROTECT, related_name="texts")
    version = models.PositiveIntegerField()
    language = models.CharField(max_length=35, help_text="BCP 47 tag, such as en or mi.")
    text = models.TextField()
    audio = models.FileField(upload_to="labels/%Y/", blank=True)
    audio_type = models.CharField(max_length=40, blank=True)
    written_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version", "language"]
        constraints = [
            models.UniqueConstraint(name="label_text_once", fields=["label", "version", "language"])
        ]

    def __str__(self) -> str:
        return f"{self.label}, version {self.version} ({self.language})"


class LabelClause(models.Model):
    """A clause that a label suggests. It is nothing until a steward confirms it."""

    label = models.ForeignKey(AppliedLabel, on_delete=models.PROTECT, related_name="clauses")
    clause = models.CharField(max_length=40)
    state = models.CharField(
        max_length=10, choices=[(o.value, o.value) for o in Offer], default=Offer.OFFERED.value
    )
    answered_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["clause"]
        constraints = [
            models.UniqueConstraint(name="label_clause_once", fields=["label", "clause"]),
            models.CheckConstraint(
                name="label_clause_state_known",
                condition=models.Q(state__in=[o.value for o in Offer]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause} from {self.label} ({self.state})"


class HubProject(models.Model):
    """What the Local Contexts Hub last said about a project, so that pages never wait for it."""

    project_uuid = models.UUIDField(unique=True)
    body = models.JSONField()
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Hub project {self.project_uuid}"
