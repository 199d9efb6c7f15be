"""What the pages on which a request is worked through have in common."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render

from consent.errors import ConsentError, Incomplete, StandsBack
from consent.models import Review
from consent.queries import reviews_visible_to
from consent.queries.deliberation import stands_back
from governance.errors import GovernanceError
from governance.queries import communities_where, roles_in
from governance.rules import Verb, community_may
from governance.views.acting import confirm
from governance.views.visitor import user_of


def review_for(request: HttpRequest, review_id: UUID, verb: Verb) -> Review:
    """Return the review if the visitor may do this there; to all others it does not exist.

    Raises:
        Http404: no such review, or no role that carries the verb.
    """
    user = user_of(request)
    rows = reviews_visible_to(user).filter(community__in=communities_where(user, verb))
    return get_object_or_404(rows, public_id=review_id)


def review_to_act_on(request: HttpRequest, review_id: UUID, verb: Verb) -> Review:
    """The same for who acts in the community's name.

    Raises:
        Http404: as above.
        PermissionDenied: she stepped aside, or is named in the request (R-22).
    """
    review = review_for(request, review_id, verb)
    if why := stands_back(review, user_of(request)):
        raise PermissionDenied(why)
    return review


def may_attend(request: HttpRequest, review: Review) -> bool:
    """Whether links to acts are shown; each page asks once more."""
    user = user_of(request)
    carries = community_may(roles_in(user, review.community), Verb.ATTEND)
    return carries and not stands_back(review, user)


def filled_in(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[forms.Form], object],
    *,
    template: str,
    context: Callable[[], dict[str, Any]],
    url: str,
    said: str,
) -> HttpResponse:
    """Show a form; when it is sent, hand it to ``act``, say ``said`` and go to ``url``.

    A refusal stands beside the field or above the form, and what was typed is kept.

    Args:
        context: made anew after a refusal, so that the page shows how things stand by then.
    """
    if request.method == "POST" and form.is_valid():
        try:
            act(form)
        except Incomplete as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name if name in form.fields else None, sentence)
        except StandsBack as refusal:
            raise PermissionDenied(str(refusal)) from refusal
        except (ConsentError, GovernanceError) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return HttpResponseRedirect(url)
    status = 400 if form.errors else 200
    return render(request, template, context() | {"form": form}, status=status)


def confirmed(
    request: HttpRequest,
    act: Callable[[], object],
    *,
    template: str,
    context: dict[str, Any],
    url: str,
    said: str,
) -> HttpResponse:
    """Ask as ``governance.views.acting.confirm`` does; who stands back gets 403."""

    def closed_to_who_stands_back() -> None:
        try:
            act()
        except StandsBack as refusal:
            raise PermissionDenied(str(refusal)) from refusal

    return confirm(
        request,
        closed_to_who_stands_back,
        template=template,
        context=context,
        url=url,
        said=said,
        refusals=(ConsentError, GovernanceError),
    )
