"""What a researcher owes after a yes, and what she wants to make public, from a script."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions import obligations, publications
from consent.errors import Incomplete
from consent.models import Obligation, Publication
from consent.queries.obligations import obligations_of_applicant
from consent.queries.publications import grants_to_publish_from, publications_of_applicant
from consent.rules import PublicationKind
from federation.api.described import described
from federation.api.own import ResearcherView, caller, incomplete, own_request
from federation.serializers.promises import (
    PromiseOut,
    PublicationIn,
    PublicationOut,
    PublishedIn,
    ReportIn,
)
from governance.api_permissions import HasScope

TAGS = ["promises"]
PARSERS = (JSONParser, MultiPartParser)  # multipart carries a file


class Promises(ListAPIView[Obligation]):
    permission_classes = (IsAuthenticated, HasScope)
    scope = "requests:read"
    serializer_class = PromiseOut
    queryset = Obligation.objects.none()
    filterset_class = None

    def get_queryset(self) -> QuerySet[Obligation]:
        return _promises(self.request, self.kwargs["request_id"])

    @described(operation_id="promises_list", tags=TAGS, responses=PromiseOut(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All that you owe on one request, to every community, by day."""
        return self.list(request, *args, **kwargs)


class OnePromise(ResearcherView):
    scope = "requests:read"

    @described(operation_id="promises_retrieve", tags=TAGS, responses=PromiseOut)
    def get(self, request: Request, request_id: UUID, promise_id: UUID) -> Response:
        """One promise, and the questions that a report of it answers."""
        return Response(PromiseOut(_promise(request, request_id, promise_id)).data)


class ReportPromise(ResearcherView):
    write_scope = "requests:write"
    parser_classes = PARSERS

    @described(operation_id="promises_report", tags=TAGS, request=ReportIn, responses=PromiseOut)
    def post(self, request: Request, request_id: UUID, promise_id: UUID) -> Response:
        """Say that it was kept. It is done once a steward of that community says so."""
        row = _promise(request, request_id, promise_id)
        sent = ReportIn(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            obligations.report(
                row.pk,
                actor=caller(request),
                answers=sent.validated_data["answers"],
                upload=sent.validated_data.get("evidence"),
            )
        except Incomplete as refusal:
            return incomplete(refusal)
        return Response(PromiseOut(_promise(request, request_id, promise_id)).data)


class Publications(ListAPIView[Publication]):
    permission_classes = (IsAuthenticated, HasScope)
    scope = "requests:read"
    write_scope = "requests:write"
    parser_classes = PARSERS
    serializer_class = PublicationOut
    queryset = Publication.objects.none()
    filterset_class = None

    def get_queryset(self) -> QuerySet[Publication]:
        return _publications(self.request, self.kwargs["request_id"])

    @described(operation_id="publications_list", tags=TAGS, responses=PublicationOut(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What you put to the communities of one request, newest first."""
        return self.list(request, *args, **kwargs)

    @described(
        operation_id="publications_submit",
        tags=TAGS,
        request=PublicationIn,
        responses={201: PublicationOut},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Put something to one community before it is made public."""
        wanted = own_request(request, request_id)
        sent = PublicationIn(data=request.data)
        sent.is_valid(raise_exception=True)
        filled = sent.validated_data
        grants = {grant.community.slug: grant for grant in grants_to_publish_from(wanted)}
        if filled["community"] not in grants:
            said = "No community of this name said yes to the request."
            return incomplete(Incomplete({"community": said}))
        try:
            made = publications.submit(
                grants[filled["community"]].pk,
                actor=caller(request),
                wanted=_wanted(filled),
                upload=filled.get("file"),
                follows=_followed(request, request_id, filled.get("follows")),
            )
        except Incomplete as refusal:
            return incomplete(refusal)
        row = _publication(request, request_id, made.public_id)
        return Response(PublicationOut(row).data, status=status.HTTP_201_CREATED)


class OnePublication(ResearcherView):
    scope = "requests:read"

    @described(operation_id="publications_retrieve", tags=TAGS, responses=PublicationOut)
    def get(self, request: Request, request_id: UUID, publication_id: UUID) -> Response:
        """One publication, the community's answer, and what still locks it."""
        return Response(PublicationOut(_publication(request, request_id, publication_id)).data)


class Published(ResearcherView):
    write_scope = "requests:write"

    @described(
        operation_id="publications_publish",
        tags=TAGS,
        request=PublishedIn,
        responses=PublicationOut,
    )
    def post(self, request: Request, request_id: UUID, publication_id: UUID) -> Response:
        """Note that it is out. Refused (409) as long as anything stands under ``locks``."""
        row = _publication(request, request_id, publication_id)
        sent = PublishedIn(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            publications.publish(
                row.pk,
                actor=caller(request),
                on=sent.validated_data["published_at"],
                link=sent.validated_data.get("link", ""),
            )
        except Incomplete as refusal:
            return incomplete(refusal)
        return Response(PublicationOut(_publication(request, request_id, publication_id)).data)


def _wanted(filled: dict[str, Any]) -> publications.Wanted:
    return publications.Wanted(
        kind=PublicationKind(filled["kind"]),
        title=filled["title"],
        where=filled["where"],
        plain_summary=filled["plain_summary"],
    )


def _promises(request: Request, request_id: UUID) -> QuerySet[Obligation]:
    rows = obligations_of_applicant(caller(request))
    return rows.filter(grant__review__revision__request=own_request(request, request_id))


def _promise(request: Request, request_id: UUID, promise_id: UUID) -> Obligation:
    row = _promises(request, request_id).filter(public_id=promise_id).first()
    if row is None:
        raise Http404
    return row


def _publications(request: Request, request_id: UUID) -> QuerySet[Publication]:
    rows = publications_of_applicant(caller(request))
    return rows.filter(grant__review__revision__request=own_request(request, request_id))


def _publication(request: Request, request_id: UUID, publication_id: UUID) -> Publication:
    row = _publications(request, request_id).filter(public_id=publication_id).first()
    if row is None:
        raise Http404
    return row


def _followed(request: Request, request_id: UUID, follows: UUID | None) -> Publication | None:
    return _publication(request, request_id, follows) if follows else None
