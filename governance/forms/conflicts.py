from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import Membership


class ConflictForm(forms.Form):
    """Whom somebody sees a conflict of interest in, and why."""

    about = forms.TypedChoiceField(label=_("Whom it is about"), coerce=int)
    reason = forms.CharField(
        label=_("What the conflict is"),
        help_text=_("Your whole community reads it, and so does the person herself."),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, others: Iterable[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["about"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  declared above
        field.choices = [(steward.pk, steward.shown_name) for steward in others]


class NoConflictForm(forms.Form):
    answer = forms.CharField(
        label=_("Why you see no conflict"),
        help_text=_("Your whole community reads it."),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
