"""What a researcher wants to make public: put to each community, and noted once it is out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import publications
from consent.errors import ConsentError, Incomplete
from consent.forms.promises import PublicationForm, PublishedForm
from consent.models import Publication, TrainingRequest
from consent.promises import reading_days
from consent.queries.obligations import naming_of, rulebooks_of
from consent.queries.publications import (
    WANTS_ANOTHER,
    followed,
    grants_to_publish_from,
    publications_of_applicant,
    what_locks,
)
from consent.rules import PublicationKind
from consent.views.own_promises import own_request, take_over
from consent.views.visitor import posted
from governance.errors import GovernanceError
from governance.listing import Filter, Sort, choices_in, exactly, listing
from governance.views.visitor import user_of

_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-pk",)),
    Sort("title", gettext_lazy("by title"), ("title", "pk")),
    Sort("community", gettext_lazy("by community"), ("grant__community__name", "-pk")),
]


@require_GET
def own_publications(request: HttpRequest, request_id: UUID) -> HttpResponse:
    wanted = own_request(request, request_id)
    rows = publications_of_applicant(user_of(request)).filter(
        grant__review__revision__request=wanted
    )
    communities = choices_in(rows, "grant__community__slug", "grant__community__name")
    found = listing(
        request,
        rows,
        search=("title__icontains", "where__icontains"),
        filters=[
            Filter("community", _("Community"), communities, exactly("grant__community__slug")),
        ],
        sorts=_SORTS,
    )
    grants = grants_to_publish_from(wanted)
    context = {"wanted": wanted, "listing": found, "may_submit": bool(grants)}
    return render(request, "consent/own_publications.html", context)


@require_http_methods(["GET", "POST"])
def publication_new(request: HttpRequest, request_id: UUID) -> HttpResponse:
    return _submit(request, own_request(request, request_id))


@require_http_methods(["GET", "POST"])
def publication_again(request: HttpRequest, request_id: UUID, publication_id: UUID) -> HttpResponse:
    """A new version of what a community did not agree to."""
    wanted, before = _own(request, request_id, publication_id)
    if before.answer not in WANTS_ANOTHER or followed(before):
        raise Http404
    return _submit(request, wanted, before)


def _submit(
    request: HttpRequest, wanted: TrainingRequest, before: Publication | None = None
) -> HttpResponse:
    grants = grants_to_publish_from(wanted)
    if before is not None:
        grants = [grant for grant in grants if grant.community_id == before.grant.community_id]
    if not grants:
        raise Http404
    sent = posted(request)
    form = PublicationForm(
        sent,
        request.FILES if sent is not None else None,
        grants=grants,
        initial=_initial(before),
    )
    if sent is not None and form.is_valid():
        chosen = {grant.community.slug: grant for grant in grants}[form.cleaned_data["community"]]
        try:
            made = publications.submit(
                chosen.pk,
                actor=user_of(request),
                wanted=_wanted(form),
                upload=form.cleaned_data["file"],
                follows=before,
            )
        except Incomplete as refusal:
            take_over(form, refusal)
        except (ConsentError, GovernanceError) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("It is put to the community. You are told when it answers.")
            )
            return redirect("consent:own_publication", wanted.public_id, made.public_id)
    told = [(grant, naming_of(grant), reading_days(rulebooks_of(grant))) for grant in grants]
    context = {"wanted": wanted, "form": form, "told": told, "before": before}
    status = 400 if form.errors else 200
    return render(request, "consent/publication_new.html", context, status=status)


def _initial(before: Publication | None) -> dict[str, Any]:
    if before is None:
        return {}
    return {
        "community": before.grant.community.slug,
        **{name: getattr(before, name) for name in ("kind", "title", "where", "plain_summary")},
    }


def _wanted(form: PublicationForm) -> publications.Wanted:
    filled = form.cleaned_data
    return publications.Wanted(
        kind=PublicationKind(filled["kind"]),
        title=filled["title"],
        where=filled["where"],
        plain_summary=filled["plain_summary"],
    )


@require_GET
def own_publication(request: HttpRequest, request_id: UUID, publication_id: UUID) -> HttpResponse:
    wanted, row = _own(request, request_id, publication_id)
    newer = followed(row)
    context = {
        "wanted": wanted,
        "publication": row,
        "naming": naming_of(row.grant),
        "locks": what_locks(row, today=timezone.localdate()),
        "may_try_again": row.answer in WANTS_ANOTHER and not newer,
    }
    return render(request, "consent/own_publication.html", context)


@require_http_methods(["GET", "POST"])
def publication_out(request: HttpRequest, request_id: UUID, publication_id: UUID) -> HttpResponse:
    """Note that it is out; while something locks it, the page says what, and has no form."""
    wanted, row = _own(request, request_id, publication_id)
    form = PublishedForm(posted(request), initial={"published_at": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        filled = form.cleaned_data
        try:
            publications.publish(
                row.pk, actor=user_of(request), on=filled["published_at"], link=filled["link"]
            )
        except Incomplete as refusal:
            take_over(form, refusal)
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("consent:own_publication", request_id, publication_id)
        else:
            messages.success(request, _("It is noted. The community is told."))
            return redirect("consent:own_publication", request_id, publication_id)
    context = {
        "wanted": wanted,
        "publication": row,
        "form": form,
        "locks": what_locks(row, today=timezone.localdate()),
    }
    status = 400 if form.errors else 200
    return render(request, "consent/publication_out.html", context, status=status)


def _own(
    request: HttpRequest, request_id: UUID, publication_id: UUID
) -> tuple[TrainingRequest, Publication]:
    wanted = own_request(request, request_id)
    rows = publications_of_applicant(user_of(request)).filter(
        grant__review__revision__request=wanted
    )
    return wanted, get_object_or_404(rows, public_id=publication_id)
