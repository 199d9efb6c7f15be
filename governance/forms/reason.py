from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why (the community and the auditors can read it)"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
