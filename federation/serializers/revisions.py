"""What a script reads and sends when a request changes."""

from typing import Any

from rest_framework import serializers

from consent.actions.revisions import MAX_NOTE
from consent.changes import Kind, Mark


class AskedChangeOut(serializers.Serializer[Any]):
    """What one community wants changed. Who of its people asked for it stays with it."""

    community = serializers.CharField()
    name = serializers.CharField(source="community_name")
    note = serializers.CharField()


class NoteIn(serializers.Serializer[Any]):
    note = serializers.CharField(
        max_length=MAX_NOTE,
        required=False,
        allow_blank=True,
        default="",
        help_text="What changed and why. Required for a change, left out for a first submission.",
    )


class SpanOut(serializers.Serializer[Any]):
    mark = serializers.ChoiceField(choices=[m.value for m in Mark])
    text = serializers.CharField(trim_whitespace=False)


class ChangeOut(serializers.Serializer[Any]):
    """One field that differs, as values and as marked words."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # what the field is called
    kind = serializers.ChoiceField(choices=[k.value for k in Kind])
    before = serializers.CharField()
    after = serializers.CharField()
    words = SpanOut(many=True)


class RevisionChangesOut(serializers.Serializer[Any]):
    """One revision, and what differs from the one before it."""

    number = serializers.IntegerField(source="revision.number")
    digest = serializers.CharField(source="revision.digest")
    submitted_at = serializers.DateTimeField(source="revision.submitted_at")
    note = serializers.CharField(source="revision.note")
    text = serializers.CharField(source="revision.text")
    in_use = serializers.BooleanField(help_text="Whether runs go by it now.")
    changes = ChangeOut(many=True)
