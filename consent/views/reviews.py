"""Requests that wait for a community, and the one page on which a steward decides."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent.actions import reviews
from consent.errors import ConsentError, Incomplete
from consent.forms.answers import AnswerForm, ConditionsForm, answers_for
from consent.grants.grant import parse_grant
from consent.models import Review
from consent.queries import (
    ballot_box,
    has_part,
    review_page,
    reviews_of_steward,
    reviews_visible_to,
    wishes_of,
)
from consent.queries.beside import beside_the_request
from consent.views.visitor import posted
from governance.errors import GovernanceError, SteppedAside
from governance.models import User
from governance.queries.voices import spoken_in
from governance.views.labels import reader_languages
from governance.views.visitor import user_of


@require_GET
def review_detail(request: HttpRequest, review_id: UUID) -> HttpResponse:
    review = get_object_or_404(reviews_visible_to(user_of(request)), public_id=review_id)
    return _shown(request, review)


@require_POST
def review_sign(request: HttpRequest, review_id: UUID) -> HttpResponse:
    user = user_of(request)
    review = get_object_or_404(reviews_of_steward(user), public_id=review_id)
    form = AnswerForm(request.POST, has_part=has_part(review, user))
    if not form.is_valid():
        return _shown(request, review, form, status=400)
    try:
        result = reviews.cast(
            review.pk,
            actor=user,
            answer=form.cleaned_data["answer"],
            assertion=form.assertion(),
            comment=form.cleaned_data["comment"],
            conditions=form.cleaned_data["conditions"],
        )
    except Incomplete as refusal:
        form.add_error("conditions" if "conditions" in refusal.fields else None, str(refusal))
        return _shown(request, review, form, status=400)
    except SteppedAside as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _said(result.adopted, result.declined))
    return redirect("consent:review", review_id)


@require_http_methods(["GET", "POST"])
def review_conditions(request: HttpRequest, review_id: UUID) -> HttpResponse:
    user = user_of(request)
    review = get_object_or_404(reviews_of_steward(user), public_id=review_id)
    form = ConditionsForm(posted(request), initial={"conditions": _wished(review, user)})
    if request.method == "POST" and form.is_valid():
        try:
            reviews.put_conditions(review.pk, actor=user, conditions=form.lines())
        except Incomplete as refusal:
            form.add_error("conditions", str(refusal))
        except (ConsentError, GovernanceError) as refusal:
            messages.error(request, str(refusal))
            return redirect("consent:review", review_id)
        else:
            messages.success(request, _("The agreement is new. Everybody signs it anew."))
            return redirect("consent:review", review_id)
    status = 400 if form.errors else 200
    context = {"review": review, "form": form}
    return render(request, "consent/review_conditions.html", context, status=status)


@require_POST
def review_renew(request: HttpRequest, review_id: UUID) -> HttpResponse:
    user = user_of(request)
    review = get_object_or_404(reviews_of_steward(user), public_id=review_id)
    try:
        renewed = reviews.renew(review.pk, actor=user)
    except (ConsentError, GovernanceError) as refusal:
        messages.error(request, str(refusal))
    else:
        if renewed:
            messages.success(request, _("A new text is here. Please read it, then sign."))
    return redirect("consent:review", review_id)


def _shown(
    request: HttpRequest, review: Review, form: AnswerForm | None = None, *, status: int = 200
) -> HttpResponse:
    page = review_page(review, user_of(request), at=timezone.now())
    form = form or AnswerForm(has_part=page.has_part)
    context = {
        "page": page,
        "review": review,
        **beside_the_request(review, user_of(request)),
        "spoken": spoken_in(review.community, reader_languages(request)),
        "form": form,
        "answers": answers_for(has_part=page.has_part, no_yes=bool(page.dead_end)),
        "extra_fields": [] if page.has_part or page.dead_end else [form["conditions"]],
    }
    return render(request, "consent/review_detail.html", context, status=status)


def _said(adopted: bool, declined: bool) -> str:
    if adopted:
        return _("Your answer is signed. With it your community has said yes.")
    if declined:
        return _("Your answer is signed. With it your community has said no.")
    return _("Your answer is signed. Your community is still deciding.")


def _wished(review: Review, user: User) -> str:
    """The conditions in the text now, and those that stewards ask for as far as she sees them.

    What others ask for is their answer: before her own she sees none of it, nor may the form tell.
    """
    there = parse_grant(review.statement.text.encode()).conditions
    sees = ballot_box(review.statement, user).sees_others
    wished = [w.text for w in wishes_of(review) if sees or w.membership.user_id == user.pk]
    return "\n".join(dict.fromkeys([*there, *wished]))
