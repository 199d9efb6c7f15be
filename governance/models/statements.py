"""The texts that a community signs together, and the signatures, kept exactly as they came."""

import uuid

from django.db import models

from governance.rules import StatementKind, StatementState


class Statement(models.Model):
    """One text put to the stewards. Its bytes never change; another text is another row."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="statements"
    )
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in StatementKind])
    text = models.TextField(help_text="Canonical JSON (RFC 8785), the bytes that are signed.")
    digest = models.CharField(max_length=64)
    charter_number = models.PositiveIntegerField(
        help_text="The charter whose rule decides; 0 for a community's first charter."
    )
    state = models.CharField(
        max_length=20,
        choices=[(s.value, s.value) for s in StatementState],
        default=StatementState.OPEN.value,
    )
    proposed_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="statement_digest_once", fields=["community", "digest"]),
            models.CheckConstraint(
                name="statement_state_known",
                condition=models.Q(state__in=[s.value for s in StatementState]),
            ),
            models.CheckConstraint(
                name="statement_kind_known",
                condition=models.Q(kind__in=[k.value for k in StatementKind]),
            ),
            models.CheckConstraint(
                name="statement_closed_has_time",
                condition=models.Q(state="open", closed_at__isnull=True)
                | ~models.Q(state="open") & models.Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]} ({self.state})"


class Ballot(models.Model):
    """One steward's answer, signed on her own device; a later answer replaces an earlier one."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="ballots")
    membership = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="ballots"
    )
    answer = models.CharField(max_length=24)
    credential_id = models.BinaryField()
    authenticator_data = models.BinaryField()
    client_data_json = models.BinaryField()
    signature = models.BinaryField()
    comment = models.TextField(blank=True, help_text="For the community only.")
    cast_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["cast_at"]
        constraints = [
            models.UniqueConstraint(
                name="ballot_one_in_force_per_steward",
                fields=["statement", "membership"],
                condition=models.Q(replaced_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"ballot of membership {self.membership_id} on statement {self.statement_id}"
