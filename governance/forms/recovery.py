"""Forms for a lost or stolen passkey. Others know a passkey by its words, not by its name."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.grants.codec import unb64u
from consent.grants.words import fingerprint_words
from governance.forms.reason import ReasonForm
from governance.queries.recovery import KeyStanding


class ReplaceForm(forms.Form):
    """Which of the passkeys on a steward's account the next charter names."""

    keys = forms.MultipleChoiceField(
        label=gettext_lazy("Passkeys in the next charter"),
        help_text=gettext_lazy(
            "Tick those she has in her hands. Compare the words with her, by voice. "
            "A lost one stays without a tick."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one passkey.")},
    )

    def __init__(self, *args: Any, held: Sequence[KeyStanding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["keys"], held)
        new = [key.credential_id for key in held if not key.in_charter]
        self.initial["keys"] = new or [key.credential_id for key in held]

    def chosen(self) -> list[bytes]:
        return [unb64u(value) for value in self.cleaned_data["keys"]]


class StolenForm(ReasonForm):
    """Which passkey was stolen, and what the others should know."""

    field_order = ("key", "reason")

    key = forms.ChoiceField(
        label=gettext_lazy("The stolen passkey"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say which passkey it is.")},
    )

    def __init__(self, *args: Any, named: Sequence[KeyStanding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["key"], named)
        if len(named) == 1:
            self.initial["key"] = named[0].credential_id

    def chosen(self) -> bytes:
        return unb64u(self.cleaned_data["key"])


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("The code from the mail"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def clean_code(self) -> str:
        """Return the digits; people put spaces between them."""
        return "".join(self.cleaned_data["code"].split())


def _offer(field: forms.Field, keys: Sequence[KeyStanding]) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
    field.choices = [(key.credential_id, _told(key)) for key in keys]


def _told(key: KeyStanding) -> str:
    words = fingerprint_words(key.fingerprint)
    if key.in_charter:
        return _("{words} (in the charter in force)").format(words=words)
    return _("{words} (new)").format(words=words)
