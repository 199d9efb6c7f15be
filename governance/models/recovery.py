"""What is kept when a passkey is lost or stolen."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class WayBack(models.Model):
    """A link by which one person who lost her passkey makes a new one. Only digests are kept.

    It opens nothing by itself: a code that was sent to her mail address goes with it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ways_back"
    )
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="ways_back"
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    token_digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    code_digest = models.CharField(max_length=64, blank=True, help_text="Of the last code sent.")
    code_expires_at = models.DateTimeField(null=True, blank=True)
    codes_sent = models.PositiveSmallIntegerField(default=0)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="way_back_never_for_oneself",
                condition=~models.Q(user=models.F("issued_by")),
            ),
            models.UniqueConstraint(
                name="way_back_one_at_a_time",
                fields=["user", "community"],
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"way back for user {self.user_id}"


class StoppedPasskey(models.Model):
    """A passkey that somebody reported as stolen: it signs no ballot and opens no session.

    It is taken off the account and kept aside here, so that a false report can be undone.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stopped_passkeys"
    )
    community = models.ForeignKey(
        "governance.Community",
        on_delete=models.PROTECT,
        related_name="stopped_passkeys",
        help_text="Where it was reported; its stewards can undo the report.",
    )
    credential_id = models.BinaryField()
    kept_aside = models.JSONField(
        default=dict, help_text="The account's record of it; empty if it was not on the account."
    )
    reason = models.CharField(max_length=400)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reported_at = models.DateTimeField(default=timezone.now)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="stopped_passkey_once",
                fields=["credential_id"],
                condition=models.Q(lifted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="stopped_passkey_lifted_by_somebody",
                condition=models.Q(lifted_by__isnull=True, lifted_at__isnull=True)
                | models.Q(lifted_by__isnull=False, lifted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"stopped passkey of user {self.user_id}"
