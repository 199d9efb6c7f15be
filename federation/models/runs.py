import uuid

from django.db import models

from federation.rules import RunState


class Run(models.Model):
    """One sending of one job to the nodes of the communities that said yes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    revision = models.ForeignKey(
        "consent.RequestRevision", on_delete=models.PROTECT, related_name="runs"
    )
    job = models.ForeignKey("federation.JobVersion", on_delete=models.PROTECT, related_name="+")
    config = models.JSONField(help_text="Run configuration as sent, node list excepted.")
    min_nodes = models.PositiveIntegerField()
    max_rounds = models.PositiveIntegerField()
    state = models.CharField(
        max_length=20,
        choices=[(s.value, s.value) for s in RunState],
        default=RunState.PLANNED.value,
    )
    why = models.TextField(blank=True, help_text="In words, when it is over.")
    waiting_for = models.TextField(
        blank=True, help_text="What holds it up now, in words; empty when nothing does."
    )
    flower_run = models.DecimalField(max_digits=20, decimal_places=0, null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    stop_reason = models.CharField(max_length=400, blank=True)
    planned_at = models.DateTimeField(auto_now_add=True)
    sending_at = models.DateTimeField(
        null=True, blank=True, help_text="When a worker last took it up to send it."
    )
    started_at = models.DateTimeField(null=True, blank=True)
    flower_ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When Flower was first seen to have ended its side."
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-planned_at"]
        constraints = [
            models.UniqueConstraint(name="run_flower_once", fields=["flower_run"]),
            models.CheckConstraint(
                name="run_state_known",
                condition=models.Q(state__in=[s.value for s in RunState]),
            ),
            # Two workers that plan at once: the database lets one through.
            models.UniqueConstraint(
                name="run_one_open_per_revision",
                fields=["revision"],
                condition=models.Q(state__in=["planned", "sending", "running"]),
            ),
            models.CheckConstraint(
                name="run_running_has_flower_run",
                condition=~models.Q(state__in=["running", "finished", "refused"])
                | models.Q(flower_run__isnull=False),
            ),
            models.CheckConstraint(
                name="run_over_has_time_and_words",
                condition=models.Q(
                    state__in=["planned", "sending", "running"], ended_at__isnull=True
                )
                | models.Q(
                    state__in=["finished", "refused", "stopped", "failed"],
                    ended_at__isnull=False,
                )
                & ~models.Q(why=""),
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.public_id} ({self.state})"


class RunSite(models.Model):
    """One node's part in a run, and the grant it runs under."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="sites")
    node = models.ForeignKey("federation.DataNode", on_delete=models.PROTECT, related_name="+")
    grant = models.ForeignKey("consent.Grant", on_delete=models.PROTECT, related_name="run_sites")

    class Meta:
        constraints = [models.UniqueConstraint(name="run_site_once", fields=["run", "node"])]

    def __str__(self) -> str:
        return f"{self.node} in {self.run}"


class Receipt(models.Model):
    """What a node says it did with one message, signed by the node, kept as it came."""

    node = models.ForeignKey(
        "federation.DataNode", on_delete=models.PROTECT, related_name="receipts"
    )
    sequence = models.PositiveBigIntegerField()
    text = models.TextField()
    signature = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, help_text="SHA-256 of the text.")
    previous = models.CharField(
        max_length=64, blank=True, help_text="Digest of the receipt before, as the node says."
    )
    run = models.ForeignKey(
        Run, on_delete=models.PROTECT, null=True, blank=True, related_name="receipts"
    )
    flower_run = models.CharField(max_length=20, blank=True)
    round = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    reason = models.CharField(max_length=1000)
    people = models.CharField(max_length=20, blank=True)
    checks = models.JSONField(default=list)
    data_opened = models.BooleanField()
    made_at = models.DateTimeField()
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["node_id", "sequence"]
        constraints = [
            models.UniqueConstraint(name="receipt_sequence_once", fields=["node", "sequence"])
        ]

    def __str__(self) -> str:
        return f"receipt {self.sequence} of {self.node}"


class RunResult(models.Model):
    """The model that a run made, as the aggregator delivered it."""

    run = models.OneToOneField(Run, on_delete=models.PROTECT, related_name="result")
    text = models.TextField(help_text="JSON")
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"result of {self.run_id}"
