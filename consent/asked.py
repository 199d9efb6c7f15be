"""A request's document as it is read: in the order in which stewards ask, in words. Pure.

Source: DOMAIN 5.3 and 5.4. A document of the first form (version 1) has fewer questions; those that
it was never asked are not called unanswered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.field_names import REQUEST
from consent.hiding_words import privacy_in_words
from consent.labels import LABELS
from consent.purposes import PURPOSES
from governance.vocabulary import places

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """``text`` is empty when the question has no answer."""

    label: str | Promise
    text: str


@dataclass(frozen=True)
class Part:
    title: str | Promise
    answers: list[Answer]


_PARTS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("The question"), ("question", "why_us", "why_not_other")),
    (
        gettext_lazy("What is asked for"),
        (
            *("datasets", "variables", "limits", "privacy", "purpose", "diseases", "places"),
            "others_decide",
        ),
    ),
    (
        gettext_lazy("Who"),
        ("people", "institution", "partners", "contact_made", "past_work", "conflicts"),
    ),
    (
        gettext_lazy("Money"),
        (
            *("funders", "funding", "forced_sharing", "commercial_interest", "patents", "sales"),
            "ownership",
        ),
    ),
    (
        gettext_lazy("Good"),
        ("benefits", "benefits_list", "results_return", "capacity", "authorship"),
    ),
    (
        gettext_lazy("Harm"),
        ("harm_person", "harm_family", "harm_people", "mitigation", "bias", "attack_test"),
    ),
    (
        gettext_lazy("Who looked at it"),
        ("ethics", "approvals", "community_board", "data_protection", "code_review"),
    ),
    (
        gettext_lazy("Afterwards"),
        (
            *("after", "where_published", "model_licence", "deployment", "retention"),
            *("destruction", "withdrawal_handling", "contact", "complaints"),
        ),
    ),
    (gettext_lazy("Files"), ("attachments",)),
)
_FIRST_FORM = ("funders", "benefits", "after")
_MAY_BE_NONE = ("partners", "attachments")


def parts_of(document: Document) -> list[Part]:
    """Return the document part by part. The summary and the code stand apart from it."""
    found = [Part(title, _answers(document, names)) for title, names in _PARTS]
    return [part for part in found if part.answers]


def _answers(document: Document, names: tuple[str, ...]) -> list[Answer]:
    first = document.get("version") == 1
    shown = []
    for name in names:
        asked = name == "limits" or name in document or not (first or name in _FIRST_FORM)
        text = _text(document, name) if asked else ""
        if asked and (text or name not in _MAY_BE_NONE):
            label = gettext_lazy("Limits") if name == "limits" else REQUEST[name]
            shown.append(Answer(label, text))
    return shown


def _text(document: Document, name: str) -> str:
    if name in _OF_SEVERAL:
        return _OF_SEVERAL[name](document)
    value = document.get(name)
    if not value:
        return ""
    return _WORDS[name](value) if name in _WORDS else str(value)


def _limits(document: Document) -> str:
    text = _(
        "Rounds: at most {rounds}. Months: {months}. People at each node: at least {people}. "
        "Communities together: at least {nodes}."
    ).format(
        rounds=document.get("max_rounds"),
        months=document.get("months"),
        people=document.get("min_cohort"),
        nodes=document.get("min_nodes"),
    )
    most = document.get("max_cohort")
    return f"{text} {_('At most {n} people at each node.').format(n=most)}" if most else text


_OF_SEVERAL: dict[str, Callable[[Document], str]] = {
    "limits": _limits,
    "privacy": privacy_in_words,
}


def _comma(value: Any) -> str:
    return ", ".join(map(str, value))


def _lines(word: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda rows: "\n".join(word(row) for row in rows)


def _person(row: Any) -> str:
    return ", ".join(filter(None, [row["name"], row["email"], row["orcid"]]))


def _body(row: Any) -> str:
    kind = LABELS.get(row.get("type", ""), row.get("type", ""))
    return f"{row.get('name', '')} ({kind}){', ' if row.get('ror') else ''}{row.get('ror', '')}"


def _payer(row: Any) -> str:
    conditions = _("Conditions: {text}").format(text=row.get("conditions", ""))
    return f"{_body(row)}. {conditions}"


def _benefit(row: Any) -> str:
    by = _("within {n} months after the yes; {who} sees that it was done").format(
        n=row.get("due_months"), who=row.get("checked_by", "")
    )
    return f"{row.get('text', '')} ({by})"


def _letter(row: Any) -> str:
    return _("{board}, {number}, from {start} until {end}").format(
        board=row.get("board", ""),
        number=row.get("number", ""),
        start=row.get("from", ""),
        end=row.get("until", ""),
    )


_WORDS: dict[str, Callable[[Any], str]] = {
    "datasets": _comma,
    "variables": _comma,
    "purpose": lambda value: f"{value['text']} ({PURPOSES.get(value['code'], value['code'])})",
    "diseases": _lines(
        lambda row: " ".join(filter(None, [row["text"], row["id"] and f"({row['id']})"]))
    ),
    "places": lambda codes: ", ".join(places.places().get(code, code) for code in codes),
    "people": _lines(_person),
    "institution": _body,
    "partners": _lines(_body),
    "funding": _lines(_payer),
    "benefits_list": _lines(_benefit),
    "results_return": lambda value: _("{how} Within {n} months after the yes.").format(
        how=value.get("how", ""), n=value.get("due_months")
    ),
    "approvals": _lines(_letter),
    "contact": lambda value: f"{value.get('name', '')}, {value.get('email', '')}",
    "attachments": _lines(lambda row: f"{row['title']} ({row['name']})"),
}
