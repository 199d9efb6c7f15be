"""Datasets in plain words: kinds of variables, where data comes from, why nobody can ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.queries.datasets import Holder, Standing
from governance.rules import Combine

VARIABLE_KINDS = {
    "number": gettext_lazy("number"),
    "category": gettext_lazy("category"),
    "yes-no": gettext_lazy("yes or no"),
}
PRECISION_WORDS = {
    "none": gettext_lazy("Not at all"),
    "region": gettext_lazy("As a region"),
    "exact": gettext_lazy("Exactly"),
}
CONSENT_WORDS = {
    "not verified": gettext_lazy("Nobody of us has looked into it yet"),
    "verified": gettext_lazy("We have looked into it, and it is there"),
    "disputed": gettext_lazy("It is disputed"),
}
RECORD_PARTS = {
    "peoples": gettext_lazy("The peoples it is about"),
    "territory": gettext_lazy("The place, as exactly as chosen above"),
    "authority": gettext_lazy("Who decides about it"),
    "collection": gettext_lazy("How it was collected"),
    "consent_status": gettext_lazy("What we know of the consent"),
    "transformations": gettext_lazy("What was done to the data since"),
    "benefit_contact": gettext_lazy("Whom to ask about sharing benefits"),
}
RECORD_WORDS = {
    "wording": gettext_lazy("How to speak of where it comes from"),
    "peoples": gettext_lazy("Peoples"),
    "territory": gettext_lazy("Land or waters"),
    "authority": gettext_lazy("Who decides about it"),
    "collection": gettext_lazy("How it was collected"),
    "consent_status": gettext_lazy("Consent of the people in it"),
    "transformations": gettext_lazy("What was done to the data since"),
    "benefit_contact": gettext_lazy("Whom to ask about sharing benefits"),
}
COMBINED = {
    Combine.ALL: gettext_lazy("A request must fit all of these protocols."),
    Combine.ANY: gettext_lazy("Whoever asks chooses one of these protocols."),
}

Text = str | Promise


@dataclass(frozen=True)
class Told:
    """One line of a record: what it is about, and the lines of text under it."""

    about: Text
    lines: list[str]


def record_in_words(record: Mapping[str, Any]) -> list[Told]:
    """Put a provenance record, or the shown part of one, into lines. What is empty is left out."""
    found = []
    for name, about in RECORD_WORDS.items():
        lines = [line for line in _lines(name, record) if line]
        if lines:
            found.append(Told(about, lines))
    return found


def limits_in_words(variable: Mapping[str, Any]) -> str:
    """Say which values a variable may have, as its keeper wrote it down; "" if nobody did."""
    if held := variable.get("range"):
        return str(_("%(least)s to %(most)s") % held)
    return ", ".join(variable.get("categories") or [])


def why_not(standing: Standing) -> list[str]:
    """Say each thing that keeps researchers from asking for a dataset; empty if they can."""
    found = []
    if not standing.published:
        found.append(_("It is not published: researchers do not see it."))
    for name, what in standing.lacking:
        if what == "charter":
            text = _("%(name)s has no charter yet, so it could not decide.")
        else:
            text = _("%(name)s has not put it under one of its protocols yet.")
        found.append(text % {"name": name})
    if standing.held_back:
        found.append(_("A label on it holds it back until a steward has looked at it."))
    return found


def combined_in_words(holder: Holder) -> str:
    """Say how several protocols go together; "" where there is one at most."""
    return str(COMBINED[holder.combine]) if len(holder.lines) > 1 else ""


def _lines(name: str, record: Mapping[str, Any]) -> list[str]:
    held = record.get(name)
    if not held:
        return []
    if name == "wording":
        return [str(held)]
    if name == "peoples":
        return [_people(people) for people in held]
    if name == "territory":
        return [held["text"]] if held["precision"] != "none" else []
    if name == "authority":
        return [held["body"], held["contact"]]
    if name == "collection":
        return [held["when"], held["by"], held["purpose"], held["consent_document"]]
    if name == "consent_status":
        return [str(CONSENT_WORDS[held])]
    return list(held) if isinstance(held, list) else [str(held)]


def _people(people: Mapping[str, str]) -> str:
    name, language = people["name"], people["language"]
    return f"{name} ({language})" if language else name
