import uuid

from django.db import models


class Delegation(models.Model):
    """A resolution by which one steward may decide some requests alone, for a time.

    In force once its statement is adopted by the rule for grants. Nodes read the statement.
    """

    public_id = models.UUIDField(
        default=uuid.uuid4, unique=True, editable=False, help_text="The id inside the statement."
    )
    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="delegations"
    )
    statement = models.OneToOneField(
        "governance.Statement", on_delete=models.PROTECT, related_name="delegation"
    )
    delegate = models.ForeignKey(
        "governance.Membership", on_delete=models.PROTECT, related_name="delegations"
    )
    not_after = models.DateTimeField()
    max_grants = models.PositiveIntegerField()
    adopted_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True, help_text="One steward can stop it.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"delegation {self.public_id} of {self.community}"
