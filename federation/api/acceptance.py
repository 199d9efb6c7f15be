"""Accepting conditions in two steps: read the text and its challenge, send back the signature."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions import acceptance
from consent.models import Grant
from consent.queries import grants_of_applicant
from consent.queries.acceptance import to_accept
from consent.rules import GrantState, GrantVerb, next_grant_state
from federation.api.described import described
from federation.api.own import ResearcherView, caller, own_request
from federation.queries.reports import report_of_request
from federation.serializers.acceptance import AcceptanceIn, ToAcceptOut
from federation.serializers.requests import RequestOut

TAGS = ["requests"]


class AcceptConditions(ResearcherView):
    scope = "requests:read"
    write_scope = "requests:write"

    @described(operation_id="requests_conditions", tags=TAGS, responses=ToAcceptOut)
    def get(self, request: Request, request_id: UUID, grant_id: UUID) -> Response:
        """The text to sign, with which you accept every condition of one community's grant."""
        grant = _own_grant(request, request_id, grant_id)
        next_grant_state(GrantState(grant.state), GrantVerb.ACCEPT)
        text = to_accept(grant, caller(request), at=timezone.now())
        return Response(ToAcceptOut(text).data)

    @described(
        operation_id="requests_accept_conditions",
        tags=TAGS,
        request=AcceptanceIn,
        responses=RequestOut,
    )
    def post(self, request: Request, request_id: UUID, grant_id: UUID) -> Response:
        """Accept every condition, by the signature of a passkey of your account."""
        grant = _own_grant(request, request_id, grant_id)
        sent = AcceptanceIn(data=request.data)
        sent.is_valid(raise_exception=True)
        acceptance.accept_conditions(
            grant.pk, actor=caller(request), text=sent.text_bytes(), assertion=sent.assertion()
        )
        return Response(RequestOut(report_of_request(own_request(request, request_id))).data)


def _own_grant(request: Request, request_id: UUID, grant_id: UUID) -> Grant:
    found = own_request(request, request_id)
    mine = grants_of_applicant(caller(request))
    grant = mine.filter(public_id=grant_id, review__revision__request=found).first()
    if grant is None:
        raise Http404
    return grant
