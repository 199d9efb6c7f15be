"""The steps on what is asked for: the job and the data, its limits, its settings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.document import LEAST_COHORT, MOST_COHORT
from consent.purposes import PURPOSES
from federation.forms import hiding
from federation.forms.hiding import FIELDS as HIDING
from federation.forms.hiding import HidingFields
from federation.forms.job import (
    fields_of_job,
    initial_of_job,
    parameters_of,
    settings_of,
    variables_chosen,
    variables_of,
)
from federation.forms.steps.base import Group, Offer, StepForm
from federation.forms.steps.rows import line
from federation.forms.terms import DiseasesField, PlacesField
from federation.forms.under import PREFIX, UnderFields, initial_of_protocols
from governance.models import Dataset


def title_field() -> forms.CharField:
    return forms.CharField(
        label=_("Title"),
        help_text=_("Short and plain. Stewards see it in their list."),
        max_length=160,
    )


def job_field(offer: Offer) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Job"),
        help_text=_("Each is vetted, and fixed by its fingerprint. Its settings come later."),
        choices=[(job.name, f"{job.title}: {job.description}") for job in offer.jobs],
        widget=forms.RadioSelect,
        required=False,
    )


def datasets_field(offer: Offer) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Datasets"),
        help_text=_("One of each community. Each community decides on its own."),
        required=False,
        choices=[(dataset.slug, _dataset_label(dataset)) for dataset in offer.datasets],
        widget=forms.CheckboxSelectMultiple,
    )


class JobStep(StepForm, UnderFields):
    key = "job"
    title_of_step = _("Job and data")
    intro = _("What shall be computed, and on whose data?")

    def __init__(
        self,
        posted: Mapping[str, Any] | None,
        *,
        saved: Mapping[str, Any],
        offer: Offer,
        more: str = "",
    ) -> None:
        self.saved, self.offer, self.rows = saved, offer, {}
        first = dict(saved) | initial_of_protocols(saved.get("protocols") or {})
        first["job"] = (saved.get("job") or {}).get("name", "")
        UnderFields.__init__(self, posted, datasets=offer.datasets, initial=first)
        fixed = {"title": title_field(), "job": job_field(offer), "datasets": datasets_field(offer)}
        self.fields = fixed | self.fields
        self.layout = (Group((*fixed, *(name for name in self.fields if name not in fixed))),)

    def names(self) -> list[str]:
        return ["title", "job.name", "datasets", "protocols"]

    def parts(self) -> dict[str, Any]:
        forms.Form.is_valid(self)
        data = self.cleaned_data
        found: dict[str, Any] = {n: data[n] for n in ("title", "datasets") if n in data}
        if "job" in data:
            found["job.name"] = data["job"]
            found |= self._settings_of(data["job"])
        if not any(name.startswith(PREFIX) for name in self.errors):
            found["protocols"] = self.chosen_protocols()
        return found

    def _settings_of(self, name: str) -> dict[str, Any]:
        """Of another job's settings, only those that the chosen one has, too."""
        held = self.saved.get("job") or {}
        job = next((job for job in self.offer.jobs if job.name == name), None)
        if job is None or held.get("name") == name:
            return {}
        known = {parameter["name"] for parameter in parameters_of(job)}
        settings = held.get("parameters") or {}
        return {"job.parameters": {n: v for n, v in settings.items() if n in known}}

    def label_of(self, part: str) -> Any:
        if part == "protocols":
            return _("Protocols")
        return super().label_of(part.removesuffix(".name"))


class PurposeStep(StepForm, HidingFields):
    key = "purpose"
    title_of_step = _("Purpose and limits")
    intro = _("Each community's rules are held against this. Nodes enforce the numbers.")
    layout: tuple[Group, ...] = (
        Group(("purpose_code", "purpose_text", "diseases", "places"), _("Purpose")),
        Group(
            ("months", "max_rounds", "min_cohort", "max_cohort", "min_nodes"),
            _("Limits"),
            _("Ask for no more than you need. A community may allow less."),
        ),
        Group(HIDING, hiding.TITLE, hiding.TEXT),
        Group(("others_decide",), _("Who else")),
    )

    purpose_code = forms.ChoiceField(
        label=_("Kind of research"),
        required=False,
        choices=[("", "…"), *((code, f"{name} ({code})") for code, name in PURPOSES.items())],
    )
    purpose_text = line(_("Purpose, in one line"), 500)
    diseases = DiseasesField(label=_("Illnesses that you study"))
    places = PlacesField(
        label=_("Countries in which people and computers work with it"),
        help_text=_("Names or two letters, with commas between."),
    )
    months = forms.IntegerField(
        label=_("For how many months"), required=False, min_value=1, max_value=60
    )
    max_rounds = forms.IntegerField(
        label=_("Most rounds of training"), required=False, min_value=1, max_value=1000
    )
    min_cohort = forms.IntegerField(
        label=_("Fewest people at each node"),
        help_text=_("Below this a node takes no part. A community may ask for more."),
        required=False,
        min_value=LEAST_COHORT,
        max_value=MOST_COHORT,
    )
    max_cohort = forms.IntegerField(
        label=_("Most people at each node"),
        help_text=_("May stay empty: then there is no upper limit."),
        required=False,
        min_value=LEAST_COHORT,
        max_value=MOST_COHORT,
    )
    min_nodes = forms.IntegerField(
        label=_("Fewest communities that must take part"),
        required=False,
        min_value=1,
        max_value=100,
    )

    def __init__(
        self,
        posted: Mapping[str, Any] | None,
        *,
        saved: Mapping[str, Any],
        offer: Offer,
        more: str = "",
    ) -> None:
        super().__init__(posted, saved=saved, offer=offer, more=more)
        told = hiding.advice(len(saved.get("datasets") or []))
        self.layout = tuple(
            replace(group, text=told) if group.items == HIDING else group for group in self.layout
        )

    @classmethod
    def first(cls, saved: Mapping[str, Any]) -> dict[str, Any]:
        return super().first(saved) | hiding.initial_of_hiding(saved)

    def names(self) -> list[str]:
        return [*(name for name in super().names() if name not in HIDING), "privacy"]

    def parts(self) -> dict[str, Any]:
        found = {name: value for name, value in super().parts().items() if name not in HIDING}
        if not any(name in self.errors for name in HIDING):
            found["privacy"] = hiding.privacy_of(self.cleaned_data)
        return found

    def label_of(self, part: str) -> Any:
        return hiding.TITLE if part == "privacy" else super().label_of(part)


class SettingsStep(StepForm):
    """The job's own parameters; without a job there are none to set."""

    key = "settings"
    title_of_step = _("Settings and code")
    intro = _("What runs is one fixed version. An agreement names it, and these settings.")
    layout: tuple[Group, ...] = (Group(("code_review", "attack_test"), _("Code")),)

    def __init__(
        self,
        posted: Mapping[str, Any] | None,
        *,
        saved: Mapping[str, Any],
        offer: Offer,
        more: str = "",
    ) -> None:
        super().__init__(posted, saved=saved, offer=offer, more=more)
        if offer.job is None:
            return
        wanted = saved.get("job") or {}
        first = initial_of_job(offer.job, wanted)
        choices = variables_of(_asked(saved, offer), variables_chosen(offer.job, first))
        made = fields_of_job(offer.job, choices)
        self.initial = {**self.initial, **first}
        self.fields = made | self.fields
        self.layout = (Group(tuple(made), offer.job.title, offer.job.description), *self.layout)

    def names(self) -> list[str]:
        return ["job.parameters", "code_review", "attack_test"]

    def parts(self) -> dict[str, Any]:
        found = {n: v for n, v in super().parts().items() if n in self.names()}
        if self.offer.job and not any(name.startswith("job-") for name in self.errors):
            found["job.parameters"] = settings_of(self.offer.job, self.cleaned_data)
        return found

    def label_of(self, part: str) -> Any:
        return _("Settings") if part == "job.parameters" else super().label_of(part)


def _asked(saved: Mapping[str, Any], offer: Offer) -> list[Dataset]:
    """The datasets that were chosen; all on offer before one is."""
    chosen = saved.get("datasets") or []
    found = [dataset for dataset in offer.datasets if dataset.slug in chosen]
    return found or list(offer.datasets)


def _dataset_label(dataset: Dataset) -> str:
    return f"{dataset.title} ({dataset.community.name}, {dataset.size_band})"
