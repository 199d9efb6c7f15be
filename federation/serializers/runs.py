"""Runs as a researcher may see them: never a number that tells one community from another, and
people only as bands."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consent.grants.receipts import OUTCOMES
from federation import receipt_words
from federation.labels import refusal
from federation.models import Receipt, Run
from federation.rules import RunState


class RunBrief(serializers.ModelSerializer[Run]):
    id = serializers.UUIDField(source="public_id")
    request = serializers.UUIDField(source="revision.request.public_id")
    title = serializers.CharField(source="revision.request.title")
    job = serializers.CharField(source="job.name")
    job_version = serializers.CharField(source="job.version")
    state = serializers.ChoiceField(choices=[s.value for s in RunState])
    why = serializers.CharField(help_text="In words, when it is over.")
    waiting_for = serializers.CharField(help_text="What holds it up now; else empty.")

    class Meta:
        model = Run
        fields = (
            "id",
            "request",
            "title",
            "job",
            "job_version",
            "state",
            "why",
            "waiting_for",
            "planned_at",
            "started_at",
            "ended_at",
        )


class CheckMade(serializers.Serializer[Any]):
    step = serializers.IntegerField()
    name = serializers.CharField()
    result = serializers.ChoiceField(choices=["ok", "refused"])


class ReceiptBrief(serializers.ModelSerializer[Receipt]):
    outcome = serializers.ChoiceField(choices=sorted(OUTCOMES))
    reason = serializers.SerializerMethodField(
        help_text="What the code means. The node's own words stay with its community."
    )
    code = serializers.SerializerMethodField()
    people = serializers.SerializerMethodField(
        help_text="A band such as 100-199, or 0-20; empty when no data was read."
    )
    checks = serializers.SerializerMethodField()

    class Meta:
        model = Receipt
        fields = (
            "sequence",
            "round",
            "outcome",
            "code",
            "reason",
            "people",
            "data_opened",
            "checks",
            "made_at",
        )

    def get_reason(self, receipt: Receipt) -> str:
        return str(refusal(receipt.code))

    def get_code(self, receipt: Receipt) -> str:
        return receipt_words.code_outside(receipt)

    def get_people(self, receipt: Receipt) -> str:
        return receipt_words.band_outside(receipt)

    @extend_schema_field(CheckMade(many=True))  # type: ignore[untyped-decorator]
    def get_checks(self, receipt: Receipt) -> list[dict[str, Any]]:
        return receipt_words.checks_outside(receipt)


class NodeReport(serializers.Serializer[Any]):
    community = serializers.CharField(source="site.node.community.slug")
    node = serializers.CharField(source="site.node.name")
    receipts = ReceiptBrief(many=True)


class RunOut(serializers.Serializer[Any]):
    """One run with its nodes' receipts. Made from a RunReport."""

    id = serializers.UUIDField(source="run.public_id")
    request = serializers.UUIDField(source="run.revision.request.public_id")
    title = serializers.CharField(source="run.revision.request.title")
    job = serializers.CharField(source="run.job.name")
    job_version = serializers.CharField(source="run.job.version")
    state = serializers.ChoiceField(source="run.state", choices=[s.value for s in RunState])
    why = serializers.CharField(source="run.why")
    waiting_for = serializers.CharField(source="run.waiting_for")
    planned_at = serializers.DateTimeField(source="run.planned_at")
    started_at = serializers.DateTimeField(source="run.started_at", allow_null=True)
    ended_at = serializers.DateTimeField(source="run.ended_at", allow_null=True)
    min_nodes = serializers.IntegerField(source="run.min_nodes")
    max_rounds = serializers.IntegerField(source="run.max_rounds")
    rounds_done = serializers.IntegerField()
    has_result = serializers.BooleanField()
    nodes = NodeReport(many=True, source="sites")


class ResultDocument(serializers.Serializer[Any]):
    """The model, with what it was made from."""

    run = serializers.UUIDField()
    request = serializers.UUIDField()
    request_digest = serializers.CharField()
    code = serializers.CharField(help_text="SHA-256 of the job's bundle.")
    communities = serializers.ListField(child=serializers.CharField())
    digest = serializers.CharField(help_text="SHA-256 of the result as the platform keeps it.")
    result = serializers.JSONField()
