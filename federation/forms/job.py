"""The settings of one catalogue job as form fields, made from the job's own description."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from federation.models import JobVersion
from governance.models import Dataset

PREFIX = "job-"

Choices = list[tuple[str, str]]


def parameters_of(job: JobVersion) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = job.manifest["parameters"]
    return found


def fields_of_job(job: JobVersion, choices: Choices) -> dict[str, forms.Field]:
    """Return one field for each parameter, by its name on the form."""
    return {_name(p): _FIELDS[p["kind"]](p, choices) for p in parameters_of(job)}


def settings_of(job: JobVersion, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job's settings as they are kept in a draft; empty ones are left out."""
    values = {p["name"]: cleaned.get(_name(p)) for p in parameters_of(job)}
    return {name: _kept(value) for name, value in values.items() if value not in (None, "", [])}


def limits_in_words(parameter: Mapping[str, Any]) -> str:
    """Say what a number may be, with its unit; "" for what is chosen from a list."""
    if parameter["kind"] not in ("integer", "number"):
        return ""
    span = _("From %(least)s to %(most)s.") % {
        "least": f"{parameter['least']:g} {parameter.get('unit', '')}".strip(),
        "most": f"{parameter['most']:g} {parameter.get('unit', '')}".strip(),
    }
    if parameter["default"] is None:
        return str(span)
    usual = _("Left empty, it is %(usual)s.") % {"usual": f"{parameter['default']:g}"}
    return f"{span} {usual}"


def initial_of_job(job: JobVersion, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Spread a draft's saved settings over the fields; those that the job lacks are left out."""
    saved = wanted.get("parameters") or {}
    return {
        _name(parameter): _shown(parameter, saved[parameter["name"]])
        for parameter in job.manifest["parameters"]
        if parameter["name"] in saved
    }


def variables_chosen(job: JobVersion, first: Mapping[str, Any]) -> list[str]:
    """Return the variables among the settings as they are spread over the fields."""
    found: list[str] = []
    for parameter in parameters_of(job):
        value = first.get(_name(parameter))
        if parameter["kind"] == "variable" and value:
            found.append(value)
        elif parameter["kind"] == "variables":
            found.extend(value or [])
    return found


def _shown(parameter: Mapping[str, Any], value: Any) -> Any:
    if parameter["kind"] == "variables" and isinstance(value, str):
        return value.split(",")
    return value


def _name(parameter: Mapping[str, Any]) -> str:
    return f"{PREFIX}{parameter['name']}"


def _kept(value: Any) -> Any:
    return ",".join(value) if isinstance(value, list) else value


def variables_of(datasets: Sequence[Dataset], chosen: Iterable[str] = ()) -> Choices:
    """Every variable of the datasets, with the communities that have it.

    Args:
        chosen: names that stand in the draft; one that no dataset has stays to be seen.
    """
    found: dict[str, str] = {}
    where: dict[str, list[str]] = {}
    for dataset in datasets:
        for variable in dataset.variables:
            found.setdefault(variable["name"], variable.get("label") or variable["name"])
            where.setdefault(variable["name"], []).append(dataset.community.name)
    known = [
        (name, f"{label} ({name}): {', '.join(dict.fromkeys(where[name]))}")
        for name, label in found.items()
    ]
    lost = [name for name in chosen if name not in found]
    return known + [(n, _("%(name)s: in none of your datasets") % {"name": n}) for n in lost]


def _common(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "label": parameter["label"],
        "help_text": f"{parameter['help']} {limits_in_words(parameter)}".strip(),
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
