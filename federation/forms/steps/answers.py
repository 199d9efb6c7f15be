"""The steps that are answered in words: who, money, plain words, good, harm, ethics, afterwards."""

from django import forms
from django.utils.translation import gettext_lazy as _

from federation.forms.steps.base import Group, StepForm
from federation.forms.steps.rows import BODY_CHOICES, line, months


class WhoStep(StepForm):
    key = "who"
    title_of_step = _("Who")
    intro = _("Communities want to know with whom they deal.")
    lists = ("people", "partners")
    layout = (
        Group(("people",)),
        Group(("institution_name", "institution_type", "institution_ror"), _("Institution")),
        Group(("partners",)),
        Group(("contact_made", "past_work", "conflicts"), _("You and the communities")),
    )

    institution_name = line(_("Institution that asks"), 200)
    institution_type = forms.ChoiceField(
        label=_("Kind of institution"), required=False, choices=BODY_CHOICES
    )
    institution_ror = line(_("Its ROR, if it has one"), 60, _("Like https://ror.org/04gyf1771"))


class MoneyStep(StepForm):
    key = "money"
    title_of_step = _("Money")
    intro = _("Who pays, who could profit, and who owns what comes of it.")
    lists = ("funding",)
    layout = (
        Group(("funding",)),
        Group(("forced_sharing", "commercial_interest", "patents", "sales", "ownership")),
    )


class PlainStep(StepForm):
    key = "plain"
    title_of_step = _("In plain words")
    intro = _("Stewards read this first. Write it for somebody who is no researcher.")
    layout = (Group(("summary",)), Group(("question", "why_us", "why_not_other")))

    summary = forms.CharField(
        label=_("What you want to do, in at most 300 words"),
        help_text=_("Short words and short sentences. No abbreviations."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class GoodStep(StepForm):
    key = "good"
    title_of_step = _("Good")
    intro = _("What is promised here is kept in a list with dates, which everybody asked sees.")
    lists = ("benefits_list",)
    layout = (
        Group(("benefits_list",)),
        Group(("results_return_how", "results_return_due_months"), _("Results, first to them")),
        Group(("capacity", "authorship"), _("Learning and names")),
    )

    results_return_how = forms.CharField(
        label=_("How do the results come back to the communities?"),
        help_text=_("In plain words, before anybody else reads them."),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    results_return_due_months = months(_("At most how many months after the yes"))


class HarmStep(StepForm):
    key = "harm"
    title_of_step = _("Harm")
    intro = _("Stewards weigh this. Say plainly what could go wrong; “none” is seldom true.")
    layout = (Group(("harm_person", "harm_family", "harm_people", "mitigation", "bias")),)


class EthicsStep(StepForm):
    key = "ethics"
    title_of_step = _("Ethics")
    intro = _("Who looked at this besides you?")
    layout = (Group(("ethics", "community_board", "data_protection")),)


class AfterStep(StepForm):
    key = "after"
    title_of_step = _("Afterwards")
    intro = _("What becomes of the model, the papers and the promises.")
    layout = (
        Group(("where_published", "model_licence", "deployment"), _("What comes out")),
        Group(("retention", "destruction", "withdrawal_handling"), _("How it ends")),
        Group(
            ("contact_name", "contact_email", "complaints"),
            _("In the ten years after"),
            _("People move on. Name an office rather than a person."),
        ),
    )

    contact_name = line(_("Whom to ask"), 120)
    contact_email = line(_("E-mail"), 254)
