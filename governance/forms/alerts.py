"""How a person wants to be told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.rules import Channel, Pace

_CHANNELS = {
    Channel.EMAIL: _("By e-mail. It says that something waits, and nothing of what it is."),
    Channel.LETTER: _("By letter: somebody of your community hands you a slip of paper."),
    Channel.NONE: _("Not at all. You look on your start page by yourself."),
}
_PACES = {
    Pace.AT_ONCE: _("At once"),
    Pace.DAILY: _("One mail a day, at 8 in the morning"),
    Pace.WEEKLY: _("One mail a week, on Monday at 8 in the morning"),
}


class AlertChoiceForm(forms.Form):
    channel = forms.ChoiceField(label=_("How do we tell you?"), widget=forms.RadioSelect)
    pace = forms.ChoiceField(
        label=_("How often may a mail come?"),
        help_text=_("This counts for e-mail only."),
        choices=[(pace.value, words) for pace, words in _PACES.items()],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, letters: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [channel for channel in Channel if letters or channel is not Channel.LETTER]
        field = self.fields["channel"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  it is written above
        field.choices = [(channel.value, _CHANNELS[channel]) for channel in offered]
