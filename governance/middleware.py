"""Every account has a passkey or a code app before it sees anything."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from governance.problems import problem
from governance.queries import has_second_factor

# What somebody needs who has no second factor yet: to set one up, or to leave.
OPEN = frozenset(
    {
        "account_logout",
        "account_reauthenticate",
        "account_set_password",
        "api-schema",
        "healthz",
        "governance:join",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "mfa_view_recovery_codes",
    }
)


class SecondFactorRequired:
    """Send a signed-in account without passkey and code app to where it gets one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        _view: Callable[..., HttpResponseBase],
        _args: list[Any],
        _kwargs: dict[str, Any],
    ) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated or (match and match.view_name in OPEN):
            return None
        if has_second_factor(request.user):
            return None
        sentence = _("First make a passkey, so that nobody else can sign in as you.")
        if request.path.startswith("/api/"):
            return problem(403, code="second-factor-missing", detail=sentence)
        messages.warning(request, sentence)
        return redirect("mfa_add_webauthn")
