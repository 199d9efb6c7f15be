"""Requests and agreements as files, for those who may see them."""

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from consent.actions import exports
from consent.errors import NotAllowed
from consent.queries.exports import Exportable, exportable
from governance.views.protocol_exchange import FILES, download
from governance.views.visitor import user_of


@require_safe
def request_export(request: HttpRequest, request_id: UUID) -> HttpResponse:
    found = exportable(user_of(request), request_id)
    if found is None:
        raise Http404
    context = {
        "wanted": found.revision.request,
        "revision": found.revision,
        "grants": found.grants,
        "community": found.community,
        "dossier_url": _dossier_url(found, request_id),
    }
    return render(request, "consent/request_export.html", context)


def _dossier_url(found: Exportable, request_id: UUID) -> str:
    if found.review is None:
        return reverse("consent:request_dossier", args=[request_id])
    return reverse("consent:review_dossier", args=[found.review.public_id])


@require_safe
def request_file(request: HttpRequest, request_id: UUID, ending: str) -> HttpResponse:
    return _file(request, exports.take_request, request_id, "request", ending)


@require_safe
def grant_file(request: HttpRequest, grant_id: UUID, ending: str) -> HttpResponse:
    return _file(request, exports.take_grant, grant_id, "agreement", ending)


def _file(
    request: HttpRequest, take: Callable[..., str], thing: UUID, stem: str, ending: str
) -> HttpResponse:
    if ending not in FILES:
        raise Http404
    form, kind = FILES[ending]
    try:
        text = take(thing, actor=user_of(request), form=form)
    except NotAllowed as refusal:
        raise Http404 from refusal
    return download(text, kind=kind, name=f"{stem}-{thing}.{ending}")
