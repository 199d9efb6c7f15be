from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.actions.tokens import MAX_DAYS
from governance.rules import ROLE_SCOPES, PlatformRole

SCOPE_LABELS = {
    "datasets:read": _("read the list of datasets"),
    "requests:read": _("read your requests"),
    "requests:write": _("write and send requests"),
    "runs:read": _("follow your runs"),
    "results:read": _("fetch your results"),
}


class TokenForm(forms.Form):
    label = forms.CharField(label=_("What is it for?"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What may the script do?"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=_("For how many days?"), min_value=1, max_value=MAX_DAYS, initial=90
    )

    def __init__(self, *args: Any, role: PlatformRole, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = [(scope, SCOPE_LABELS[scope]) for scope in ROLE_SCOPES[role]]
