"""What a researcher's script finds: her own requests and runs, and nobody else's."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consent.errors import Incomplete
from consent.models import TrainingRequest
from consent.queries import requests_visible_to
from consent.queries.crew import requests_readable_by
from federation.models import Run
from federation.queries import runs_visible_to
from governance.api_permissions import HasScope
from governance.models import User
from governance.problems import CONTENT_TYPE, body_of

Row = TypeVar("Row", bound=Model)


class ResearcherView(APIView):
    """A view for people; ``scope`` and ``write_scope`` say what a token must carry."""

    permission_classes = (IsAuthenticated, HasScope)
    scope = ""
    write_scope = ""


def caller(request: Request) -> User:
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def own_request(request: Request, public_id: UUID) -> TrainingRequest:
    return _found(requests_visible_to(caller(request)), public_id)


def readable_request(request: Request, public_id: UUID) -> TrainingRequest:
    """Her own, or one whose terms she took on: to read, never to act on."""
    return _found(requests_readable_by(caller(request)), public_id)


def own_run(request: Request, public_id: UUID) -> Run:
    return _found(runs_visible_to(caller(request)), public_id)


def _found(rows: QuerySet[Row], public_id: UUID) -> Row:
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def incomplete(refusal: Incomplete) -> Response:
    """All that is missing, field by field, as a problem document."""
    errors = {name or "request": [sentence] for name, sentence in refusal.fields.items()}
    body = body_of(400, code=refusal.code, detail=str(refusal), errors=errors)
    return Response(body, status=400, content_type=CONTENT_TYPE)
