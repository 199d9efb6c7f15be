"""Local Contexts labels and notices: which there are, and what each means here. Pure but for
translation.

The fixture holds names, identifiers and meanings in our own words. The official texts and icons
belong to Local Contexts and are not kept here; a label's own text is the community's.

Source: governance/fixtures/labels.json, made from localcontexts/localcontextshub at commit 4717e8a;
reviewed, string by string, in docs/labels.md.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance import clauses
from governance.rules import LabelKind

LIBRARY = Path(__file__).parent / "fixtures" / "labels.json"

GROUPS: dict[str, str | Promise] = {
    "BC": _("Biocultural (BC) labels: for data and samples of people, plants, animals and places"),
    "TK": _("Traditional Knowledge (TK) labels: for knowledge, stories, images and sound"),
    "": _("Notices: put on by an institution or researcher, and taken over by the community"),
}
CATEGORIES: dict[str, str | Promise] = {
    "provenance": _("where it comes from"),
    "protocol": _("how it may be handled"),
    "permission": _("what it may be used for"),
    "notice": _("notice"),
}
# What a label asks for that no clause of the library says. Shown, so that nobody thinks it is done.
BY_HAND: dict[str, str | Promise] = {
    "HEALTH_OR_RESEARCH_SCOPE": _(
        "No clause says “any research”. Each request is still decided one by one."
    ),
    "CONSENT_DOC": _("Say in the description where the consent is written down."),
    "OUTREACH_ONLY": _(
        "No clause limits use to teaching. A training run is hardly ever that: "
        "hide the data from researchers, or say no when they ask."
    ),
    "COMMUNITY_ONLY": _(
        "No clause keeps use inside the community. Hide the data from researchers."
    ),
}

# The shape of BCP 47 tags (RFC 5646, 2.1) without extensions and grandfathered ones; only the
# shape, not the registry: a language without a code is x-something.
_TAG = re.compile(
    r"(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{5,8})"
    r"(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<private>(?:-x(?:-[a-z0-9]{1,8})+)?)"
    r"|x(?:-[a-z0-9]{1,8})+"
)
MAX_TAG = 35  # characters: what RFC 5646, 4.4.1 calls enough for every tag in use

T = TypeVar("T")


@dataclass(frozen=True)
class Label:
    """One kind of label or notice.

    ``hold``: a dataset with it is held out of requests until a steward has looked (R-39).
    ``shown``: researchers see that it is there. Labels on secret, gendered or family matters are
    not for them to see.
    """

    kind: LabelKind
    code: str
    family: str
    name: str
    abbrev: str
    type: str
    category: str
    meaning: str
    suggested_clauses: tuple[str, ...]
    hold: bool
    shown: bool

    @property
    def about(self) -> str | Promise:
        return CATEGORIES[self.category]

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses of the library that it may offer."""
        return tuple(code for code in self.suggested_clauses if code in clauses.library())

    @property
    def clause_texts(self) -> tuple[str, ...]:
        return tuple(clause_text(code) for code in self.clauses)

    @property
    def by_hand(self) -> tuple[str | Promise, ...]:
        """What it asks for that only people can see to."""
        return tuple(BY_HAND[code] for code in self.suggested_clauses if code in BY_HAND)


@cache
def library() -> dict[str, Label]:
    """Return every label and notice by its code, in the order in which they are shown."""
    rows: list[dict[str, Any]] = json.loads(LIBRARY.read_text(encoding="utf-8"))
    return {row["code"]: _label(row) for row in rows}


def grouped(labels: Iterable[Label]) -> Iterator[tuple[str | Promise, list[Label]]]:
    """Yield the title of each group with those of its labels that are given."""
    given = list(labels)
    for family, title in GROUPS.items():
        if rows := [label for label in given if label.family == family]:
            yield title, rows


def found(text: str) -> list[Label]:
    """Return the labels whose name, code or meaning has every word of ``text``."""
    wanted = text.lower().split()
    return [
        label
        for label in library().values()
        if all(word in f"{label.name} {label.abbrev} {label.meaning}".lower() for word in wanted)
    ]


def holding() -> list[str]:
    """Return the codes of the labels that hold a dataset out of requests."""
    return [label.code for label in library().values() if label.hold]


def not_shown() -> list[str]:
    """Return the codes of the labels that researchers do not see."""
    return [label.code for label in library().values() if not label.shown]


def clause_text(code: str) -> str:
    """Return what a clause says, with its holes open; its code if the library lost it."""
    clause = clauses.library().get(code)
    return clause.filled({param.name: "…" for param in clause.params}) if clause else code


def language_tag(text: str) -> str:
    """Return a language tag in its usual writing: ``EN-ca`` becomes ``en-CA``.

    Raises:
        ValueError: it has not the shape of a BCP 47 tag.
    """
    match = _TAG.fullmatch(text.strip().lower())
    if match is None or len(match[0]) > MAX_TAG:
        raise ValueError(f"{text!r} is not a language tag")
    if match["language"] is None:
        return match[0]
    script, region = match["script"], match["region"]
    parts = [match["language"], script and script.title(), region and region.upper()]
    return "-".join(part for part in parts if part) + match["variants"] + match["private"]


def fitting(written: Sequence[tuple[str, T]], wanted: Sequence[str]) -> T:
    """Return the text that a reader understands best, else the first.

    Args:
        written: language and text; not empty.
        wanted: the reader's languages, best first; ``en-CA`` also takes ``en``.
    """
    for tag in wanted:
        for part in (_whole, _primary):
            for language, text in written:
                if part(language) == part(tag):
                    return text
    return written[0][1]


def _whole(tag: str) -> str:
    return tag.lower()


def _primary(tag: str) -> str:
    return tag.lower().partition("-")[0]


def _label(row: dict[str, Any]) -> Label:
    return Label(
        **{
            **row,
            "kind": LabelKind(row["kind"]),
            "suggested_clauses": tuple(row["suggested_clauses"]),
        }
    )
