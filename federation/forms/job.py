"""The settings of one catalogue job as form fields, made from the job's own description."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from federation.forms.under import UnderFields
from federation.models import JobVersion
from governance.models import Dataset

PREFIX = "job-"

Choices = list[tuple[str, str]]


class JobFields(UnderFields):
    """Adds one field for each parameter, and checks variables against the chosen datasets."""

    def __init__(
        self, *args: Any, job: JobVersion, datasets: Sequence[Dataset], **kwargs: Any
    ) -> None:
        super().__init__(*args, datasets=datasets, **kwargs)
        self.job = job
        self._datasets = {dataset.slug: dataset for dataset in datasets}
        choices = _variables(datasets)
        for parameter in self._parameters():
            self.fields[_name(parameter)] = _FIELDS[parameter["kind"]](parameter, choices)

    def job_fields(self) -> list[BoundField]:
        return [self[_name(parameter)] for parameter in self._parameters()]

    def chosen_job(self) -> dict[str, Any]:
        """Return the job and its settings as they are kept in a draft."""
        return {"name": self.job.name, "parameters": self._settings()}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        for parameter in self._parameters():
            if parameter["kind"] in {"variable", "variables"}:
                self._check_variables(_name(parameter), found)
        return found

    def _check_variables(self, name: str, found: Mapping[str, Any]) -> None:
        """Refuse a variable that one of the chosen datasets does not have."""
        value = found.get(name) or []
        wanted = [value] if isinstance(value, str) else value
        for slug in found.get("datasets") or []:
            dataset = self._datasets[slug]
            missing = [v for v in wanted if v not in dataset.variable_names]
            if missing:
                text = _("%(dataset)s has no variable %(name)s.")
                self.add_error(name, text % {"dataset": dataset.title, "name": missing[0]})

    def _parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = self.job.manifest["parameters"]
        return parameters

    def _settings(self) -> dict[str, Any]:
        values = {p["name"]: self.cleaned_data.get(_name(p)) for p in self._parameters()}
        return {name: _kept(value) for name, value in values.items() if value not in (None, "", [])}


def initial_of_job(job: JobVersion, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Spread a draft's saved settings over the fields; those of another job are left behind."""
    if wanted.get("name") != job.name:
        return {}
    saved = wanted.get("parameters", {})
    return {
        _name(parameter): _shown(parameter, saved[parameter["name"]])
        for parameter in job.manifest["parameters"]
        if parameter["name"] in saved
    }


def _shown(parameter: Mapping[str, Any], value: Any) -> Any:
    if parameter["kind"] == "variables" and isinstance(value, str):
        return value.split(",")
    return value


def _name(parameter: Mapping[str, Any]) -> str:
    return f"{PREFIX}{parameter['name']}"


def _kept(value: Any) -> Any:
    return ",".join(value) if isinstance(value, list) else value


def _variables(datasets: Sequence[Dataset]) -> Choices:
    """Every variable of the datasets on offer, with the communities that have it."""
    found: dict[str, str] = {}
    where: dict[str, list[str]] = {}
    for dataset in datasets:
        for variable in dataset.variables:
            found.setdefault(variable["name"], variable.get("label") or variable["name"])
            where.setdefault(variable["name"], []).append(dataset.community.name)
    return [
        (name, f"{label} ({name}): {', '.join(dict.fromkeys(where[name]))}")
        for name, label in found.items()
    ]


def _common(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": parameter["label"],
        "help_text": parameter["help"],
        "initial": parameter["default"],
        "required": False,
    }


def _variable(parameter: Mapping[str, Any], choices: Choices) -> forms.Field:
    return forms.ChoiceField(choices=[("", "…"), *choices], **_common(parameter))


def _list_of_variables(parameter: Mapping[str, Any], choices: Choices) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=choices,
        widget=forms.CheckboxSelectMultiple,
        **_common(parameter) | {"help_text": _("Tick every one that the job is to use.")},
    )


def _integer(parameter: Mapping[str, Any], choices: Choices) -> forms.Field:
    return forms.IntegerField(
        min_value=int(parameter["least"]), max_value=int(parameter["most"]), **_common(parameter)
    )


def _number(parameter: Mapping[str, Any], choices: Choices) -> forms.Field:
    return forms.FloatField(
        min_value=parameter["least"],
        max_value=parameter["most"],
        widget=forms.NumberInput(attrs={"step": "any"}),
        **_common(parameter),
    )


_FIELDS: dict[str, Callable[[Mapping[str, Any], Choices], forms.Field]] = {
    "variable": _variable,
    "variables": _list_of_variables,
    "integer": _integer,
    "number": _number,
}
