"""A request as a form: the fixed questions, and the chosen job's own settings.

A draft may be saved half-empty, so hardly a field is required here. What is missing is told by the
preview, with the same rules that hold when it is submitted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.document import INSTITUTION_TYPES, LEAST_COHORT
from consent.labels import LABELS
from consent.purposes import PURPOSES
from federation.forms.job import JobFields, initial_of_job
from federation.forms.terms import DiseasesField, PlacesField
from federation.forms.under import initial_of_protocols
from federation.models import JobVersion
from governance.models import Dataset

MOST_PEOPLE = 20


def _long(label: Any, help_text: Any = "", *, rows: int = 3, most: int = 2000) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


@dataclass(frozen=True)
class Section:
    title: Promise | str
    text: Promise | str
    fields: list[BoundField]


class DraftForm(JobFields):
    """Everything but the people, who are a list of their own. Names are those of the document."""

    title = forms.CharField(label=_("Title"), max_length=160)
    summary = _long(
        _("What you want to do, in at most 300 words"),
        _("Stewards read this first. Write it for somebody who is no researcher."),
        rows=8,
        most=4000,
    )
    question = _long(_("The question that this is to answer"), most=1000)
    datasets = forms.MultipleChoiceField(
        label=_("Datasets"),
        help_text=_("One of each community. Each community decides on its own."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    max_rounds = forms.IntegerField(
        label=_("Most rounds of training"), required=False, min_value=1, max_value=1000
    )
    months = forms.IntegerField(
        label=_("For how many months"), required=False, min_value=1, max_value=60
    )
    min_cohort = forms.IntegerField(
        label=_("Fewest people at each node"),
        help_text=_("Below this a node takes no part. A community may ask for more."),
        required=False,
        min_value=LEAST_COHORT,
        max_value=1_000_000,
    )
    min_nodes = forms.IntegerField(
        label=_("Fewest communities that must take part"),
        required=False,
        min_value=1,
        max_value=100,
    )
    purpose_code = forms.ChoiceField(
        label=_("Kind of research"),
        required=False,
        choices=[("", "…"), *((code, f"{name} ({code})") for code, name in PURPOSES.items())],
    )
    purpose_text = forms.CharField(label=_("Purpose, in one line"), required=False, max_length=500)
    diseases = DiseasesField(label=_("Illnesses that you study"))
    places = PlacesField(
        label=_("Countries in which people and computers work with it"),
        help_text=_("Names or two letters, with commas between."),
    )
    institution_name = forms.CharField(label=_("Institution"), required=False, max_length=200)
    institution_ror = forms.CharField(
        label=_("Its ROR, if it has one"),
        help_text=_("Like https://ror.org/04gyf1771"),
        required=False,
        max_length=60,
    )
    institution_type = forms.ChoiceField(
        label=_("Kind of institution"),
        required=False,
        choices=[("", "…"), *((value, LABELS[value]) for value in INSTITUTION_TYPES)],
    )
    funders = _long(_("Who pays, and on what conditions"), most=1000)
    commercial_interest = _long(
        _("Commercial interest"),
        _("Write “none” when nobody can profit. Left empty, it counts as not answered."),
        most=1000,
    )
    benefits = _long(_("What the communities get from it, and when"))
    harm_person = _long(_("Harm that could come to one person"))
    harm_family = _long(_("Harm that could come to a family"))
    harm_people = _long(_("Harm that could come to a people as a whole"))
    ethics = _long(_("Ethics approval: by whom, and when"), most=1000)
    after = _long(_("What becomes of the model afterwards"))

    def __init__(
        self, *args: Any, job: JobVersion, datasets: Sequence[Dataset], **kwargs: Any
    ) -> None:
        self.offered = datasets
        super().__init__(*args, job=job, datasets=datasets, **kwargs)
        field = self.fields["datasets"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = [(d.slug, _dataset_label(d)) for d in datasets]

    @staticmethod
    def initial_of(draft: Mapping[str, Any], title: str, job: JobVersion) -> dict[str, Any]:
        """Spread a saved draft over the fields."""
        flat = {name: draft.get(name) for name in _FLAT} | {"title": title}
        for group, names in _GROUPS.items():
            flat |= {f"{group}_{name}": draft.get(group, {}).get(name, "") for name in names}
        flat |= initial_of_protocols(draft.get("protocols", {}))
        return flat | initial_of_job(job, draft.get("job", {}))

    def draft(self, people: list[dict[str, str]]) -> dict[str, Any]:
        """Return the fields as ``consent.actions.requests`` keeps them; what is empty is left out,
        so that it is told as missing."""
        data = self.cleaned_data
        kept: dict[str, Any] = {n: data[n] for n in _FLAT if data.get(n) not in (None, "", [])}
        for group, names in _GROUPS.items():
            kept[group] = {name: data[f"{group}_{name}"] for name in names}
        if protocols := self.chosen_protocols():
            kept["protocols"] = protocols
        return kept | {"people": people, "job": self.chosen_job()}

    def sections(self) -> Iterator[Section]:
        for title, text, names in _SECTIONS:
            more = self.under_fields() if title == _WHAT else []
            yield Section(title, text, [*(self[name] for name in names), *more])
            if title == _WHAT:
                yield Section(self.job.title, self.job.description, self.job_fields())


_FLAT = (
    *("summary", "question", "datasets", "max_rounds", "months", "min_cohort", "min_nodes"),
    *("funders", "commercial_interest", "benefits", "harm_person", "harm_family", "harm_people"),
    *("ethics", "after", "diseases", "places"),
)
_GROUPS = {"purpose": ("code", "text"), "institution": ("name", "ror", "type")}

_WHAT = _("What you ask for")
_SECTIONS: list[tuple[Promise, Promise | str, list[str]]] = [
    (_WHAT, "", ["title", "summary", "question", "datasets"]),
    (_("Limits"), "", ["max_rounds", "months", "min_cohort", "min_nodes"]),
    (
        _("Purpose"),
        _("Each community's rules are held against this."),
        ["purpose_code", "purpose_text", "diseases", "places"],
    ),
    (
        _("Institution and money"),
        "",
        [
            "institution_name",
            "institution_ror",
            "institution_type",
            "funders",
            "commercial_interest",
        ],
    ),
    (
        _("Good and harm"),
        _("Stewards weigh these. Say plainly what could go wrong."),
        ["benefits", "harm_person", "harm_family", "harm_people"],
    ),
    (_("Ethics and afterwards"), "", ["ethics", "after"]),
]


class PersonForm(forms.Form):
    name = forms.CharField(label=_("Name"), required=False, max_length=120)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    orcid = forms.CharField(label=_("ORCID, if any"), required=False, max_length=19)

    def person(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("name", "email", "orcid")}


_PeopleFormSet = forms.formset_factory(
    PersonForm, extra=2, max_num=MOST_PEOPLE, absolute_max=MOST_PEOPLE
)


class PeopleForm(_PeopleFormSet):  # type: ignore[misc, valid-type]  # made by a factory
    """Who will do the work; a row left empty is nobody."""

    def people(self) -> list[dict[str, str]]:
        rows = [form.person() for form in self.forms]
        return [row for row in rows if any(row.values())]


def _dataset_label(dataset: Dataset) -> str:
    return f"{dataset.title} ({dataset.community.name}, {dataset.size_band})"
