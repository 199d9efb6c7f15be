"""Coming in by an invitation."""

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.actions import invitations
from governance.errors import GovernanceError, InvitationRefused
from governance.forms import JoinForm
from governance.models import User
from governance.queries import account_exists

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    try:
        invitation = invitations.usable(token)
    except InvitationRefused as refusal:
        return render(request, "governance/join_refused.html", {"reason": refusal}, status=404)
    signed_in = request.user if isinstance(request.user, User) else None
    form = JoinForm(request.POST or None, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        try:
            user = invitations.accept(token, signed_in=signed_in, **form.cleaned_data)
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            return welcome(request, user, new=signed_in is None)
    context = {
        "invitation": invitation,
        "form": form,
        "has_account": account_exists(invitation.email),
        "signed_in": signed_in,
    }
    status = 400 if form.errors else 200
    return render(request, "governance/join.html", context, status=status)


def welcome(request: HttpRequest, user: User, *, new: bool) -> HttpResponse:
    """Sign a new account in and send it to make its second factor; others go home."""
    if not new:
        return redirect("governance:home")
    login(request, user, backend=BACKEND)
    if not user.has_usable_password():
        return redirect("mfa_add_webauthn")
    # She has chosen it this moment: no need to ask for it again on the next page.
    reauthenticate_by_password(request)
    return redirect("mfa_activate_totp")
