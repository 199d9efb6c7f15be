"""What is to be made public about a community: the list, and its answer."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import publications
from consent.errors import ConsentError, Incomplete
from consent.forms.promises import PublicationAnswerForm
from consent.promise_labels import PUBLICATION_KINDS
from consent.queries.obligations import community_of_steward, naming_of, results_returned
from consent.queries.publications import followed, publications_visible_to
from consent.queries.reviews import has_part
from consent.rules import PublicationAnswer
from consent.views.visitor import posted
from governance.errors import GovernanceError
from governance.listing import Filter, Rows, Sort, exactly, listing
from governance.rules import Verb
from governance.views.visitor import community_for, user_of

_STATES = [
    ("waiting", gettext_lazy("waits for our answer")),
    ("late", gettext_lazy("our time for reading is over")),
    ("agreed", gettext_lazy("may go out")),
    ("not", gettext_lazy("may not go out")),
    ("out", gettext_lazy("published")),
]
_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-pk",)),
    Sort("due", gettext_lazy("by day of answer"), ("answer_due_on", "pk")),
    Sort("title", gettext_lazy("by title"), ("title", "pk")),
]


@require_GET
def publication_list(request: HttpRequest, slug: str) -> HttpResponse:
    community = community_for(request, slug, Verb.READ_COMMUNITY)
    rows = publications_visible_to(user_of(request)).filter(grant__community=community)
    found = listing(
        request,
        rows,
        search=("title__icontains", "where__icontains"),
        filters=[
            Filter("state", _("State"), _STATES, _keep),
            Filter("kind", _("Kind"), list(PUBLICATION_KINDS.items()), exactly("kind")),
        ],
        sorts=_SORTS,
    )
    context = {"community": community, "listing": found}
    return render(request, "consent/publication_list.html", context)


def _keep(rows: Rows, state: str) -> Rows:
    agreed = [PublicationAnswer.OK.value, PublicationAnswer.WITHHOLD_NAME.value]
    if state == "waiting":
        return rows.filter(answer="")
    if state == "late":
        return rows.filter(answer="", answer_due_on__lt=timezone.localdate())
    if state == "agreed":
        return rows.filter(answer__in=agreed, published_at__isnull=True)
    if state == "out":
        return rows.filter(published_at__isnull=False)
    return rows.exclude(answer="").exclude(answer__in=agreed)


@require_http_methods(["GET", "POST"])
def publication_detail(request: HttpRequest, slug: str, publication_id: UUID) -> HttpResponse:
    """Read it; a steward answers on the same page."""
    verb = Verb.CONFIRM_DONE if request.method == "POST" else Verb.READ_COMMUNITY
    community = community_for(request, slug, verb)
    rows = publications_visible_to(user_of(request)).filter(grant__community=community)
    row = get_object_or_404(rows, public_id=publication_id)
    form = PublicationAnswerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            publications.answer(
                row.pk,
                actor=user_of(request),
                answer=PublicationAnswer(form.cleaned_data["answer"]),
                text=form.cleaned_data["text"],
            )
        except Incomplete as refusal:
            form.add_error("text", str(refusal))
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("consent:publication", slug, publication_id)
        else:
            messages.success(request, _("Your answer is written down. The researcher is told."))
            return redirect("consent:publication", slug, publication_id)
    context: dict[str, Any] = {
        "community": community,
        "publication": row,
        "naming": naming_of(row.grant),
        "returned": results_returned(row.grant),
        "followed": followed(row),
        "may_answer": not row.answer
        and community_of_steward(user_of(request), community)
        and not has_part(row.grant.review, user_of(request)),
        "form": form,
    }
    status = 400 if form.errors else 200
    return render(request, "consent/publication_detail.html", context, status=status)
