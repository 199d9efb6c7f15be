"""Publishing a dataset under protocols, and naming a further holder."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.models import Protocol
from governance.rules import Combine

COMBINE = [
    (Combine.ALL.value, _("All of them: a request must fit every one")),
    (Combine.ANY.value, _("Any of them: whoever asks chooses under which one")),
]


class LinesForm(forms.Form):
    """Which of the community's own protocols hold for a dataset.

    ``offered`` says which were there to tick when the page was made. One that came later was not
    seen, so it is not taken away by somebody who did not tick it.
    """

    lines = forms.MultipleChoiceField(
        label=_("Our protocols that hold for it"),
        help_text=_("Later versions of a protocol that you tick here hold too, once adopted."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    combine = forms.ChoiceField(
        label=_("If there are several"),
        choices=COMBINE,
        widget=forms.RadioSelect,
        initial=Combine.ALL.value,
    )
    offered = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, protocols: Sequence[Protocol], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["lines"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = [
            (p.line, _("%(title)s, version %(n)s") % {"title": p.title, "n": p.number})
            for p in protocols
        ]
        self.fields["offered"].initial = ",".join(p.line for p in protocols)

    def chosen(self) -> dict[str, Any]:
        """Return the arguments of the actions in ``governance.actions.dataset_protocols``."""
        data = self.cleaned_data
        return {
            "lines": data["lines"],
            "combine": Combine(data["combine"]),
            "offered": [line for line in data["offered"].split(",") if line],
        }


class WordForm(forms.Form):
    word = forms.CharField(
        label=_("The other community's word"),
        help_text=_(
            "A steward of that community makes it on its page of datasets and hands it to you."
        ),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
