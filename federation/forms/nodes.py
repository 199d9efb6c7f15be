from django import forms
from django.utils.translation import gettext_lazy as _

from federation.errors import CardRefused
from federation.node_cards import MAX_CARD_BYTES, parse_card


class CardForm(forms.Form):
    """The card that ``kinhold-node init`` printed, pasted as it is."""

    card = forms.CharField(
        label=_("The node's card"),
        help_text=_("Paste all that “kinhold-node init” printed between { and }, braces included."),
        max_length=MAX_CARD_BYTES,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_card(self) -> dict[str, object]:
        try:
            return parse_card(self.cleaned_data["card"])
        except CardRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
