from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CommunityForm(forms.Form):
    """How a community shows itself."""

    name = forms.CharField(label=_("Name, as it is shown"), max_length=120)
    about = forms.CharField(
        label=_("Who you are"),
        help_text=_("In your own words. Researchers read it beside your datasets."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    contact = forms.CharField(
        label=_("How people reach you"),
        help_text=_("For example a meeting place, a phone number, or a mail address."),
        required=False,
        max_length=300,
    )


class BodyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        help_text=_("For example: Board, Elders, Women's group, Health committee."),
        max_length=80,
    )
    about = forms.CharField(
        label=_("What it does (you may leave it empty)"),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_name(self) -> Any:
        return " ".join(self.cleaned_data["name"].split())
