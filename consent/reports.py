"""What a researcher fills in to say that a promise was kept: a short form for each kind. Pure.

A report is kept as JSON: the answers by the names of their questions, in one spelling.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from consent.rules import ObligationKind as Kind

MAX_ANSWER = 4000  # characters
Text = str | LazyText


@dataclass(frozen=True)
class Question:
    name: str
    label: Text
    help: Text = ""
    required: bool = True


_TEXT = (
    Question(
        "text",
        _("What was done"),
        _("In plain words, so that everybody in the community can check it."),
    ),
)

_RESULTS = (
    Question("text", _("What was found, in plain words")),
    Question(
        "how",
        _("How it was brought to the community"),
        _("When, where, to whom, and in which language."),
    ),
)

_PROGRESS = (
    Question("done", _("What was done")),
    Question("runs", _("Which runs there were, and what came of them")),
    Question("found", _("What was found so far"), _("Write “nothing yet” if that is so.")),
    Question("problems", _("What went wrong"), _("Write “nothing” if that is so.")),
    Question("next", _("What comes next")),
)

_CLOSE_OUT = (
    *_PROGRESS[:4],
    Question("destroyed", _("What was destroyed")),
    Question("kept", _("What is kept, and why"), _("Write “nothing” if that is so.")),
    Question("papers", _("Papers and talks"), required=False),
    Question("benefits", _("What the community got"), _("Each promise, and what came of it.")),
)

_DESTRUCTION = (
    Question("what", _("What was destroyed")),
    Question("where", _("On which machines it was")),
    Question("how", _("How it was destroyed")),
    Question("when", _("On which day")),
    Question("by", _("By whom"), _("The name of the person who did it and vouches for it.")),
)

FORMS: dict[Kind, tuple[Question, ...]] = {
    Kind.RESULTS: _RESULTS,
    Kind.PUBLICATION: _TEXT,
    Kind.BENEFIT: _TEXT,
    Kind.PROGRESS: _PROGRESS,
    Kind.CLOSE_OUT: _CLOSE_OUT,
    Kind.DESTRUCTION: _DESTRUCTION,
    Kind.OTHER: _TEXT,
}


def written(kind: Kind, answers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Return the report as it is kept, and what is wrong with it: a sentence by question."""
    problems: dict[str, str] = {}
    kept: dict[str, str] = {}
    names = {question.name for question in FORMS[kind]}
    for name in sorted(set(answers) - names):
        problems[name] = str(_("There is no such question."))
    for question in FORMS[kind]:
        answer = str(answers.get(question.name, "")).strip().replace("\x00", "")
        if question.required and not answer:
            problems[question.name] = str(_("Please answer this."))
        elif len(answer) > MAX_ANSWER:
            problems[question.name] = str(_("At most 4000 characters, please."))
        if answer:
            kept[question.name] = answer
    return json.dumps(kept, ensure_ascii=False, sort_keys=True), problems


def read(kind: Kind, report: str) -> list[tuple[Text, str]]:
    """Return question and answer, in the order of the form; nothing for an empty report."""
    answers = answers_in(report)
    return [(q.label, answers[q.name]) for q in FORMS[kind] if answers.get(q.name)]


def answers_in(report: str) -> dict[str, str]:
    """Return the answers by the names of their questions."""
    if not report:
        return {}
    return {str(name): str(answer) for name, answer in json.loads(report).items()}
