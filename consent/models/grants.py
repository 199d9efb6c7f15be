from django.conf import settings
from django.db import models

from consent.rules import GrantState, Keeping


class Grant(models.Model):
    """A community's yes: the signed statement, with a few fields copied out for look-ups.

    The node reads the statement and its ballots, never these copies.
    """

    public_id = models.UUIDField(unique=True, help_text="The id inside the signed statement.")
    review = models.OneToOneField("consent.Review", on_delete=models.PROTECT, related_name="grant")
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="grants"
    )
    statement = models.OneToOneField(
        "governance.Statement", on_delete=models.PROTECT, related_name="grant"
    )
    delegation = models.ForeignKey(
        "governance.Delegation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        help_text="The delegation that it rests on; empty when the stewards decided together.",
    )
    signed_text = models.TextField(help_text="Statement and ballots as nodes receive them.")
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    state = models.CharField(max_length=24, choices=[(s.value, s.value) for s in GrantState])
    granted_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acceptance = models.TextField(
        blank=True,
        help_text="The conditions as the researcher signed them: text and signature, as JSON.",
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-granted_at"]
        constraints = [
            models.CheckConstraint(
                name="grant_state_known",
                condition=models.Q(state__in=[s.value for s in GrantState]),
            ),
            models.CheckConstraint(
                name="grant_window_is_one",
                condition=models.Q(not_before__lt=models.F("not_after")),
            ),
            models.CheckConstraint(
                name="grant_revoked_has_time",
                condition=models.Q(state="revoked", revoked_at__isnull=False)
                | ~models.Q(state="revoked") & models.Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"grant {self.public_id} by {self.community} ({self.state})"


class AgreementChoice(models.Model):
    """What a community chose for a running agreement when its protocol changed.

    Without a row the agreement is kept as it was signed: that is the default.
    """

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="choices")
    protocol = models.ForeignKey(
        "governance.Protocol",
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The new version that raised the question.",
    )
    choice = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Keeping])
    chosen_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-chosen_at"]
        constraints = [
            models.UniqueConstraint(
                name="agreement_choice_once",
                fields=["grant", "protocol"],
                condition=models.Q(replaced_at__isnull=True),
            ),
            models.CheckConstraint(
                name="agreement_choice_known",
                condition=models.Q(choice__in=[c.value for c in Keeping]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.choice} grant {self.grant_id}"
