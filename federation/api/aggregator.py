"""Where the aggregator hands in the models that runs made."""

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from federation.actions import results
from federation.api.described import described
from federation.api.refusals import TooLong, as_problems
from federation.serializers.machines import ResultIn, ResultOut


@dataclass(frozen=True)
class Aggregator:
    """The aggregator in the place where a view finds its user."""

    pk: str = "aggregator"
    is_authenticated: bool = True
    is_active: bool = True


class AggregatorToken(BaseAuthentication):
    """Let in who shows the token of the settings. Without one there, nobody is let in."""

    def authenticate(self, request: Request) -> tuple[Aggregator, None]:
        scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
        wanted = settings.KINHOLD_AGGREGATOR_TOKEN
        if not wanted or scheme.lower() != "bearer" or not _same(shown.strip(), wanted):
            raise AuthenticationFailed("The aggregator's token was not accepted.")
        return Aggregator(), None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _same(shown: str, wanted: str) -> bool:
    """Compare digests: as long for a near miss as for anything else, whatever the lengths."""
    pair = [hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in (shown, wanted)]
    return hmac.compare_digest(*pair)


class IsAggregator(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, Aggregator)


class AggregatorScheme(OpenApiAuthenticationExtension):
    target_class = "federation.api.aggregator.AggregatorToken"
    name = "aggregator"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "KINHOLD_AGGREGATOR_TOKEN"}


class AggregatorResults(APIView):
    authentication_classes = (AggregatorToken,)
    permission_classes = (IsAggregator,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "node"

    @described(
        operation_id="aggregator_results",
        tags=["aggregator"],
        request=ResultIn,
        responses={200: ResultOut, 201: ResultOut},
    )
    def post(self, request: Request) -> Response:
        """Take a run's model in. Sent again, it changes nothing and the answer is 200."""
        if len(request._request.body) > results.MAX_RESULT_BYTES:
            raise TooLong(f"A result has at most {results.MAX_RESULT_BYTES} bytes.")
        sent = ResultIn(data=request.data)
        sent.is_valid(raise_exception=True)
        with as_problems():
            taken = results.take(
                run=sent.validated_data["run"],
                flower_run=int(sent.validated_data["flower_run"]),
                result=sent.validated_data["result"],
            )
        return Response(
            {"run": sent.validated_data["run"], "digest": taken.result.digest},
            status=status.HTTP_201_CREATED if taken.created else status.HTTP_200_OK,
        )
