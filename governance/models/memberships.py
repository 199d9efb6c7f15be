import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from governance.rules import CommunityRole, PlatformRole


class Membership(models.Model):
    """One person's role in one community, for a time."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in CommunityRole])
    shown_name = models.CharField(
        max_length=120, help_text="The name that stands in the charter, as the person wishes it."
    )
    bodies = models.JSONField(default=list, help_text="Slugs of the bodies this person sits in.")
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(
        null=True, blank=True, help_text="End of the term; the role counts before it only."
    )
    end_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["shown_name"]
        constraints = [
            models.CheckConstraint(
                name="membership_role_known",
                condition=models.Q(role__in=[r.value for r in CommunityRole]),
            ),
            models.UniqueConstraint(
                name="membership_once_while_it_lasts",
                fields=["user", "community", "role"],
                condition=models.Q(until__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_name}, {self.role} of {self.community}"

    @property
    def steward_id(self) -> str:
        """The identifier of this steward in charters; stable, says nothing about the person."""
        return f"st-{self.public_id.hex[:16]}"

    @property
    def last_day(self) -> date | None:
        """The last day on which the role counts: ``until`` is the moment after it."""
        return (self.until - timedelta(microseconds=1)).date() if self.until else None


class Invitation(models.Model):
    """A link that lets one named person in, once, before a date. Only its digest is kept."""

    email = models.EmailField()
    name = models.CharField(max_length=120)
    platform_role = models.CharField(
        max_length=20, choices=[(r.value, r.value) for r in PlatformRole]
    )
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, null=True, blank=True
    )
    community_role = models.CharField(
        max_length=20, blank=True, choices=[(r.value, r.value) for r in CommunityRole]
    )
    bodies = models.JSONField(default=list, help_text="Slugs of the bodies to sit in.")
    term_until = models.DateTimeField(null=True, blank=True, help_text="End of the role's term.")
    token_digest = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_community_has_role",
                condition=models.Q(community__isnull=True, community_role="")
                | models.Q(community__isnull=False) & ~models.Q(community_role=""),
            )
        ]

    def __str__(self) -> str:
        return f"invitation for {self.email}"


class Absence(models.Model):
    """A time in which a person is away: shown to the others, and no reminder is sent."""

    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="absences")
    starts = models.DateField()
    ends = models.DateField(help_text="The last day away.")
    note = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Set when she is back early.")

    class Meta:
        ordering = ["starts"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_start", condition=models.Q(ends__gte=models.F("starts"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership} away from {self.starts} to {self.ends}"
