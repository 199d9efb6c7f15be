"""Descriptions of datasets: written, shown, listed for researchers or hidden."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from governance.actions import datasets
from governance.errors import GovernanceError
from governance.forms import DatasetForm
from governance.models import Dataset
from governance.queries import datasets_of, roles_in
from governance.rules import Verb, community_may
from governance.views.visitor import community_for, user_of


@require_http_methods(["GET", "POST"])
def dataset_new(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.DESCRIBE_DATASET)
    form = DatasetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            dataset = datasets.register(
                community_id=community.pk, actor=user_of(request), **form.cleaned_data
            )
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The description is saved. The data stays at your node."))
            return redirect("governance:dataset", community.slug, dataset.slug)
    context = {"community": community, "form": form}
    status = 400 if form.errors else 200
    return render(request, "governance/dataset_new.html", context, status=status)


@require_safe
def dataset_detail(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    dataset = _dataset(request, slug, dataset_slug, Verb.READ_COMMUNITY)
    roles = roles_in(user_of(request), dataset.community)
    context = {
        "community": dataset.community,
        "dataset": dataset,
        "may_describe": community_may(roles, Verb.DESCRIBE_DATASET),
    }
    return render(request, "governance/dataset_detail.html", context)


@require_POST
def dataset_list(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    dataset = _dataset(request, slug, dataset_slug, Verb.DESCRIBE_DATASET)
    datasets.list_publicly(dataset.pk, actor=user_of(request))
    messages.success(request, _("Signed-in researchers can read this description now."))
    return redirect("governance:dataset", slug, dataset_slug)


@require_POST
def dataset_hide(request: HttpRequest, slug: str, dataset_slug: str) -> HttpResponse:
    dataset = _dataset(request, slug, dataset_slug, Verb.DESCRIBE_DATASET)
    datasets.hide(dataset.pk, actor=user_of(request))
    messages.success(request, _("Researchers no longer see this description."))
    return redirect("governance:dataset", slug, dataset_slug)


def _dataset(request: HttpRequest, slug: str, dataset_slug: str, verb: Verb) -> Dataset:
    community = community_for(request, slug, verb)
    return get_object_or_404(datasets_of(community), slug=dataset_slug)
