"""The form that brings a signature: four byte strings in base64url, an answer, a note."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.grants.codec import unb64u
from consent.grants.errors import Malformed
from consent.grants.statements import Answer
from governance.actions.statements import Assertion

# For texts on which nothing can be negotiated by an answer: charters, protocols, stops.
PLAIN_ANSWERS = [
    (Answer.YES.value, _("Yes")),
    (Answer.NO.value, _("No")),
    (Answer.NOT_YET.value, _("Not yet, let us talk")),
    (Answer.RECUSE.value, _("I step aside: I am too close to this")),
]


class SignatureForm(forms.Form):
    """What static/js/sign.js sends. Its content is proven later, by ``statements.cast``."""

    answer = forms.TypedChoiceField(coerce=Answer)
    credential_id = forms.CharField(max_length=1400)
    authenticator_data = forms.CharField(max_length=1400)
    client_data_json = forms.CharField(max_length=5500)
    signature = forms.CharField(max_length=1400)
    comment = forms.CharField(required=False, max_length=4000)

    def __init__(
        self, *args: Any, answers: Sequence[tuple[str, Any]] = tuple(PLAIN_ANSWERS), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["answer"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  declared above
        field.choices = list(answers)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("credential_id", "authenticator_data", "client_data_json", "signature"):
            try:
                cleaned[name] = unb64u(cleaned.get(name, ""))
            except Malformed:
                self.add_error(name, _("This is not what a passkey sends."))
        return cleaned

    def assertion(self) -> Assertion:
        """Return the signature of a valid form."""
        names = ("credential_id", "authenticator_data", "client_data_json", "signature")
        return Assertion(**{name: self.cleaned_data[name] for name in names})
