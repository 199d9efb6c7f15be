"""Days from and to: times away, and quiet times."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DaysFromTo(forms.Form):
    starts = forms.DateField(label=_("First day"), widget=DAY)
    ends = forms.DateField(label=_("Last day"), widget=DAY)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts"), cleaned.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _("The last day comes after the first."))
        return cleaned


class AwayForm(DaysFromTo):
    note = forms.CharField(
        label=_("A note for the others (you may leave it empty)"), required=False, max_length=200
    )


class QuietForm(DaysFromTo):
    reason = forms.CharField(
        label=_("What for (you may leave it empty)"),
        help_text=_("Your community reads it. Nobody outside does."),
        required=False,
        max_length=200,
    )
