"""Looking after one request: who does, whether it was seen, whether all is there."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent.actions import attending
from consent.forms.talk import NOBODY, AssignForm, CheckForm
from consent.queries.deliberation import advice_on, people_who_attend, stands_back
from consent.rules import Completeness, ReviewState
from consent.views.acting import confirmed, filled_in, may_attend, review_for, review_to_act_on
from consent.views.visitor import posted
from governance.rules import Verb
from governance.views.visitor import user_of


@require_GET
def review_care(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = review_for(request, review_id, Verb.READ_COMMUNITY)
    context = {
        "review": review,
        "advice": advice_on(review),
        "may_act": may_attend(request, review) and review.state == ReviewState.OPEN,
        "may_read": may_attend(request, review),
        "aside": stands_back(review, user_of(request)),
    }
    return render(request, "consent/review_care.html", context)


@require_http_methods(["GET", "POST"])
def review_assign(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = review_to_act_on(request, review_id, Verb.ATTEND)
    people = people_who_attend(review)
    now = str(review.assigned_to.public_id) if review.assigned_to else NOBODY
    form = AssignForm(posted(request), people=people, initial={"who": now})
    return filled_in(
        request,
        form,
        lambda _form: attending.assign(
            review.pk, actor=user_of(request), membership_id=form.chosen()
        ),
        template="consent/review_assign.html",
        context=lambda: {"review": review},
        url=reverse("consent:review_care", args=[review_id]),
        said=_("Noted."),
    )


@require_http_methods(["GET", "POST"])
def review_seen(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = review_to_act_on(request, review_id, Verb.ATTEND)
    return confirmed(
        request,
        lambda: attending.acknowledge(review.pk, actor=user_of(request)),
        template="consent/review_seen.html",
        context={"review": review},
        url=reverse("consent:review_care", args=[review_id]),
        said=_("The researchers are told that somebody looks at it."),
    )


@require_http_methods(["GET", "POST"])
def review_check(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = review_to_act_on(request, review_id, Verb.ATTEND)
    form = CheckForm(posted(request), initial={"note": review.completeness_note})
    return filled_in(
        request,
        form,
        lambda _form: attending.check(
            review.pk,
            actor=user_of(request),
            found=Completeness(form.cleaned_data["found"]),
            note=form.cleaned_data["note"],
        ),
        template="consent/review_check.html",
        context=lambda: {"review": review},
        url=reverse("consent:review_care", args=[review_id]),
        said=_("Your check is noted. It decides nothing."),
    )
