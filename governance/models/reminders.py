from django.db import models


class Reminder(models.Model):
    """That a steward was reminded of a text, so that nobody is reminded of it twice."""

    statement = models.ForeignKey(
        "governance.Statement", on_delete=models.PROTECT, related_name="reminders"
    )
    membership = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    after_days = models.PositiveIntegerField(help_text="Days without an answer: 7, 14, 28, ...")
    sent_on = models.DateField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                name="reminder_once", fields=["statement", "membership", "after_days"]
            )
        ]

    def __str__(self) -> str:
        return f"reminder of statement {self.statement_id} after {self.after_days} days"
