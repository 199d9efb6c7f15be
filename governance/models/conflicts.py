import uuid

from django.db import models


class Conflict(models.Model):
    """A conflict of interest that one steward sees in another, on one text.

    The whole community sees it, and the answer. It changes no count: only a signed recusal does.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    statement = models.ForeignKey(
        "governance.Statement", on_delete=models.PROTECT, related_name="conflicts"
    )
    about = models.ForeignKey("governance.Membership", on_delete=models.PROTECT, related_name="+")
    raised_by = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=400)
    raised_at = models.DateTimeField(auto_now_add=True)
    stepped_aside = models.BooleanField(
        null=True, help_text="None until she answers; False with a reason in ``answer``."
    )
    answer = models.CharField(max_length=400, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(name="conflict_raised_once", fields=["statement", "about"]),
            models.CheckConstraint(
                name="conflict_answered_has_time",
                condition=models.Q(stepped_aside__isnull=True, answered_at__isnull=True)
                | models.Q(stepped_aside__isnull=False, answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="conflict_denied_says_why",
                condition=~models.Q(stepped_aside=False) | ~models.Q(answer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"conflict {self.public_id} on statement {self.statement_id}"
