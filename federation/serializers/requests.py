"""Requests: the form as scripts send it, and what a researcher reads of her own."""

from typing import Any

from rest_framework import serializers

from consent.models import TrainingRequest
from consent.precheck import Verdict
from consent.rules import GrantState, RequestState, ReviewState
from federation.serializers.revisions import AskedChangeOut


class RequestBrief(serializers.ModelSerializer[TrainingRequest]):
    id = serializers.UUIDField(source="public_id")
    state = serializers.ChoiceField(choices=[s.value for s in RequestState])

    class Meta:
        model = TrainingRequest
        fields = ("id", "title", "state", "created_at", "submitted_at")


class SaidByOut(serializers.Serializer[Any]):
    """What one community answered. Who signed what stays with the community."""

    community = serializers.CharField()
    name = serializers.CharField(source="community_name")
    dataset = serializers.CharField()
    said = serializers.ChoiceField(choices=[s.value for s in ReviewState])
    decided_at = serializers.DateTimeField(allow_null=True)
    grant = serializers.UUIDField(source="grant_id", allow_null=True)
    grant_state = serializers.ChoiceField(choices=[s.value for s in GrantState], allow_null=True)
    conditions = serializers.ListField(child=serializers.CharField())
    awaits_acceptance = serializers.BooleanField()
    wants_to_agree_anew = serializers.BooleanField(
        source="anew", help_text="Its rules changed since, and it holds new runs until it agreed."
    )


class RevisionOut(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    digest = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    note = serializers.CharField(help_text="What changed and why; empty for the first.")
    text = serializers.CharField(help_text="What the communities read, word for word: JSON.")


class RequestOut(serializers.Serializer[Any]):
    """One request with all that its applicant may know. Made from a RequestReport."""

    id = serializers.UUIDField(source="request.public_id")
    title = serializers.CharField(source="request.title")
    state = serializers.ChoiceField(source="request.state", choices=[s.value for s in RequestState])
    created_at = serializers.DateTimeField(source="request.created_at")
    submitted_at = serializers.DateTimeField(source="request.submitted_at", allow_null=True)
    draft = serializers.JSONField(source="request.draft", help_text="The form as last saved.")
    revision = RevisionOut(allow_null=True)
    communities = SaidByOut(many=True)
    asked_changes = AskedChangeOut(source="asked", many=True)
    in_use = serializers.IntegerField(
        source="in_use.number",
        default=None,
        allow_null=True,
        help_text="Number of the revision by which runs go; null before any yes.",
    )
    changed = serializers.CharField(
        help_text="Why the newest revision waits while runs go by an older one; else empty."
    )
    can_start = serializers.BooleanField(help_text="Whether a run may be started now.")
    why_not = serializers.CharField(help_text="Why no run can be started now; else empty.")


class CheckOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    rule = serializers.CharField()
    verdict = serializers.ChoiceField(choices=[v.value for v in Verdict])
    sentence = serializers.CharField()


class PrecheckedProtocol(serializers.Serializer[Any]):
    line = serializers.CharField()
    title = serializers.CharField()
    number = serializers.IntegerField()


class PrecheckOut(serializers.Serializer[Any]):
    community = serializers.CharField()
    name = serializers.CharField(source="community_name")
    dataset = serializers.CharField(source="dataset.slug")
    protocol = PrecheckedProtocol()
    overall = serializers.ChoiceField(
        choices=[v.value for v in Verdict], help_text="The worst of the verdicts."
    )
    checks = CheckOut(many=True)
