"""The times of a community, in days."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.times import DEFAULTS, LEAST, MOST, Times

_LABELS = {
    "acknowledge": _("Working days until we are reminded that nobody has looked at a request"),
    "completeness": _("Working days until we are reminded to check whether all is there"),
    "first_reminder": _("Days until a steward who has not answered is reminded"),
    "reply": _("Days until researchers are reminded of a question of ours"),
}


class TimesForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in _LABELS.items():
            self.fields[name] = forms.IntegerField(
                label=label,
                help_text=gettext("If nobody changes it: %(n)s.") % {"n": getattr(DEFAULTS, name)},
                min_value=LEAST,
                max_value=MOST,
            )

    def times(self) -> Times:
        return Times(**{name: self.cleaned_data[name] for name in _LABELS})
