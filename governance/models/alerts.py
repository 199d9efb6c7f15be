"""What is told to people outside the pages: that something waits, and nothing of what it is."""

from django.conf import settings
from django.db import models

from governance.rules import Channel, Pace


class AlertChoice(models.Model):
    """How one person wants to be told. Without a row: by e-mail, at once."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alert_choice"
    )
    channel = models.CharField(
        max_length=10, choices=[(c.value, c.value) for c in Channel], default=Channel.EMAIL.value
    )
    pace = models.CharField(
        max_length=10, choices=[(p.value, p.value) for p in Pace], default=Pace.AT_ONCE.value
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="alert_choice_known",
                condition=models.Q(channel__in=[c.value for c in Channel])
                & models.Q(pace__in=[p.value for p in Pace]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel}, {self.pace}, for user {self.user_id}"


class Alert(models.Model):
    """One thing to tell one person, written with the act it tells of and sent after its commit.

    ``key`` names the occasion, so that nobody is told twice of one. It holds no sensitive content
    and leaves the platform in no mail.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alerts"
    )
    community = models.ForeignKey(
        "governance.Community",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
        help_text="Whose quiet times hold it back; empty for researchers.",
    )
    key = models.CharField(max_length=160, help_text="The occasion, e.g. review:<uuid>:opened.")
    path = models.CharField(max_length=300, help_text="The page it leads to, after signing in.")
    made_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(
        null=True, blank=True, help_text="When a worker took it up, before it spoke to a server."
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(
        null=True, blank=True, help_text="For letters: when somebody took it along."
    )
    handed_over_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="alert_once", fields=["user", "key"]),
        ]
        indexes = [
            models.Index(
                name="alert_waiting",
                fields=["user"],
                condition=models.Q(
                    sent_at__isnull=True, given_up_at__isnull=True, handed_over_at__isnull=True
                ),
            )
        ]

    def __str__(self) -> str:
        return f"alert {self.pk} for user {self.user_id}"
