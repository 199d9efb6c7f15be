from django.db import models


class Charter(models.Model):
    """How a community decides, one version. In force once its statement is adopted."""

    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="charters"
    )
    number = models.PositiveIntegerField()
    statement = models.OneToOneField("governance.Statement", on_delete=models.PROTECT)
    adopted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                name="charter_number_adopted_once",
                fields=["community", "number"],
                condition=models.Q(adopted_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"charter {self.number} of {self.community}"
