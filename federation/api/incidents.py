"""Incidents and complaints: what the pages let a researcher report and follow."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions.incidents import Report, report_on_request
from consent.errors import Incomplete
from consent.models import Incident
from consent.queries.incidents import Line, incidents_of_request, lines_for_researchers
from consent.rules import Severity
from federation.api.described import described
from federation.api.own import ResearcherView, caller, incomplete, readable_request
from federation.serializers.incidents import IncidentIn, IncidentOut

TAGS = ["incidents"]


class Incidents(ResearcherView):
    scope = "requests:read"
    write_scope = "requests:write"

    @described(operation_id="incidents_list", tags=TAGS, responses={200: IncidentOut(many=True)})
    def get(self, request: Request, request_id: UUID) -> Response:
        """What you and those who work with you reported on a request, newest first."""
        wanted = readable_request(request, request_id)
        rows = incidents_of_request(wanted)
        return Response([_told(row) for row in rows])

    @described(
        operation_id="incidents_report",
        tags=TAGS,
        request=IncidentIn,
        responses={201: IncidentOut},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Report something that went wrong. Each community named is told at once."""
        wanted = readable_request(request, request_id)
        sent = IncidentIn(data=request.data)
        sent.is_valid(raise_exception=True)
        fields = dict(sent.validated_data)
        communities = fields.pop("communities")
        severity = Severity(fields.pop("severity"))
        try:
            made = report_on_request(
                wanted.pk,
                actor=caller(request),
                report=Report(severity=severity, **fields),
                communities=communities,
            )
        except Incomplete as refusal:
            return incomplete(refusal)
        kept = incidents_of_request(wanted).get(pk=made.pk)
        return Response(_told(kept), status=status.HTTP_201_CREATED)


@dataclass(frozen=True)
class _Followed:
    """An incident and all that researchers may read of what was said about it."""

    incident: Incident
    lines: list[Line]


def _told(incident: Incident) -> dict[str, Any]:
    followed = _Followed(incident, lines_for_researchers(incident))
    return dict(IncidentOut(followed).data)
