import uuid

from django.db import models

from consent.grants.statements import Answer


class MeetingRecord(models.Model):
    """What a meeting decided, written down by one and confirmed by another.

    It decides nothing: nodes need the signatures of the stewards who were there, each made on her
    own device. ``docs/adr`` says how the two go together.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    review = models.ForeignKey("consent.Review", on_delete=models.PROTECT, related_name="meetings")
    statement = models.ForeignKey(
        "governance.Statement",
        on_delete=models.PROTECT,
        related_name="meetings",
        help_text="The text that lay before the meeting.",
    )
    held_on = models.DateField()
    place = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=35, blank=True, help_text="BCP 47 tag.")
    stewards = models.ManyToManyField(
        "governance.Membership", blank=True, related_name="+", help_text="Stewards who were there."
    )
    others = models.CharField(max_length=1000, blank=True, help_text="Others, by name.")
    people = models.PositiveIntegerField(help_text="How many people were there in all.")
    answer = models.CharField(max_length=24, choices=[(a.value, a.value) for a in Answer])
    how = models.TextField(help_text="How it was decided, in words.")
    dissent = models.BinaryField(null=True, help_text="Sealed: for the community alone.")
    scan = models.CharField(max_length=200, blank=True, help_text="Stored name of scan or audio.")
    scan_type = models.CharField(max_length=80, blank=True)
    scan_name = models.CharField(max_length=160, blank=True)
    scan_size = models.PositiveIntegerField(default=0, help_text="Bytes.")
    scan_digest = models.CharField(max_length=64, blank=True)
    written_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    dropped_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="meeting_confirmed_by_another",
                condition=models.Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False)
                & ~models.Q(confirmed_by=models.F("written_by")),
            ),
            models.CheckConstraint(
                name="meeting_confirmed_or_dropped",
                condition=models.Q(confirmed_at__isnull=True) | models.Q(dropped_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"meeting of {self.held_on} on review {self.review_id}"
