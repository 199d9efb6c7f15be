from django.db import models


class Protocol(models.Model):
    """What a community allows and asks for, one version; immutable once adopted."""

    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="protocols"
    )
    number = models.PositiveIntegerField()
    statement = models.OneToOneField("governance.Statement", on_delete=models.PROTECT)
    adopted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                name="protocol_number_adopted_once",
                fields=["community", "number"],
                condition=models.Q(adopted_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"protocol {self.number} of {self.community}"
