"""What the API's description says about tokens and problem documents."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "governance.api_tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token from /account/tokens/"}


class Problem(serializers.Serializer):
    """An error (RFC 9457). ``code`` stays the same; ``detail`` is a sentence for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.DictField(required=False)  # type: ignore[assignment]  # its name in JSON


# For ``extend_schema(responses={200: ..., **PROBLEMS})``.
PROBLEMS: dict[Any, Any] = {
    (status, "application/problem+json"): Problem for status in (400, 401, 403, 404, 409, 429)
}
