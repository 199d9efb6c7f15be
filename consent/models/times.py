from django.db import models


class ReviewTimes(models.Model):
    """How long a community gives itself and others, in days. Timers remind; none decides.

    Without a row the defaults of ``consent.times`` hold.
    """

    community = models.OneToOneField(
        "governance.Community", on_delete=models.PROTECT, related_name="review_times"
    )
    acknowledge = models.PositiveSmallIntegerField(help_text="Working days until somebody looked.")
    completeness = models.PositiveSmallIntegerField(help_text="Working days for the first check.")
    first_reminder = models.PositiveSmallIntegerField(help_text="Days of talking before one.")
    reply = models.PositiveSmallIntegerField(help_text="Days for a researcher to answer.")
    changed_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"times of community {self.community_id}"
