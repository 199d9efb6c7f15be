import uuid

from django.db import models

from consent.rules import Completeness, ReviewState


class Review(models.Model):
    """One community's own look at one revision, on one of its datasets."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    revision = models.ForeignKey(
        "consent.RequestRevision", on_delete=models.PROTECT, related_name="reviews"
    )
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="reviews"
    )
    dataset = models.ForeignKey("governance.Dataset", on_delete=models.PROTECT, related_name="+")
    statement = models.OneToOneField(
        "governance.Statement",
        on_delete=models.PROTECT,
        related_name="review",
        help_text="The grant text that is put to the stewards now.",
    )
    state = models.CharField(
        max_length=20,
        choices=[(s.value, s.value) for s in ReviewState],
        default=ReviewState.OPEN.value,
    )
    changed_because = models.CharField(
        max_length=400,
        blank=True,
        help_text="Why the text was last replaced and earlier answers fell, in words.",
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    amends = models.ForeignKey(
        "consent.Grant",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="amendments",
        help_text="The agreement of which a changed part is put to the stewards.",
    )
    assigned_to = models.ForeignKey(
        "governance.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who looks after it; it gives her no more say.",
    )
    acknowledged_at = models.DateTimeField(
        null=True, blank=True, help_text="When the researcher was told that somebody looks at it."
    )
    completeness = models.CharField(
        max_length=12, blank=True, choices=[(c.value, c.value) for c in Completeness]
    )
    completeness_note = models.CharField(max_length=1000, blank=True)
    completeness_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    completeness_at = models.DateTimeField(null=True, blank=True)
    sent_back_because = models.CharField(
        max_length=2000, blank=True, help_text="What should change; the researcher reads it."
    )
    sent_back_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                name="review_open_once",
                fields=["revision", "community", "dataset"],
                condition=models.Q(state="open"),
            ),
            models.CheckConstraint(
                name="review_state_known",
                condition=models.Q(state__in=[s.value for s in ReviewState]),
            ),
            models.CheckConstraint(
                name="review_decided_has_time",
                condition=models.Q(state="open", decided_at__isnull=True)
                | ~models.Q(state="open") & models.Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"review by {self.community} ({self.state})"


class ConditionWish(models.Model):
    """A condition that one steward asks for. It binds nobody until it stands in a signed text."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="wishes")
    membership = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    text = models.CharField(max_length=400)
    wished_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"wish {self.pk} on review {self.review_id}"
