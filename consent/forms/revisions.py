"""What is filled in when a request changes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.revisions import MAX_BACK_NOTE
from consent.models import RequestRevision
from consent.rules import WhyBack


class SendBackForm(forms.Form):
    why = forms.ChoiceField(
        label=_("Why"),
        choices=[
            (WhyBack.UNCLEAR.value, _("It is unclear: please write it in plainer words")),
            (WhyBack.MISSING.value, _("Something is missing")),
            (WhyBack.CHANGE.value, _("We want something changed")),
            (WhyBack.OTHER.value, _("Something else")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What the researcher should change"),
        help_text=_(
            "The researcher reads this, and why you chose to. Your name is not told. "
            "You may leave it empty if it is only unclear."
        ),
        required=False,
        max_length=MAX_BACK_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class CompareForm(forms.Form):
    """Two of several revisions, by number. A number that is not offered is refused."""

    older = forms.TypedChoiceField(label=_("Before"), coerce=int, required=False, empty_value=None)
    newer = forms.TypedChoiceField(label=_("After"), coerce=int, required=False, empty_value=None)

    def __init__(self, *args: Any, among: Sequence[RequestRevision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (
                revision.number,
                _("Revision %(n)s of %(day)s")
                % {"n": revision.number, "day": f"{revision.submitted_at:%Y-%m-%d}"},
            )
            for revision in among
        ]
        for name in ("older", "newer"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field
