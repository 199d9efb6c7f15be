"""Files, letters of ethics boards and people of a request, as scripts send and read them."""

from typing import Any

from rest_framework import serializers

from consent.actions.attachments import EVIDENCE, MAX_TITLE
from consent.actions.ethics import MAX_BOARD, MAX_NUMBER, Wanted
from consent.rules import AttachmentKind
from federation.serializers.drafts import Closed

KINDS = [kind.value for kind in AttachmentKind if kind not in EVIDENCE]
STATES = ["accepted", "declined", "asked", "on its way", "not asked"]


class AttachmentIn(Closed):
    kind = serializers.ChoiceField(choices=KINDS)
    title = serializers.CharField(max_length=MAX_TITLE)
    upload = serializers.FileField(
        help_text="PDF, PNG, JPEG, plain text, MP3, OGG, M4A or WAV; at most 5 MB."
    )


class AttachmentOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.ChoiceField(choices=[kind.value for kind in AttachmentKind])
    title = serializers.CharField()
    name = serializers.CharField(source="file_name")
    content_type = serializers.CharField(help_text="By the content, not as it was sent.")
    size = serializers.IntegerField(help_text="Bytes.")
    digest = serializers.CharField(help_text="SHA-256 of the content.")
    uploaded_at = serializers.DateTimeField()


class ApprovalIn(Closed):
    board = serializers.CharField(max_length=MAX_BOARD)
    number = serializers.CharField(max_length=MAX_NUMBER)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(help_text="The last day on which it counts.")
    upload = serializers.FileField(
        required=False, help_text="The letter. A renewal needs it. At most 5 MB."
    )

    def wanted(self) -> Wanted:
        sent = self.validated_data
        return Wanted(
            board=sent["board"],
            number=sent["number"],
            valid_from=sent["valid_from"],
            valid_until=sent["valid_until"],
            upload=sent.get("upload"),
        )


class ApprovalOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    board = serializers.CharField()
    number = serializers.CharField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField()
    letter = serializers.UUIDField(
        source="letter.public_id", allow_null=True, default=None, help_text="An attachment."
    )


class PersonOut(serializers.Serializer[Any]):
    """Somebody named in the request beside its applicant."""

    id = serializers.IntegerField(
        source="row.pk", allow_null=True, default=None, help_text="Null before she is asked."
    )
    name = serializers.CharField()
    email = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    accepted_at = serializers.DateTimeField(source="row.accepted_at", allow_null=True, default=None)
