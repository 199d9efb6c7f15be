import uuid

from django.db import models

from consent.rules import NoticeKind


class Notice(models.Model):
    """A signed stop or go: revocation, pause or resume. Open until its rule is met."""

    public_id = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="The id inside the statement."
    )
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="notices"
    )
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in NoticeKind])
    statement = models.OneToOneField(
        "governance.Statement", on_delete=models.PROTECT, related_name="notice"
    )
    grant = models.ForeignKey(
        "consent.Grant",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        help_text="The grant concerned; empty when a pause covers everything.",
    )
    delegation = models.ForeignKey(
        "governance.Delegation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
        help_text="The delegation that a pause stops, if it stops one.",
    )
    lifts = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="lifted_by")
    reason = models.CharField(max_length=400, blank=True)
    signed_text = models.TextField(
        blank=True, help_text="Statement and ballots as nodes receive them, once in force."
    )
    in_force_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="notice_kind_known",
                condition=models.Q(kind__in=[k.value for k in NoticeKind]),
            ),
            models.CheckConstraint(
                name="notice_in_force_has_text",
                condition=models.Q(in_force_at__isnull=True, signed_text="")
                | models.Q(in_force_at__isnull=False) & ~models.Q(signed_text=""),
            ),
            models.CheckConstraint(
                name="notice_revocation_names_grant",
                condition=~models.Q(kind="revocation") | models.Q(grant__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.community}"


class NoticesList(models.Model):
    """The newest list of notices of one community, as its nodes fetch it."""

    community = models.OneToOneField(
        "governance.Community", on_delete=models.PROTECT, related_name="notices_list"
    )
    sequence = models.PositiveBigIntegerField(default=0)
    text = models.TextField(blank=True)
    signature = models.CharField(max_length=100, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"notices {self.sequence} of {self.community}"
