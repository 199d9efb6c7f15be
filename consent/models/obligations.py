"""What researchers owe a community after its yes, with dates, until a steward says it is done."""

import uuid

from django.conf import settings
from django.db import models

from consent.rules import ObligationKind, PublicationAnswer, PublicationKind


class Obligation(models.Model):
    """One promise. Promised, due and late are told from the date; only a steward makes it done."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    grant = models.ForeignKey("consent.Grant", on_delete=models.PROTECT, related_name="obligations")
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="obligations"
    )
    kind = models.CharField(max_length=16, choices=[(k.value, k.value) for k in ObligationKind])
    text = models.CharField(max_length=1000)
    due_on = models.DateField()
    source = models.CharField(
        max_length=60, help_text="request, clause:CODE, condition, or platform."
    )
    made_at = models.DateTimeField(auto_now_add=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    report = models.TextField(blank=True, help_text="What the researcher says she did.")
    evidence = models.ForeignKey(
        "consent.Attachment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_back_because = models.CharField(max_length=400, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    let_off_at = models.DateTimeField(null=True, blank=True)
    let_off_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    let_off_because = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="obligation_kind_known",
                condition=models.Q(kind__in=[k.value for k in ObligationKind]),
            ),
            models.CheckConstraint(
                name="obligation_done_by_somebody",
                condition=models.Q(done_at__isnull=True, done_by__isnull=True)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="obligation_done_or_let_off",
                condition=models.Q(done_at__isnull=True) | models.Q(let_off_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} due {self.due_on} on grant {self.grant_id}"


class Publication(models.Model):
    """Something that is to be made public, put to one community first (R-34).

    Time never lets it pass: late answers are reminded of, and the answer stays empty.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    grant = models.ForeignKey(
        "consent.Grant", on_delete=models.PROTECT, related_name="publications"
    )
    kind = models.CharField(max_length=12, choices=[(k.value, k.value) for k in PublicationKind])
    title = models.CharField(max_length=200)
    where = models.CharField(max_length=200, help_text="Journal, meeting or site.")
    plain_summary = models.TextField(max_length=4000)
    file = models.ForeignKey(
        "consent.Attachment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    follows = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(auto_now_add=True)
    answer_due_on = models.DateField()
    answer = models.CharField(
        max_length=16, blank=True, choices=[(a.value, a.value) for a in PublicationAnswer]
    )
    answer_text = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateField(null=True, blank=True)
    link = models.URLField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="publication_answered_by_somebody",
                condition=models.Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | ~models.Q(answer="")
                & models.Q(answered_at__isnull=False, answered_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"
