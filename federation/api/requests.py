"""Everything that the pages let a researcher do with her requests."""

from typing import Any
from uuid import UUID

from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions import drafting
from consent.actions import requests as drafts
from consent.drafts import mark_of
from consent.errors import Incomplete
from consent.models import TrainingRequest
from consent.queries import requests_visible_to
from federation.actions import requests, runs
from federation.api.described import described
from federation.api.filters import RequestFilter
from federation.api.own import ResearcherView, caller, incomplete, own_request, readable_request
from federation.errors import NotDispatchable
from federation.queries.reports import report_of_request, report_of_run
from federation.serializers.drafts import DraftIn, SubmitIn
from federation.serializers.requests import PrecheckOut, RequestBrief, RequestOut
from federation.serializers.runs import RunOut
from governance.api_permissions import HasScope

TAGS = ["requests"]


class Requests(ListAPIView[TrainingRequest]):
    permission_classes = (IsAuthenticated, HasScope)
    scope = "requests:read"
    write_scope = "requests:write"
    serializer_class = RequestBrief
    queryset = TrainingRequest.objects.none()
    filterset_class = RequestFilter

    def get_queryset(self) -> Any:
        return requests_visible_to(caller(self.request)).order_by("-created_at", "-pk")

    @described(operation_id="requests_list", tags=TAGS, responses=RequestBrief(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Your own requests, newest first."""
        return self.list(request, *args, **kwargs)

    @described(
        operation_id="requests_create", tags=TAGS, request=DraftIn, responses={201: RequestOut}
    )
    def post(self, request: Request) -> Response:
        """Begin a draft. It binds nobody and no community sees it before it is submitted."""
        sent = DraftIn(data=request.data)
        sent.is_valid(raise_exception=True)
        fields = dict(sent.validated_data)
        try:
            made = drafts.draft(actor=caller(request), title=fields.pop("title"), fields=fields)
        except Incomplete as refusal:
            return incomplete(refusal)
        return _told(made, status.HTTP_201_CREATED)


class OneRequest(ResearcherView):
    scope = "requests:read"
    write_scope = "requests:write"

    @described(operation_id="requests_retrieve", tags=TAGS, responses=RequestOut)
    def get(self, request: Request, request_id: UUID) -> Response:
        """One request, and what each community answered; also for who took on its terms."""
        found = readable_request(request, request_id)
        if found.applicant_id != caller(request).pk:
            found.draft = {}  # what its applicant is still writing is hers
        return _told(found)

    @described(
        operation_id="requests_change", tags=TAGS, request=DraftIn, responses={200: RequestOut}
    )
    def patch(self, request: Request, request_id: UUID) -> Response:
        """Change some fields of a draft; each one sent replaces the one that is there."""
        found = own_request(request, request_id)
        sent = DraftIn(data=request.data, partial=True)
        sent.is_valid(raise_exception=True)
        fields = dict(sent.validated_data)
        seen = mark_of(drafting.fields_of(found), fields)
        try:
            saved = drafting.save_part(
                found.pk, actor=caller(request), names=fields, parts=fields, seen=seen
            )
        except Incomplete as refusal:
            return incomplete(refusal)
        return _told(saved)


class SubmitRequest(ResearcherView):
    write_scope = "requests:write"

    @described(operation_id="requests_submit", tags=TAGS, request=SubmitIn, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Put the draft to the communities, word for word as it is now.

        With it you take on the terms (see ``terms/``). Of a request that is being changed it makes
        the next revision; it then takes a note.
        """
        found = own_request(request, request_id)
        sent = SubmitIn(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            return _told(
                requests.submit(found.pk, actor=caller(request), **dict(sent.validated_data))
            )
        except Incomplete as refusal:
            return incomplete(refusal)


class WithdrawRequest(ResearcherView):
    write_scope = "requests:write"

    @described(operation_id="requests_withdraw", tags=TAGS, request=None, responses=RequestOut)
    def post(self, request: Request, request_id: UUID) -> Response:
        """Take the request back before it is decided."""
        found = own_request(request, request_id)
        return _told(drafts.withdraw(found.pk, actor=caller(request)))


class PrecheckRequest(ResearcherView):
    scope = "requests:read"

    @described(operation_id="requests_precheck", tags=TAGS, responses={200: PrecheckOut(many=True)})
    def get(self, request: Request, request_id: UUID) -> Response:
        """Hold the draft against each community's rules. It informs; it never approves."""
        found = own_request(request, request_id)
        try:
            preview = requests.preview(found)
        except Incomplete as refusal:
            return incomplete(refusal)
        return Response(PrecheckOut(preview.communities, many=True).data)


class StartRun(ResearcherView):
    write_scope = "requests:write"

    @described(operation_id="requests_start_run", tags=TAGS, request=None, responses={201: RunOut})
    def post(self, request: Request, request_id: UUID) -> Response:
        """Run the request once more with every community that allows it now.

        While a change is written or decided on, runs go by the text that is agreed.
        """
        revision = report_of_request(own_request(request, request_id)).to_run
        if revision is None:
            raise NotDispatchable("The request was not submitted yet.")
        run = runs.plan(revision.pk, actor=caller(request))
        return Response(RunOut(report_of_run(run)).data, status=status.HTTP_201_CREATED)


def _told(request: TrainingRequest, code: int = status.HTTP_200_OK) -> Response:
    return Response(RequestOut(report_of_request(request)).data, status=code)
