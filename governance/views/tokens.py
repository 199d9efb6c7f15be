"""A person's own keys for scripts."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.actions import tokens
from governance.errors import GovernanceError
from governance.forms import TokenForm
from governance.listing import Sort, listing
from governance.models import User
from governance.queries import tokens_of
from governance.rules import ROLE_SCOPES
from governance.views.visitor import user_of

_SORTS = [
    Sort("newest", gettext_lazy("newest first"), ("-pk",)),
    Sort("ends", gettext_lazy("ending soonest"), ("expires_at", "pk")),
    Sort("label", gettext_lazy("by name"), ("label", "pk")),
]


@never_cache
@require_http_methods(["GET", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """List the tokens and issue another one. The secret is shown on this one answer only."""
    _scripted(request)  # the page is not there for others, before anything is asked of them
    answer: HttpResponse = _listed(request)
    return answer


@reauthentication_required(allow_get=True, app="allauth.mfa")
def _listed(request: HttpRequest) -> HttpResponse:
    """A token outlives the session, so who finds an open session must not be able to make one."""
    user = user_of(request)
    form = TokenForm(request.POST or None, role=user.platform_role)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = tokens.issue(user, **form.cleaned_data)
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
    context = {
        "listing": listing(request, tokens_of(user), search=("label__icontains",), sorts=_SORTS),
        "form": TokenForm(role=user.platform_role) if secret else form,
        "secret": secret,
    }
    status = 400 if form.errors else 200
    return render(request, "governance/token_list.html", context, status=status)


@require_http_methods(["GET", "POST"])
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    user = _scripted(request)
    token = get_object_or_404(tokens_of(user), pk=token_id)
    if request.method == "POST":
        tokens.revoke(token, actor=user)
        messages.success(request, _("The token no longer works."))
        return redirect("governance:tokens")
    return render(request, "governance/token_revoke.html", {"token": token})


def _scripted(request: HttpRequest) -> User:
    """Return the visitor if her role has anything a script could do."""
    user = user_of(request)
    if not ROLE_SCOPES[user.platform_role]:
        raise Http404
    return user
