import uuid

from django.conf import settings
from django.db import models

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
    bodies = models.JSONField(default=list, help_text="Bodies this person sits in, e.g. board.")
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(null=True, blank=True)

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
    token_digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
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
