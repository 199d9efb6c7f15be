"""The people named in a request, for scripts."""

from uuid import UUID

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions import crew
from consent.errors import Incomplete
from consent.models import TrainingRequest
from consent.queries.crew import crew_of, crew_page
from federation.api.described import described
from federation.api.own import ResearcherView, caller, incomplete, own_request, readable_request
from federation.serializers.files import PersonOut

TAGS = ["requests"]


class People(ResearcherView):
    scope = "requests:read"
    write_scope = "requests:write"

    @described(operation_id="people_list", tags=TAGS, responses={200: PersonOut(many=True)})
    def get(self, request: Request, request_id: UUID) -> Response:
        """Who is named beside the applicant, and whether each took the terms on."""
        return _told(readable_request(request, request_id))

    @described(
        operation_id="people_invite",
        tags=TAGS,
        request=None,
        responses={200: PersonOut(many=True)},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Ask everybody named now, before it is submitted. Each gets a link by mail."""
        found = own_request(request, request_id)
        try:
            crew.invite_now(found.pk, actor=caller(request))
        except Incomplete as refusal:
            return incomplete(refusal)
        return _told(found)


class InvitePersonAnew(ResearcherView):
    write_scope = "requests:write"

    @described(
        operation_id="people_invite_anew",
        tags=TAGS,
        request=None,
        responses={200: PersonOut(many=True)},
    )
    def post(self, request: Request, request_id: UUID, person_id: int) -> Response:
        """Send one person a new link; the one before works no more. Once an hour at most."""
        found = own_request(request, request_id)
        person = crew_of(found).filter(pk=person_id).first()
        if person is None:
            raise Http404
        crew.send_anew(person.pk, actor=caller(request))
        return _told(found)


def _told(request: TrainingRequest) -> Response:
    return Response(PersonOut(crew_page(request), many=True).data)
