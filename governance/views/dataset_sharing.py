"""Publishing a dataset under protocols, and sharing the say over it with other communities."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.actions import dataset_holders, dataset_protocols, second_looks
from governance.errors import GovernanceError
from governance.forms import EndRoleForm, LinesForm, WordForm
from governance.models import Community, Dataset
from governance.queries import holder_in, protocols_in_force
from governance.queries.second_looks import leaves_alone, seconds_in
from governance.rules import SecondLookKind, Verb
from governance.views.acting import confirm, fill_in
from governance.views.datasets import dataset_for
from governance.views.visitor import community_for, user_of


@require_http_methods(["GET", "POST"])
def dataset_publish(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    """Choose the protocols; what will happen is said above the button."""
    community, dataset = dataset_for(request, slug, dataset_slug, Verb.PUBLISH_DATASET, kept=True)
    form = _lines_form(request, community, dataset)
    return fill_in(
        request,
        form,
        lambda _filled: dataset_protocols.publish(
            dataset.pk, actor=user_of(request), **form.chosen()
        ),
        template="governance/dataset_publish.html",
        context=_lines_context(community, dataset, form),
        url=_url(community, dataset),
        said=_("It is published under the protocols that you ticked."),
    )


@require_http_methods(["GET", "POST"])
def dataset_lines(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    """A further holder's own protocols on a dataset that lies elsewhere."""
    community, dataset = dataset_for(request, slug, dataset_slug, Verb.PUBLISH_DATASET)
    if dataset.community_id == community.pk:
        return redirect("governance:dataset-publish", community.slug, dataset.slug)
    form = _lines_form(request, community, dataset)
    return fill_in(
        request,
        form,
        lambda _filled: dataset_protocols.set_lines(
            dataset.pk, actor=user_of(request), community_id=community.pk, **form.chosen()
        ),
        template="governance/dataset_lines.html",
        context=_lines_context(community, dataset, form),
        url=_url(community, dataset),
        said=_("Saved. Nothing that others set was touched."),
    )


@require_http_methods(["GET", "POST"])
def dataset_unpublish(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    community, dataset = dataset_for(request, slug, dataset_slug, Verb.PUBLISH_DATASET, kept=True)
    return confirm(
        request,
        lambda: dataset_protocols.unpublish(dataset.pk, actor=user_of(request)),
        template="governance/dataset_unpublish.html",
        context={"community": community, "dataset": dataset},
        url=_url(community, dataset),
        said=_("Researchers no longer see it."),
    )


@require_http_methods(["GET", "POST"])
def dataset_holder(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    """Name a further holder: first its word, then a page that says what that will mean."""
    community, dataset = dataset_for(request, slug, dataset_slug, Verb.PUBLISH_DATASET, kept=True)
    form = WordForm(request.POST or None)
    context: dict[str, Any] = {"community": community, "dataset": dataset, "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            other = dataset_holders.community_of_word(form.cleaned_data["word"])
            if "confirm" not in request.POST:
                context["other"] = other
                return render(request, "governance/dataset_holder_confirm.html", context)
            dataset_holders.add_holder(dataset.pk, actor=user_of(request), community_id=other.pk)
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            text = _("%(name)s holds it too now. Each use needs its yes as well.")
            messages.success(request, text % {"name": other.name})
            return redirect("governance:dataset", community.slug, dataset.slug)
    status = 400 if form.errors else 200
    return render(request, "governance/dataset_holder.html", context, status=status)


@never_cache
@require_safe
def dataset_word(request: HttpRequest, slug: str) -> HttpResponse:
    """The word with which a keeper can name this community as a holder. Nothing is stored."""
    community = community_for(request, slug, Verb.PUBLISH_DATASET)
    context = {
        "community": community,
        "word": dataset_holders.holder_word(community),
        "days": dataset_holders.WORD_DAYS,
    }
    return render(request, "governance/dataset_word.html", context)


@require_http_methods(["GET", "POST"])
def dataset_leave(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    community, dataset = dataset_for(request, slug, dataset_slug, Verb.PUBLISH_DATASET)
    if dataset.community_id == community.pk:
        raise Http404  # the keeper cannot leave: the data lies at its node
    if not leaves_alone(community):
        return _propose_leave(request, community, dataset)
    if request.method == "GET":
        context = {"community": community, "dataset": dataset}
        return render(request, "governance/dataset_leave.html", context)
    try:
        dataset_holders.leave(dataset.pk, actor=user_of(request), community_id=community.pk)
    except GovernanceError as refusal:
        messages.error(request, str(refusal))
        return redirect("governance:dataset", community.slug, dataset.slug)
    messages.success(request, _("Your community has no say over that dataset any more."))
    return redirect("governance:datasets", community.slug)


def _propose_leave(request: HttpRequest, community: Community, dataset: Dataset) -> HttpResponse:
    """Where the charter names several stewards, one proposes it and another one confirms it."""
    user = user_of(request)
    nobody = not seconds_in(community, but={user.pk})
    context = {
        "community": community,
        "dataset": dataset,
        "two": True,
        "nobody": second_looks.nobody_left(SecondLookKind.LEAVE) if nobody else "",
    }
    return fill_in(
        request,
        EndRoleForm(request.POST or None),
        lambda filled: dataset_holders.propose_leave(
            dataset.pk, actor=user, community_id=community.pk, **filled
        ),
        template="governance/dataset_leave.html",
        context=context,
        url=reverse("governance:dataset", args=[community.slug, dataset.slug]),
        said=_("It is proposed. Another steward has to confirm it."),
    )


def _lines_form(request: HttpRequest, community: Community, dataset: Dataset) -> LinesForm:
    held = holder_in(dataset, community)
    initial = {"lines": held.lines, "combine": held.combine.value} if held else {}
    return LinesForm(
        request.POST or None, protocols=list(protocols_in_force(community)), initial=initial
    )


def _lines_context(community: Community, dataset: Dataset, form: LinesForm) -> dict[str, Any]:
    return {
        "community": community,
        "dataset": dataset,
        "has_protocol": bool(form.fields["lines"].choices),  # type: ignore[attr-defined]
    }


def _url(community: Community, dataset: Dataset) -> str:
    return reverse("governance:dataset", args=[community.slug, dataset.slug])
