"""A protocol in plain words: what it would allow, ask for and refuse. Pure but for translation.

Everything is read from the text that is signed, or from a draft's ``protocol_content.preview``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.clauses import ENFORCEMENT, GROUPS, Clause, fill, library, shown_params
from governance.protocol_content import DS, GRU, HMB, NRES, POA
from governance.vocabulary import duo
from governance.words import CODE_POLICY, DAY

Document = Mapping[str, Any]

USES = {
    "": gettext_lazy("We look at each purpose on its own"),
    HMB: gettext_lazy("Health and medical research"),
    DS: gettext_lazy("Research on named illnesses only"),
    GRU: gettext_lazy("Research of every kind"),
    POA: gettext_lazy("Research on ancestry only"),
    NRES: gettext_lazy("Any use at all"),
}
ANCESTRY = {
    "no": gettext_lazy("No. Studies of where people come from are not allowed."),
    "ask": gettext_lazy("Only after a talk with us about that very study."),
    "yes": gettext_lazy("Yes. Such studies may be asked for like others."),
}
_OUTSIDE = {
    HMB: gettext_lazy("Research that is not about health."),
    DS: gettext_lazy("Research on anything but the named illnesses."),
    POA: gettext_lazy("Research on anything but ancestry."),
}
# What the settings say already, and what nodes enforce from there.
_SAID_BY_SETTINGS = frozenset({"TIME", "MAX_ROUNDS", "MIN_COHORT"})


@dataclass(frozen=True)
class ShownClause:
    """One clause as a page shows it: the text that is signed, and who sees to it."""

    code: str
    text: str
    enforcement: str
    limits: str
    duo: tuple[str, ...]


@dataclass(frozen=True)
class Meaning:
    """What a protocol comes down to, each as a list of sentences."""

    allows: list[str]
    asks: list[str]
    refuses: list[str]


def meaning_of(document: Document) -> Meaning:
    return Meaning(
        allows=list(_allows(document)),
        asks=list(_asks(document)),
        refuses=list(_refuses(document)),
    )


def groups_of(document: Document) -> list[tuple[str, list[ShownClause]]]:
    """Return the clauses in their groups; one that the library does not know comes last."""
    found: dict[str, list[ShownClause]] = {}
    for held in document["clauses"]:
        known = library().get(held["code"])
        title = _(GROUPS[known.group]) if known else _("More")
        found.setdefault(title, []).append(_shown(held, known))
    return list(found.items())


def duo_tags(clause: Clause) -> tuple[str, ...]:
    """Return the terms of the Data Use Ontology behind a clause, as ``NPOA (DUO:0000044)``."""
    tags = [f"{duo.terms()[term].code} ({term})" for term in clause.duo]
    part = "" if clause.duo_exact else " " + _("in part")
    return tuple(tag + part for tag in tags)


def _shown(held: Mapping[str, Any], known: Clause | None) -> ShownClause:
    kind = ENFORCEMENT.get(held["enforcement"], ENFORCEMENT["contract"])
    return ShownClause(
        code=held["code"],
        text=held["text"],
        enforcement=_(kind),
        limits=_(known.limits) if known else "",
        duo=duo_tags(known) if known else (),
    )


def _allows(document: Document) -> Iterator[str]:
    settings = document["settings"]
    if use := document.get("use", ""):
        yield _("{use}, when you say yes to that request.").format(use=USES[use])
    else:
        yield _("Any purpose that you say yes to, one request at a time.")
    if document.get("ancestry") == "yes":
        yield _("Studies of ancestry, when you say yes to that request.")
    if document.get("ancestry") == "ask":
        yield _("Studies of ancestry, but only after a talk about that very study.")
    rounds = ngettext(
        "{n} round of training", "Up to {n} rounds of training", settings["max_rounds"]
    )
    yield _("{rounds}, on at least {people} people.").format(
        rounds=rounds.format(n=settings["max_rounds"]), people=settings["min_cohort"]
    )
    months = settings["max_months"]
    yield ngettext(
        "Work for at most {n} month after a yes.",
        "Work for at most {n} months after a yes.",
        months,
    ).format(n=months)
    yield str(CODE_POLICY[settings["code_policy"]])


def _asks(document: Document) -> Iterator[str]:
    for held, clause in _known(document):
        if clause.asks:
            yield fill(_(clause.asks), shown_params(held))


def _refuses(document: Document) -> Iterator[str]:
    settings = document["settings"]
    yield _("Anything that you have not said yes to. Silence never counts as a yes.")
    if outside := _OUTSIDE.get(document.get("use", "")):
        yield str(outside)
    for held, clause in _known(document):
        if clause.refuses and clause.code not in _SAID_BY_SETTINGS:
            yield fill(_(clause.refuses), shown_params(held))
    yield _("Training on fewer than {n} people.").format(n=settings["min_cohort"])
    yield _("More than {n} rounds of training.").format(n=settings["max_rounds"])
    yield _("A yes for more than {n} months.").format(n=settings["max_months"])
    if days := settings["cooling_off_s"] // DAY:
        yield ngettext(
            "Work in the first {n} day after a yes.",
            "Work in the first {n} days after a yes.",
            days,
        ).format(n=days)
    if (nodes := settings["min_nodes"]) > 1:
        yield _("Work with fewer than {n} communities' nodes together.").format(n=nodes)


def _known(document: Document) -> Iterator[tuple[Mapping[str, Any], Clause]]:
    for held in document["clauses"]:
        if clause := library().get(held["code"]):
            yield held, clause
