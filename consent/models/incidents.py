"""When something went wrong, and whom a community does not want to hear from again."""

import uuid

from django.conf import settings
from django.db import models

from consent.rules import BlockKind, IncidentState, Severity


class Incident(models.Model):
    """Something that went wrong or a complaint, with a clock (R-57). The clock only reminds."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(
        "consent.TrainingRequest",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="incidents",
        help_text="The request concerned, if it is about one.",
    )
    title = models.CharField(max_length=160)
    what = models.TextField(max_length=4000)
    happened_on = models.DateField()
    severity = models.CharField(max_length=8, choices=[(s.value, s.value) for s in Severity])
    contact = models.CharField(max_length=200, help_text="Who answers questions about it.")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reported_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(
        max_length=8,
        choices=[(s.value, s.value) for s in IncidentState],
        default=IncidentState.OPEN.value,
    )
    answer_due_at = models.DateTimeField()
    close_due_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"incident {self.title} ({self.state})"


class IncidentCommunity(models.Model):
    """A community that is concerned: told at once, and done with only by its own word."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="concerned")
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="incidents"
    )
    told_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="incident_community_once", fields=["incident", "community"]
            )
        ]

    def __str__(self) -> str:
        return f"incident {self.incident_id} for community {self.community_id}"


class IncidentEntry(models.Model):
    """One thing said or done about an incident.

    With ``community`` it is kept to that community, and sealed; without, all who are concerned
    read it. ``seat`` is the one it was written from; empty for researchers.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="entries")
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    seat = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=4000, blank=True, help_text="Only of what all read.")
    sealed = models.BinaryField(null=True, help_text="Only of what one community reads.")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="incident_entry_private_is_sealed",
                condition=models.Q(community__isnull=True, sealed__isnull=True) & ~models.Q(text="")
                | models.Q(
                    community__isnull=False,
                    seat__isnull=False,
                    sealed__isnull=False,
                    text="",
                ),
            )
        ]

    def __str__(self) -> str:
        return f"entry {self.pk} on incident {self.incident_id}"


class Block(models.Model):
    """A person or an institution whose requests a community does not take."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="blocks"
    )
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in BlockKind])
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=254, blank=True)
    orcid = models.CharField(max_length=19, blank=True)
    ror = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=400, help_text="For the community only.")
    made_by = models.ForeignKey("governance.Membership", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    lifted_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="block_names_something",
                condition=~models.Q(email="")
                | ~models.Q(orcid="")
                | ~models.Q(ror="")
                | models.Q(kind="institution"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.community} blocks {self.name}"
