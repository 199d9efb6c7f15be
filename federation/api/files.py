"""A request's files and letters of ethics boards, for scripts."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework import status
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from consent.actions import attachments, ethics
from consent.downloads import as_download
from consent.errors import Incomplete
from consent.models import EthicsApproval, TrainingRequest
from consent.queries import approvals_of, attachments_of
from consent.queries.files import attachment_of, attachments_readable_by
from consent.rules import AttachmentKind
from federation.api.described import described
from federation.api.own import ResearcherView, caller, incomplete, own_request, readable_request
from federation.serializers.files import ApprovalIn, ApprovalOut, AttachmentIn, AttachmentOut

TAGS = ["requests"]
_FORM = "multipart/form-data"


class Attachments(ResearcherView):
    scope = "requests:read"
    write_scope = "requests:write"
    parser_classes = (MultiPartParser, JSONParser)

    @described(
        operation_id="attachments_list", tags=TAGS, responses={200: AttachmentOut(many=True)}
    )
    def get(self, request: Request, request_id: UUID) -> Response:
        """The files that lie with a request, oldest first."""
        found = readable_request(request, request_id)
        return Response(AttachmentOut(attachments_of(found), many=True).data)

    @described(
        operation_id="attachments_add",
        tags=TAGS,
        request={_FORM: AttachmentIn},
        responses={201: AttachmentOut},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Put a file to a draft, or to a request that is being changed. Sent as a form."""
        found = own_request(request, request_id)
        sent = AttachmentIn(data=_plain(request))
        sent.is_valid(raise_exception=True)
        try:
            made = attachments.add(
                found.pk,
                actor=caller(request),
                kind=AttachmentKind(sent.validated_data["kind"]),
                title=sent.validated_data["title"],
                upload=sent.validated_data["upload"],
            )
        except Incomplete as refusal:
            return incomplete(refusal)
        return Response(AttachmentOut(made).data, status=status.HTTP_201_CREATED)


class OneAttachment(ResearcherView):
    scope = "requests:read"
    write_scope = "requests:write"

    @described(
        operation_id="attachments_retrieve",
        tags=TAGS,
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, request_id: UUID, attachment_id: UUID) -> HttpResponse:
        """The file itself. The download is told in the access log."""
        found = readable_request(request, request_id)
        user = caller(request)
        rows = attachments_readable_by(user).filter(request=found)
        attachment = rows.filter(public_id=attachment_id).first()
        if attachment is None:
            raise Http404
        try:
            return as_download(attachment, attachments.hand_out(attachment, actor=user))
        except FileNotFoundError:
            raise Http404 from None

    @described(operation_id="attachments_remove", tags=TAGS, responses={204: None})
    def delete(self, request: Request, request_id: UUID, attachment_id: UUID) -> Response:
        """Take a file off. Communities that were shown it before can still read it."""
        attachment = attachment_of(own_request(request, request_id), attachment_id)
        if attachment is None:
            raise Http404
        attachments.remove(attachment.pk, actor=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Approvals(ResearcherView):
    scope = "requests:read"
    write_scope = "requests:write"
    parser_classes = (MultiPartParser, JSONParser)

    @described(operation_id="approvals_list", tags=TAGS, responses={200: ApprovalOut(many=True)})
    def get(self, request: Request, request_id: UUID) -> Response:
        """The letters of ethics boards that stand with a request now."""
        found = readable_request(request, request_id)
        return Response(ApprovalOut(approvals_of(found), many=True).data)

    @described(
        operation_id="approvals_add",
        tags=TAGS,
        request={_FORM: ApprovalIn, "application/json": ApprovalIn},
        responses={201: ApprovalOut},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """Enter a letter with a draft, or with a request that is being changed."""
        found = own_request(request, request_id)
        sent = ApprovalIn(data=_plain(request))
        sent.is_valid(raise_exception=True)
        try:
            made = ethics.add(found.pk, actor=caller(request), wanted=sent.wanted())
        except Incomplete as refusal:
            return incomplete(refusal)
        return Response(ApprovalOut(made).data, status=status.HTTP_201_CREATED)


class OneApproval(ResearcherView):
    write_scope = "requests:write"

    @described(operation_id="approvals_remove", tags=TAGS, responses={204: None})
    def delete(self, request: Request, request_id: UUID, approval_id: UUID) -> Response:
        """Take a letter off. For runs by the text that the communities have its dates count on."""
        approval = _approval(own_request(request, request_id), approval_id)
        ethics.remove(approval.pk, actor=caller(request))
        return Response(status=status.HTTP_204_NO_CONTENT)


class RenewApproval(ResearcherView):
    write_scope = "requests:write"
    parser_classes = (MultiPartParser, JSONParser)

    @described(
        operation_id="approvals_renew",
        tags=TAGS,
        request={_FORM: ApprovalIn},
        responses={201: ApprovalOut},
    )
    def post(self, request: Request, request_id: UUID, approval_id: UUID) -> Response:
        """Enter the letter that takes an older one's place. The communities read it at once."""
        approval = _approval(own_request(request, request_id), approval_id)
        sent = ApprovalIn(data=_plain(request))
        sent.is_valid(raise_exception=True)
        try:
            made = ethics.renew(approval.pk, actor=caller(request), wanted=sent.wanted())
        except Incomplete as refusal:
            return incomplete(refusal)
        return Response(ApprovalOut(made).data, status=status.HTTP_201_CREATED)


def _approval(request: TrainingRequest, public_id: UUID) -> EthicsApproval:
    approval = approvals_of(request).filter(public_id=public_id).first()
    if approval is None:
        raise Http404
    return approval


def _plain(request: Request) -> Any:
    """What was sent, as a plain mapping: of a form each field once."""
    return request.data.dict() if hasattr(request.data, "dict") else request.data
