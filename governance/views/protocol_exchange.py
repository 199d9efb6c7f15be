"""Protocols as files: taken out by everybody of the community, taken in by who prepares them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import exchange
from governance.errors import GovernanceError
from governance.exchange.errors import BadFile
from governance.exchange.reading import Imported
from governance.forms import ImportForm
from governance.models import Protocol
from governance.queries import protocols_of
from governance.queries.protocols import protocol_lines
from governance.rules import Verb
from governance.views.protocols import url_of
from governance.views.visitor import community_for, user_of

# Ending of a file's name -> form, and the type that browsers are told.
FILES = {
    "json": ("json", "application/json; charset=utf-8"),
    "jsonld": ("odrl", "application/ld+json; charset=utf-8"),
}


@require_safe
def protocol_export(request: HttpRequest, slug: str, protocol_id: int) -> HttpResponse:
    protocol = _protocol(request, slug, protocol_id)
    context = {"community": protocol.community, "protocol": protocol, "back": url_of(protocol)}
    return render(request, "governance/protocol_export.html", context)


@require_safe
def protocol_file(request: HttpRequest, slug: str, protocol_id: int, ending: str) -> HttpResponse:
    protocol = _protocol(request, slug, protocol_id)
    if ending not in FILES:
        raise Http404
    form, kind = FILES[ending]
    try:
        text = exchange.take_out(protocol.pk, actor=user_of(request), form=form)
    except GovernanceError as refusal:
        messages.error(request, str(refusal))
        return redirect("governance:protocol-export", slug, protocol_id)
    name = f"protocol-{slug}-{protocol.line}-{protocol.number}.{ending}"
    return download(text, kind=kind, name=name)


@require_http_methods(["GET", "POST"])
def protocol_import(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.PREPARE)
    sent = request.method == "POST"
    form = ImportForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        lines=protocol_lines(community),
    )
    if sent and form.is_valid():
        try:
            draft, found = exchange.take_in(
                community.pk,
                actor=user_of(request),
                data=form.data_in_file(),
                line=form.cleaned_data["line"],
            )
        except BadFile as refusal:
            form.add_error("file", str(refusal))
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            _say(request, found)
            return redirect("governance:protocol-draft-read", slug, draft.public_id)
    context = {"community": community, "form": form}
    status = 400 if form.errors else 200
    return render(request, "governance/protocol_import.html", context, status=status)


def download(text: str, *, kind: str, name: str) -> HttpResponse:
    """Return a text as a file that the browser keeps, and never as a page."""
    response = HttpResponse(text, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _say(request: HttpRequest, found: Imported) -> None:
    messages.success(request, _("The file is a draft now. Nothing is decided; read it through."))
    if found.reworded:
        messages.warning(
            request,
            ngettext(
                "%(n)s clause reads otherwise here than in the file: %(codes)s.",
                "%(n)s clauses read otherwise here than in the file: %(codes)s.",
                len(found.reworded),
            )
            % {"n": len(found.reworded), "codes": ", ".join(found.reworded)},
        )


def _protocol(request: HttpRequest, slug: str, protocol_id: int) -> Protocol:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    return get_object_or_404(protocols_of(community), pk=protocol_id)
