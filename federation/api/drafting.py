"""What a request begins with for scripts: an older one of one's own, and the terms."""

from uuid import UUID

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions import drafting
from consent.terms import TERMS, TERMS_DIGEST
from federation.api.described import described
from federation.api.own import ResearcherView, caller, own_request
from federation.queries.reports import report_of_request
from federation.serializers.drafts import TermsOut
from federation.serializers.requests import RequestOut

TAGS = ["requests"]


class CopyRequest(ResearcherView):
    write_scope = "requests:write"

    @described(operation_id="requests_copy", tags=TAGS, request=None, responses={201: RequestOut})
    def post(self, request: Request, request_id: UUID) -> Response:
        """Begin a new draft with the answers of one of your own requests, whatever its state.

        Files, letters of ethics boards, what others took on and the terms stay with the old one.
        """
        old = own_request(request, request_id)
        made = drafting.copy_as_new(old.pk, actor=caller(request))
        told = RequestOut(report_of_request(made)).data
        return Response(told, status=status.HTTP_201_CREATED)


class Terms(ResearcherView):
    scope = "requests:read"

    @described(operation_id="requests_terms", tags=TAGS, responses=TermsOut)
    def get(self, request: Request) -> Response:
        """What everybody named in a request takes on. Submitting one needs the digest."""
        return Response(TermsOut({"digest": TERMS_DIGEST, "sentences": TERMS}).data)
