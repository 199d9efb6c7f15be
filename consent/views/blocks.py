"""The block list of a community: read and kept by its stewards, and by nobody else."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from consent.actions import blocks
from consent.actions.blocks import Named
from consent.document import read_back
from consent.forms.blocks import KINDS, BlockCrewForm, BlockForm
from consent.models import Block, Grant
from consent.queries import grants_visible_to
from consent.queries.blocks import blocks_of
from consent.rules import BlockKind
from consent.views.acting import confirmed, filled_in
from consent.views.visitor import posted
from governance.listing import Filter, Rows, Sort, exactly, listing
from governance.models import Community
from governance.rules import Verb
from governance.views.visitor import community_for, user_of

_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-pk",)),
    Sort("name", gettext_lazy("by name"), ("name", "pk")),
]
_STATES = [("on", gettext_lazy("on the list")), ("lifted", gettext_lazy("lifted"))]


def _keep(rows: Rows, state: str) -> Rows:
    return rows.filter(lifted_at__isnull=state == "on")


@require_safe
def block_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.BLOCK)
    found = listing(
        request,
        blocks_of(community),
        search=("name__icontains", "email__icontains", "orcid__icontains", "ror__icontains"),
        filters=[
            Filter("state", gettext_lazy("Show"), _STATES, _keep),
            Filter(
                "kind",
                gettext_lazy("Whom"),
                [(kind.value, words) for kind, words in KINDS.items()],
                exactly("kind"),
            ),
        ],
        sorts=_SORTS,
    )
    return render(request, "consent/block_list.html", {"community": community, "listing": found})


@require_http_methods(["GET", "POST"])
def block_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.BLOCK)
    form = BlockForm(posted(request), initial={"kind": BlockKind.PERSON.value})
    return filled_in(
        request,
        form,
        lambda _form: blocks.add(
            community.pk,
            actor=user_of(request),
            named=[form.named()],
            reason=form.cleaned_data["reason"],
        ),
        template="consent/block_new.html",
        context=lambda: {"community": community},
        url=_url(community),
        said=_("It is on the list. What names it does not reach you from now on."),
    )


@require_http_methods(["GET", "POST"])
def block_crew(request: HttpRequest, slug: str, grant_id: UUID) -> HttpResponse:
    """Choose among the people and institutions of a request, from the page of its grant."""
    community = community_for(request, slug, Verb.BLOCK)
    rows = grants_visible_to(user_of(request)).filter(community=community)
    grant = get_object_or_404(rows, public_id=grant_id)
    form = BlockCrewForm(posted(request), crew=_crew(grant))
    return filled_in(
        request,
        form,
        lambda _form: blocks.add(
            community.pk,
            actor=user_of(request),
            named=form.named(),
            reason=form.cleaned_data["reason"],
        ),
        template="consent/block_crew.html",
        context=lambda: {"community": community, "grant": grant},
        url=_url(community),
        said=_("They are on the list. What names them does not reach you from now on."),
    )


@require_http_methods(["GET", "POST"])
def block_lift(request: HttpRequest, slug: str, block_id: UUID) -> HttpResponse:
    community = community_for(request, slug, Verb.BLOCK)
    rows = blocks_of(community).filter(lifted_at__isnull=True)
    block: Block = get_object_or_404(rows, public_id=block_id)
    return confirmed(
        request,
        lambda: blocks.lift(block.pk, actor=user_of(request)),
        template="consent/block_lift.html",
        context={"community": community, "entry": block},
        url=_url(community),
        said=_("It is lifted."),
    )


def _crew(grant: Grant) -> dict[str, Named]:
    """Everybody whom the request names, with the account that sent it, each once."""
    revision = grant.review.revision
    document, account = read_back(revision.text), revision.request.applicant
    named = [
        Named(BlockKind.PERSON, each["name"], email=each["email"], orcid=each["orcid"])
        for each in document["people"]
    ]
    if account.email not in {each.email for each in named}:
        named.append(
            Named(BlockKind.PERSON, account.name, email=account.email, orcid=account.orcid)
        )
    bodies: list[Any] = [document["institution"], *(document.get("partners") or [])]
    named += [Named(BlockKind.INSTITUTION, body["name"], ror=body["ror"]) for body in bodies]
    return {str(number): each for number, each in enumerate(named)}


def _url(community: Community) -> str:
    return reverse("consent:blocks", args=[community.slug])
