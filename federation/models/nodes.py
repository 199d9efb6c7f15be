from django.db import models

from governance.rules import NodeState


class DataNode(models.Model):
    """A community's own machine, known by two public keys that it made itself."""

    community = models.ForeignKey(
        "governance.Community", on_delete=models.PROTECT, related_name="nodes"
    )
    name = models.SlugField(max_length=60)
    receipt_key = models.CharField(max_length=60, unique=True, help_text="Ed25519, base64url.")
    supernode_key = models.TextField(unique=True, help_text="OpenSSH public key line.")
    flower_node = models.DecimalField(
        max_digits=20,
        decimal_places=0,
        null=True,
        blank=True,
        help_text="The number that Flower gave it when it was registered.",
    )
    state = models.CharField(
        max_length=20,
        choices=[(s.value, s.value) for s in NodeState],
        default=NodeState.ENROLLED.value,
    )
    trouble = models.CharField(
        max_length=400, blank=True, help_text="Why Flower did not take it, in words."
    )
    enrolled_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(name="node_name_once", fields=["community", "name"]),
            models.UniqueConstraint(name="node_flower_once", fields=["flower_node"]),
            models.CheckConstraint(
                name="node_state_known",
                condition=models.Q(state__in=[s.value for s in NodeState]),
            ),
            models.CheckConstraint(
                name="node_retired_has_time",
                condition=models.Q(state="retired", retired_at__isnull=False)
                | ~models.Q(state="retired") & models.Q(retired_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community.slug}/{self.name}"
