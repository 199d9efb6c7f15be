"""What a researcher fills in when she submits a change."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.revisions import MAX_NOTE


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What changed, and why"),
        help_text=_("In plain words. Every community reads it first."),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
