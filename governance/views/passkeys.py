"""allauth's pages for second factors where ours ask for more."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from governance.forms.passkeys import AddPasskeyForm
from governance.queries import naming_charters

# The signatures that charters and nodes know: ES256, EdDSA, RS256.
ALGORITHMS = (-7, -8, -257)


def for_charters(options: dict[str, Any]) -> dict[str, Any]:
    """Ask the device for a passkey that nodes can verify; return the options, changed in place."""
    wanted = options["publicKey"]
    wanted["pubKeyCredParams"] = [{"type": "public-key", "alg": alg} for alg in ALGORITHMS]
    # With a resident key she signs in without typing anything; a device with no room for one is
    # taken all the same.
    wanted["authenticatorSelection"] |= {"residentKey": "preferred", "requireResidentKey": False}
    return options


class AddPasskey(AddWebAuthnView):
    form_class = AddPasskeyForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for_charters(context["js_data"]["creation_options"])
        return context | {"form": kwargs.get("form", context["form"])}

    def form_valid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_valid(form)
        # Her device has just verified her: the recovery codes that follow need not ask again.
        record_authentication(
            self.request, self.request.user, method="mfa", type="webauthn", reauthenticated=True
        )
        return answer


class RemovePasskey(RemoveWebAuthnView):
    """Refuses to remove a passkey that a charter names: the community still counts on it."""

    def form_valid(self, form: Any) -> HttpResponse:
        data = self.get_object().wrap().authenticator_data.credential_data
        if charters := naming_charters(self.request.user, data.credential_id):
            messages.error(
                self.request,
                _(
                    "The charter of {community} names this passkey. "
                    "It can be removed once a new charter without it is in force."
                ).format(community=charters[0].community.name),
            )
            return HttpResponseRedirect(self.get_success_url())
        answer: HttpResponse = super().form_valid(form)
        return answer


class ActivateCodeApp(ActivateTOTPView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Codes only ever come after a password: without one she could never sign in again.
        if request.user.is_authenticated and not request.user.has_usable_password():
            messages.info(request, _("First choose a password. Codes go together with one."))
            return redirect("account_set_password")
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


@login_not_required
def not_here(_request: HttpRequest, **_kwargs: str) -> HttpResponse:
    """Stand in for pages of allauth that Kinhold does not have; it looks their names up."""
    raise Http404
