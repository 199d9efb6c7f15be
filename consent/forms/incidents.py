"""What people fill in about incidents and complaints."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.actions.incidents import MAX_CONTACT, MAX_TEXT, MAX_TITLE, Report
from consent.rules import Severity
from governance.forms.days import DAY
from governance.models import Community

SEVERITIES = {
    Severity.LOW: _("Low: nobody was harmed. A community looks at it within 10 days."),
    Severity.SERIOUS: _("Serious: somebody could be harmed. Within 72 hours."),
    Severity.GRAVE: _("Grave: somebody was harmed, or it goes on. Within 24 hours."),
}


class IncidentForm(forms.Form):
    title = forms.CharField(label=_("What is it, in one line?"), max_length=MAX_TITLE)
    what = forms.CharField(
        label=_("What happened?"),
        help_text=_("Name no person who need not be named."),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    happened_on = forms.DateField(label=_("On which day?"), widget=DAY)
    severity = forms.ChoiceField(
        label=_("How bad is it?"),
        choices=[(severity.value, words) for severity, words in SEVERITIES.items()],
        widget=forms.RadioSelect,
    )
    contact = forms.CharField(
        label=_("Who answers questions about it, and how is that person reached?"),
        max_length=MAX_CONTACT,
    )

    def report(self) -> Report:
        names = ("title", "what", "happened_on", "contact")
        return Report(
            **{name: self.cleaned_data[name] for name in names},
            severity=Severity(self.cleaned_data["severity"]),
        )


class ResearcherIncidentForm(IncidentForm):
    """To some of the communities that were asked; all of them, if nothing is changed."""

    def __init__(self, *args: Any, asked: Sequence[Community], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["communities"] = forms.MultipleChoiceField(
            label=_("Which communities does it concern?"),
            help_text=_("Each is told at once. Leave one out only if it is surely not concerned."),
            choices=[(community.slug, community.name) for community in asked],
            initial=[community.slug for community in asked],
            widget=forms.CheckboxSelectMultiple,
        )


class MemberIncidentForm(IncidentForm):
    """To the member's own community, about one of its requests or about none."""

    def __init__(self, *args: Any, reviews: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request"] = forms.ChoiceField(
            label=_("Is it about a request?"),
            choices=[("", _("about none, or I do not know")), *reviews],
            required=False,
        )

    def review_id(self) -> UUID | None:
        chosen = self.cleaned_data["request"]
        return UUID(chosen) if chosen else None


class EntryForm(forms.Form):
    text = forms.CharField(
        label=_("Write something about it"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CommunityEntryForm(EntryForm):
    readers = forms.ChoiceField(
        label=_("Who reads it?"),
        choices=[
            ("us", _("Only our community. It is kept sealed.")),
            ("all", _("Everybody concerned: who reported it, and every community it was told to.")),
        ],
        initial="us",
        widget=forms.RadioSelect,
    )
