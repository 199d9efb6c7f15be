"""The steps of writing a request: their order, and in which of them something is missing."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from consent.questions import QUESTIONS
from federation.forms.steps import STEPS
from federation.forms.steps.wording import ASKED
from federation.labels import FIELDS

LAST = "send"

JOB_PREFIX = "job.parameters."  # as in federation.actions.requests

_OF_STEP: dict[str, str] = {
    **dict.fromkeys(("title", "datasets", "protocols", "job.name"), "job"),
    **dict.fromkeys(("people", "partners", "institution"), "who"),
    "funding": "money",
    "summary": "plain",
    **dict.fromkeys(
        ("purpose", "diseases", "places", "months", "max_rounds", "min_cohort", "max_cohort"),
        "purpose",
    ),
    **dict.fromkeys(("min_nodes", "privacy"), "purpose"),
    "variables": "settings",
    **dict.fromkeys(("benefits_list", "results_return"), "good"),
    "contact": "after",
    **{
        name: step.key
        for step in STEPS.values()
        for group in step.layout
        for name in group.items
        if name in QUESTIONS
    },
}
_ANCHORS = {
    "variables": "id_job-predictors",
    "job.name": "id_job",
    "privacy": "id_privacy_noise",
    "privacy.dp.epsilon": "id_privacy_epsilon",
    "privacy.dp.delta": "id_privacy_delta",
    "privacy.secure_aggregation": "id_privacy_mixing",
}
# Fields that are lists: their faults are told of the whole.
_LISTS = ("people", "partners", "funding", "benefits_list", "diseases", "places")


@dataclass(frozen=True)
class Lack:
    """One thing that is missing or does not fit, with its place on the form."""

    label: str
    sentence: str
    step: str
    anchor: str


@dataclass(frozen=True)
class StepMark:
    key: str
    number: int
    title: Promise | str
    lacks: tuple[Lack, ...] = ()

    @property
    def missing(self) -> int:
        return len(self.lacks)


def lacks_of(problems: Mapping[str, str]) -> list[Lack]:
    return [
        Lack(_label(name), sentence, step_of(name), _anchor(name))
        for name, sentence in problems.items()
    ]


def marks_of(problems: Mapping[str, str]) -> list[StepMark]:
    """Return every step with what it lacks; the last, to look and send, has no form."""
    found = lacks_of(problems)
    marks = [
        StepMark(key, number, step.title_of_step, tuple(lack for lack in found if lack.step == key))
        for number, (key, step) in enumerate(STEPS.items(), start=1)
    ]
    return [*marks, StepMark(LAST, len(marks) + 1, _("Look and send"))]


def step_of(name: str) -> str:
    """Return the step on which a field stands; LAST for what is on none."""
    if name.startswith(JOB_PREFIX):
        return "settings"
    return _OF_STEP.get(name) or _OF_STEP.get(name.partition(".")[0], LAST)


def before(key: str) -> str:
    """Return the step before this one; "" for the first."""
    keys = [*STEPS, LAST]
    place = keys.index(key)
    return keys[place - 1] if place else ""


def after(key: str) -> str:
    keys = [*STEPS, LAST]
    return keys[keys.index(key) + 1]


def _label(name: str) -> str:
    if name.startswith(JOB_PREFIX):
        return name.removeprefix(JOB_PREFIX).replace("-", " ").capitalize()
    if name in ASKED:
        return str(ASKED[name].label)
    first = name.partition(".")[0]
    return str(FIELDS.get(first if first in _LISTS else name, ""))


def _anchor(name: str) -> str:
    first = name.partition(".")[0]
    if first in ("people", "partners", "funding", "benefits_list"):
        return first
    if first in _LISTS:
        return f"id_{first}"
    if name.startswith(JOB_PREFIX):
        return f"id_job-{name.removeprefix(JOB_PREFIX)}"
    return _ANCHORS.get(name) or f"id_{name.replace('.', '_')}"
