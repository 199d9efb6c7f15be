"""What is filled in while a community works through a request, and by an adviser."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.advice import MAX_ADVICE, MAX_INTERESTS, MAX_NAME, MAX_QUESTION
from consent.labels import LABELS
from consent.rules import Completeness
from consent.talking import MAX_NOTE, MAX_TEXT
from governance.models import Membership

NOBODY = "nobody"


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class TextForm(forms.Form):
    """One message, to readers who are named above it."""

    text = forms.CharField(label=_("Your message"), max_length=MAX_TEXT, widget=_area(6))


class MessageForm(TextForm):
    question = forms.BooleanField(label=_("I ask for an answer"), required=False)


class AssignForm(forms.Form):
    who = forms.ChoiceField(label=_("Who looks after it"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, people: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["who"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        named = [(str(held.public_id), held.shown_name) for held in people]
        field.choices = [*named, (NOBODY, _("nobody"))]
        self._people = {str(held.public_id): held.pk for held in people}

    def chosen(self) -> int | None:
        return self._people.get(self.cleaned_data["who"])


class CheckForm(forms.Form):
    found = forms.ChoiceField(
        label=_("Is all there that you need to decide?"),
        choices=[(one.value, LABELS[one.value]) for one in Completeness],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("A note for your community (you may leave it empty)"),
        help_text=_("Your community reads it. It is not kept sealed; for that, use Among us."),
        required=False,
        max_length=MAX_NOTE,
        widget=_area(3),
    )


class AskAdviceForm(forms.Form):
    name = forms.CharField(label=_("Her name"), max_length=MAX_NAME)
    email = forms.EmailField(
        label=_("Her e-mail address"),
        help_text=_("She gets a link that says nothing of what it is about."),
        max_length=254,
    )
    question = forms.CharField(
        label=_("What you want to know from her"),
        help_text=_("She reads it above the request. It is not kept sealed."),
        max_length=MAX_QUESTION,
        widget=_area(4),
    )


class AdviceForm(forms.Form):
    interests = forms.CharField(
        label=_("First: what ties you to these researchers or their institution?"),
        help_text=_(
            "For example work you did together, money, family, friendship. If there is nothing, "
            "write: none."
        ),
        max_length=MAX_INTERESTS,
        widget=_area(3),
    )
    text = forms.CharField(
        label=_("Your advice"),
        help_text=_("Say above all what harm could come: to a person, a family, and the people."),
        max_length=MAX_ADVICE,
        widget=_area(12),
    )
