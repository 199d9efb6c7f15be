"""Conditions as scripts read and sign them."""

from typing import Any

from rest_framework import serializers

from consent.grants.codec import MAX_STATEMENT_BYTES, unb64u
from consent.grants.errors import Malformed
from federation.serializers.drafts import Closed
from governance.actions.statements import Assertion

_PARTS = ("credential_id", "authenticator_data", "client_data_json", "signature")


class ToAcceptOut(serializers.Serializer[Any]):
    """What a passkey or security key of your account is to sign."""

    text = serializers.CharField(help_text="The exact text. Send it back as it is.")
    challenge = serializers.CharField(help_text="What the key signs, in base64url: 32 bytes.")
    credentials = serializers.ListField(
        child=serializers.CharField(), help_text="Ids of your passkeys, in base64url."
    )
    rp_id = serializers.CharField(help_text="The relying party id that your keys are for.")
    origin = serializers.CharField(help_text="The origin that must stand in the client data.")
    until = serializers.DateTimeField(help_text="After this the text is too old; ask anew.")


class _Bytes(serializers.CharField):
    """Bytes in base64url without padding."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return unb64u(super().to_internal_value(data))
        except Malformed as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal


class AcceptanceIn(Closed):
    """The text, and the WebAuthn assertion over its challenge, user verification included."""

    text = serializers.CharField(max_length=MAX_STATEMENT_BYTES, trim_whitespace=False)
    credential_id = _Bytes(max_length=1400)
    authenticator_data = _Bytes(max_length=1400)
    client_data_json = _Bytes(max_length=5500)
    signature = _Bytes(max_length=1400)

    def text_bytes(self) -> bytes:
        text: str = self.validated_data["text"]
        return text.encode()

    def assertion(self) -> Assertion:
        """Return the signature of a valid message."""
        return Assertion(**{name: self.validated_data[name] for name in _PARTS})
