"""What communities and researchers say to each other, as a researcher's script reads it."""

from typing import Any

from rest_framework import serializers

from consent.queries.talk import Said
from consent.rules import MessageKind, ReviewState
from consent.talking import MAX_TEXT
from federation.serializers.drafts import Closed


class MessageOut(serializers.Serializer[Any]):
    """One message. A community's people write in its name; who of them did stays with it."""

    id = serializers.UUIDField()
    by = serializers.CharField(help_text="A researcher's name, or the community's.")
    from_community = serializers.BooleanField()
    kind = serializers.ChoiceField(choices=[k.value for k in MessageKind])
    text = serializers.CharField()
    written_at = serializers.DateTimeField(source="at")
    answers = serializers.SerializerMethodField(help_text="The message that this one answers.")
    awaits_answer = serializers.BooleanField(source="open")

    def get_answers(self, one: Said) -> str | None:
        return str(one.answers.id) if one.answers else None


class ReadersOut(serializers.Serializer[Any]):
    sentence = serializers.CharField(help_text="Who will read what you send.")
    mark = serializers.CharField(help_text="Send it back with your message.")


class ThreadOut(serializers.Serializer[Any]):
    """All that one community and the researchers of a request said, oldest first."""

    community = serializers.CharField(source="thread.community.slug")
    name = serializers.CharField(source="thread.community.name")
    state = serializers.ChoiceField(
        source="thread.review.state", choices=[s.value for s in ReviewState]
    )
    seen_at = serializers.DateTimeField(
        source="thread.review.acknowledged_at",
        allow_null=True,
        help_text="Since when somebody of the community looks at it.",
    )
    may_ask_how_it_stands_from = serializers.DateTimeField(
        source="thread.next_nudge", help_text="While it is open."
    )
    readers = ReadersOut()
    messages = MessageOut(source="thread.said", many=True)


class MessageIn(Closed):
    text = serializers.CharField(max_length=MAX_TEXT)
    readers = serializers.CharField(
        help_text="The mark of the readers whom you were shown. If others would read it by now, "
        "it is not sent (409)."
    )
    question = serializers.BooleanField(
        default=False, help_text="Whether you ask for an answer. Of no use with `answers`."
    )
    answers = serializers.UUIDField(
        required=False, allow_null=True, help_text="The question that you answer."
    )
