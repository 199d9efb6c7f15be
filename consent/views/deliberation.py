"""What a community says among itself about a request."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from consent.actions import deliberation
from consent.forms.talk import TextForm
from consent.models import Review
from consent.queries.deliberation import advice_on, private_talk
from consent.queries.readers import readers_among_themselves
from consent.rules import ReviewState
from consent.talking import AMONG_THEMSELVES
from consent.views.acting import filled_in, review_to_act_on
from consent.views.visitor import posted
from governance.rules import Verb
from governance.views.visitor import user_of


@never_cache
@require_http_methods(["GET", "POST"])
def review_deliberation(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = review_to_act_on(request, review_id, Verb.DELIBERATE)
    form = TextForm(posted(request))
    return filled_in(
        request,
        form,
        lambda _form: deliberation.say(
            review.pk,
            actor=user_of(request),
            text=form.cleaned_data["text"],
            readers=request.POST.get("readers", ""),
        ),
        template="consent/review_deliberation.html",
        context=lambda: _context(review),
        url=reverse("consent:review_deliberation", args=[review_id]),
        said=_("Kept, sealed, for those who were named."),
    )


def _context(review: Review) -> dict[str, Any]:
    return {
        "review": review,
        "said": private_talk(review),
        "readers": readers_among_themselves(review),
        "advice": [row for row in advice_on(review) if row.given_at],
        "open": ReviewState(review.state) in AMONG_THEMSELVES,
    }
