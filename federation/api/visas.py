"""Visas for machines elsewhere; nodes of Kinhold know nothing of them."""

from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions import visas
from consent.errors import NotAllowed
from federation.api.described import described
from federation.api.own import ResearcherView, caller


class VisasOut(serializers.Serializer[Any]):
    visas = serializers.ListField(
        child=serializers.CharField(),
        help_text="GA4GH visas as compact JWS, one for each community's yes that holds now.",
    )


class Visas(ResearcherView):
    scope = "requests:read"

    @described(operation_id="requests_visas", tags=["requests"], responses=VisasOut)
    def get(self, request: Request, request_id: UUID) -> Response:
        """Short-lived ControlledAccessGrants visas of your own. 404 where visas are off."""
        try:
            made = visas.issue(request_id, actor=caller(request))
        except NotAllowed as refusal:
            raise Http404 from refusal
        return Response({"visas": made}, headers={"Cache-Control": "no-store"})
