"""Two versions of a protocol side by side: what came in, what fell away, what changed. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.clauses import ENFORCEMENT, library
from governance.protocol_words import ANCESTRY, USES
from governance.words import setting_in_words

Document = Mapping[str, Any]

SETTINGS = {
    "min_cohort": gettext_lazy("People in the data"),
    "max_rounds": gettext_lazy("Rounds of training"),
    "max_months": gettext_lazy("How long a yes lasts"),
    "cooling_off_s": gettext_lazy("Wait after a yes"),
    "min_nodes": gettext_lazy("Nodes together"),
    "code_policy": gettext_lazy("Code"),
}


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class Row:
    """``left`` and ``right`` are what stands in the two texts; empty where nothing does."""

    what: str
    left: str
    right: str

    @property
    def change(self) -> Change:
        if self.left == self.right:
            return Change.SAME
        if not self.left:
            return Change.ADDED
        return Change.CHANGED if self.right else Change.REMOVED


@dataclass(frozen=True)
class Part:
    title: str
    rows: list[Row]

    @property
    def changed(self) -> list[Row]:
        return [row for row in self.rows if row.change is not Change.SAME]

    @property
    def same(self) -> list[Row]:
        return [row for row in self.rows if row.change is Change.SAME]


def compare(left: Document, right: Document) -> list[Part]:
    """Return every part of a protocol with what the two texts say in it."""
    return [
        Part(_("Use and law"), list(_plain_rows(left, right))),
        Part(_("Clauses"), list(_clause_rows(left, right))),
        Part(_("Numbers"), [_setting_row(name, left, right) for name in SETTINGS]),
    ]


def _plain_rows(left: Document, right: Document) -> Iterator[Row]:
    for what, read in (
        (_("Title"), _title),
        (_("Use"), _use),
        (_("Research on ancestry"), _ancestry),
        (_("Law"), lambda document: _law(document, "governing")),
        (_("Where disputes are settled"), lambda document: _law(document, "disputes")),
    ):
        yield Row(what, read(left), read(right))


def _clause_rows(left: Document, right: Document) -> Iterator[Row]:
    before, after = _texts(left), _texts(right)
    known = [code for code in library() if code in before or code in after]
    # A text may hold a clause that the library of today no longer has.
    for code in dict.fromkeys([*known, *before, *after]):
        clause = library().get(code)
        what = _(clause.title) if clause else code
        yield Row(what, before.get(code, ""), after.get(code, ""))


def _texts(document: Document) -> dict[str, str]:
    return {
        clause["code"]: f"{clause['text']} {_kept_by(clause)}" for clause in document["clauses"]
    }


def _kept_by(clause: Mapping[str, Any]) -> str:
    return _(ENFORCEMENT.get(clause["enforcement"], ENFORCEMENT["contract"]))


def _setting_row(name: str, left: Document, right: Document) -> Row:
    before = setting_in_words(name, left["settings"][name])
    after = setting_in_words(name, right["settings"][name])
    return Row(str(SETTINGS[name]), before, after)


def _title(document: Document) -> str:
    return str(document.get("title", ""))


def _use(document: Document) -> str:
    return str(USES[document.get("use", "")])


def _ancestry(document: Document) -> str:
    return str(ANCESTRY.get(document.get("ancestry", ""), ""))


def _law(document: Document, name: str) -> str:
    return str(document.get("law", {}).get(name, ""))
