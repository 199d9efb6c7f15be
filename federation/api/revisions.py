"""Changing a request by script: begin, leave it as it was, and read what changed."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions import revisions
from consent.queries.amendments import steps_of
from consent.queries.revisions import revision_in_use
from federation.api.described import described
from federation.api.own import ResearcherView, caller, own_request
from federation.queries.reports import report_of_request
from federation.serializers.requests import RequestOut
from federation.serializers.revisions import RevisionChangesOut

TAGS = ["requests"]


class ChangeRequest(ResearcherView):
    write_scope = "requests:write"

    @described(operation_id="requests_begin_change", tags=TAGS, request=None, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Begin a change. Nothing happens to reviews and agreements before it is submitted.

        Then send the changed fields as for a draft, and submit with a note.
        """
        found = own_request(request, request_id)
        changing = revisions.change(found.pk, actor=caller(request))
        return Response(RequestOut(report_of_request(changing)).data)


class KeepRequest(ResearcherView):
    write_scope = "requests:write"

    @described(operation_id="requests_keep", tags=TAGS, request=None, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Leave the request as it was, while no community asks for changes."""
        found = own_request(request, request_id)
        kept = revisions.keep(found.pk, actor=caller(request))
        return Response(RequestOut(report_of_request(kept)).data)


class RequestRevisions(ResearcherView):
    scope = "requests:read"

    @described(
        operation_id="requests_revisions",
        tags=TAGS,
        responses={200: RevisionChangesOut(many=True)},
    )
    def get(self, request: Request, request_id: UUID) -> Response:
        """Everything that was submitted, oldest first, each with what differs from the last."""
        found = own_request(request, request_id)
        used = revision_in_use(found)
        rows: list[dict[str, Any]] = [
            {"revision": revision, "in_use": revision == used, "changes": differences}
            for revision, differences in steps_of(found)
        ]
        return Response(RevisionChangesOut(rows, many=True).data)
