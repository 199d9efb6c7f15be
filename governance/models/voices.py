"""Clauses as a community says them itself: its own words, in its own languages, read aloud."""

import uuid

from django.db import models


class ClauseVoice(models.Model):
    """One wording of a clause of the library, in one language. Never changed; it binds nobody.

    What is signed is the text of the statement. A wording stands beside it, and is shown to the
    whole community only after a second person has confirmed it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="voices"
    )
    clause = models.CharField(max_length=40, help_text="A clause's code, such as NO_COMM.")
    language = models.CharField(max_length=35, help_text="BCP 47 tag, such as en or mi.")
    version = models.PositiveIntegerField(help_text="Counted for each clause and language.")
    text = models.TextField()
    audio = models.FileField(upload_to="voices/%Y/", blank=True)
    audio_type = models.CharField(max_length=40, blank=True)
    machine = models.BooleanField(
        default=False, help_text="Made by a translation program, in whole or in part."
    )
    written_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_because = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["clause", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="voice_version_once", fields=["community", "clause", "language", "version"]
            ),
            models.CheckConstraint(
                name="voice_confirmed_is_no_machines",
                condition=models.Q(machine=False) | models.Q(confirmed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="voice_confirmed_by_somebody",
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
            models.CheckConstraint(
                name="voice_confirmed_by_another",
                condition=models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("written_by")),
            ),
            models.CheckConstraint(
                name="voice_removed_says_why",
                condition=models.Q(removed_at__isnull=True, removed_by__isnull=True)
                | models.Q(removed_at__isnull=False, removed_by__isnull=False)
                & ~models.Q(removed_because=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause} in {self.language}, version {self.version}"
