"""Incidents as scripts report and follow them."""

from typing import Any

from rest_framework import serializers

from consent.actions.incidents import MAX_CONTACT, MAX_TEXT, MAX_TITLE
from consent.rules import IncidentState, Severity
from federation.serializers.drafts import Closed


class IncidentIn(Closed):
    title = serializers.CharField(max_length=MAX_TITLE)
    what = serializers.CharField(max_length=MAX_TEXT)
    happened_on = serializers.DateField()
    severity = serializers.ChoiceField(choices=[severity.value for severity in Severity])
    contact = serializers.CharField(
        max_length=MAX_CONTACT, help_text="Who answers questions, and how she is reached."
    )
    communities = serializers.ListField(
        child=serializers.CharField(max_length=40),
        allow_empty=False,
        help_text="Short names of communities that the request asked; each is told at once.",
    )


class ConcernedOut(serializers.Serializer[Any]):
    community = serializers.CharField(source="community.slug")
    told_at = serializers.DateTimeField()
    seen_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)


class EntryOut(serializers.Serializer[Any]):
    by = serializers.CharField(help_text="A researcher's name, or a community's.")
    at = serializers.DateTimeField()
    text = serializers.CharField()


class IncidentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="incident.public_id")
    title = serializers.CharField(source="incident.title")
    what = serializers.CharField(source="incident.what")
    happened_on = serializers.DateField(source="incident.happened_on")
    severity = serializers.ChoiceField(
        source="incident.severity", choices=[severity.value for severity in Severity]
    )
    contact = serializers.CharField(source="incident.contact")
    state = serializers.ChoiceField(
        source="incident.state", choices=[state.value for state in IncidentState]
    )
    reported_by = serializers.CharField(source="incident.reported_by.name")
    reported_at = serializers.DateTimeField(source="incident.reported_at")
    concerned = ConcernedOut(source="incident.concerned.all", many=True)
    entries = EntryOut(source="lines", many=True)
