"""What researchers and stewards fill in about promises and publications."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.obligations import MAX_REASON
from consent.actions.publications import MAX_LINE, MAX_SUMMARY
from consent.models import Grant
from consent.promise_labels import PUBLICATION_ANSWERS, PUBLICATION_KINDS
from consent.reports import FORMS, MAX_ANSWER
from consent.rules import ObligationKind


class ReportForm(forms.Form):
    """The short form of one kind of promise; its fields are the questions of that kind."""

    def __init__(self, *args: Any, kind: ObligationKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in FORMS[kind]:
            self.fields[question.name] = forms.CharField(
                label=str(question.label),
                help_text=str(question.help),
                required=question.required,
                max_length=MAX_ANSWER,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
        self.fields["evidence"] = forms.FileField(
            label=_("A file that shows it (you may leave it empty)"),
            help_text=_(
                "PDF, picture, plain text or sound, at most 5 MB. The community can open it."
            ),
            required=False,
        )

    def answers(self) -> dict[str, str]:
        return {name: text for name, text in self.cleaned_data.items() if name != "evidence"}


class WhyForm(forms.Form):
    """Why something is sent back, or somebody let off."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("The researcher reads it."),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PublicationForm(forms.Form):
    """Something that is to be made public, put to one community."""

    community = forms.ChoiceField(label=_("To which community"))
    kind = forms.ChoiceField(label=_("What it is"), choices=list(PUBLICATION_KINDS.items()))
    title = forms.CharField(label=_("Title"), max_length=MAX_LINE)
    where = forms.CharField(
        label=_("Where it will appear"),
        help_text=_("The journal, meeting or web site."),
        max_length=MAX_LINE,
    )
    plain_summary = forms.CharField(
        label=_("What it says, in plain words"),
        help_text=_("So that people who do not do research can judge it."),
        max_length=MAX_SUMMARY,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    file = forms.FileField(
        label=_("The text itself (you may leave it empty)"),
        help_text=_("PDF, picture, plain text or sound, at most 5 MB. The community can open it."),
        required=False,
    )

    def __init__(self, *args: Any, grants: Sequence[Grant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["community"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [(grant.community.slug, grant.community.name) for grant in grants]
        if len(grants) == 1:
            field.initial = grants[0].community.slug


class PublicationAnswerForm(forms.Form):
    """One of four answers; none is chosen beforehand."""

    answer = forms.ChoiceField(
        label=_("Our answer"),
        choices=list(PUBLICATION_ANSWERS.items()),
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("What the researcher should know"),
        help_text=_("Needed if you ask for changes; else you may leave it empty."),
        required=False,
        max_length=MAX_SUMMARY,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PublishedForm(forms.Form):
    published_at = forms.DateField(
        label=_("On which day it came out"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    link = forms.URLField(
        label=_("Where it can be found (you may leave it empty)"),
        required=False,
        max_length=300,
        assume_scheme="https",
    )
