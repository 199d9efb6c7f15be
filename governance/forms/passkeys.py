"""Adding a passkey: what allauth checks, and what charters need beside."""

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.internal.auth import parse_registration_response
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from consent.grants.codec import b64u
from consent.grants.cose import load_key
from consent.grants.errors import Malformed
from governance.queries.passkeys import cose_of, passkey_exists


class AddPasskeyForm(AddWebAuthnForm):
    """Takes a passkey only if a node could verify what it signs."""

    # Every passkey here verifies its holder and may sign in alone: there is nothing to choose.
    passwordless = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("A name for this device, for your own eyes")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if credential := cleaned.get("credential"):
            self._must_be_usable(credential)
        return cleaned

    def _must_be_usable(self, credential: dict[str, Any]) -> None:
        response = parse_registration_response(credential).response
        attested = response.attestation_object.auth_data.credential_data
        name = b64u(attested.credential_id)
        # allauth keeps the browser's word for the id beside the device's own; they must agree, or
        # the same passkey could be entered twice under two names.
        if credential.get("rawId") != name:
            raise ValidationError(_("This is not what a passkey sends."))
        if passkey_exists(name):
            raise ValidationError(_("This passkey belongs to an account already."))
        try:
            load_key(cose_of(attested))
        except Malformed:
            raise ValidationError(
                _("This device makes a kind of signature that nodes cannot check. Try another one.")
            ) from None
