"""Forms for clauses in the community's own words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.actions.voices import MAX_REASON, MAX_TEXT, Wording
from governance.forms.labels import WordsForm


class VoiceForm(WordsForm):
    """A clause in one language: the words, a recording if there is one, and who made them."""

    text = forms.CharField(
        label=_("The clause in your own words"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_(
            "Say the whole clause, as you would to your own people. Where it has a number or a "
            "name, say that it is the one in the signed text: it may differ in each protocol."
        ),
    )
    machine = forms.BooleanField(
        label=_("A translation program made these words, or a part of them"),
        required=False,
        help_text=_(
            "Tick it if so, also when you changed some words after. It is then marked “made by a "
            "machine”, seen by stewards and convenors only, and never confirmed."
        ),
    )
    field_order = ["language", "text", "audio", "machine"]

    def wording(self) -> Wording:
        kept: dict[str, Any] = self.cleaned_data
        audio = kept.get("audio") or b""
        return Wording(kept["language"], kept["text"], kept["machine"], audio)


class ConfirmForm(forms.Form):
    """What a second person says with her confirmation."""

    same = forms.BooleanField(
        label=_(
            "I understand this language. The words say what the clause says, and so does the "
            "recording if there is one. No translation program made them."
        ),
        error_messages={"required": _("Tick this if it is so. If it is not, go back.")},
    )


class RemoveForm(forms.Form):
    reason = forms.CharField(
        label=_("Why it is taken away"),
        help_text=_("Your stewards and convenors can read it. Auditors and researchers cannot."),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
