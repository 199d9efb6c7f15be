"""What a protocol allows by its DUO permission and its answer on ancestry research.

We follow DUO's own rule (same or more specific) and not the matcher of DUOS, which approves five
cases that a community needs refused or asked about. Source: DOMAIN 4.2.
"""

from collections.abc import Collection

from consent.agreement import Rulebook
from consent.precheck.verdict import NOT_SAID, Check, Document, Found, Verdict
from consent.purposes import ANCESTRY, METHODS, POPULATION, PURPOSES
from governance.vocabulary import duo, mondo

# Classes of investigation that are health research by DUO's own tree.
_BIOMEDICAL = frozenset({"DUO:0000037", "DUO:0000038", "DUO:0000039", "DUO:0000040"})

_ANCESTRY_RULES = {
    "no": "No ancestry or origins research.",
    "ask": "Ancestry or origins research only after talking with us.",
    "yes": "Ancestry and origins research may be asked for.",
}


def permission(document: Document, protocol: Rulebook, diseases: Collection[str]) -> list[Check]:
    """Return the checks of ``use`` and ``ancestry``; none where the protocol says nothing.

    Args:
        diseases: Mondo ids that the protocol's own clause names, for disease-specific use.
    """
    checks = []
    if protocol.use:
        term = duo.resolve(protocol.use)
        checks.append(Check("USE", term.plain, *_use(document, term.id, diseases)))
    # The clause of the same meaning says it in the community's own words.
    forbidden = any(clause["code"] == "NO_ANCESTRY" for clause in protocol.clauses)
    if protocol.ancestry and not forbidden:
        rule = _ANCESTRY_RULES[protocol.ancestry]
        checks.append(Check("ANCESTRY", rule, *_ancestry(document, protocol.ancestry)))
    return checks


def ancestry_forbidden(document: Document) -> Found:
    return _ancestry(document, "no")


def _ancestry(document: Document, answer: str) -> Found:
    code = purpose_of(document)
    if not code:
        return NOT_SAID
    if answer == "yes":
        return Verdict.FITS, f"They say it is {PURPOSES[code]}."
    if code == ANCESTRY and answer == "ask":
        return Verdict.UNKNOWN, "They say that this is ancestry research. Talk with them first."
    if code == ANCESTRY:
        return Verdict.BREAKS, "They say themselves that this is ancestry research."
    if code == POPULATION:
        return Verdict.UNKNOWN, "Population research can touch origins. Ask what they will compare."
    return Verdict.PROMISE, f"They say it is {PURPOSES[code]}. That it stays so is their word."


def _use(document: Document, permitted: str, diseases: Collection[str]) -> Found:
    code = purpose_of(document)
    if not code:
        return NOT_SAID
    inside = Verdict.FITS, f"They say it is {PURPOSES[code]}; that is inside."
    if permitted == duo.NO_RESTRICTION:
        return inside
    if permitted == duo.GENERAL_RESEARCH:
        # The answer on ancestry has a check of its own, so that it can never be forgotten here.
        return inside
    if permitted == duo.ANCESTRY_ONLY:
        return _ancestry_only(code)
    if code == ANCESTRY:
        return Verdict.BREAKS, "They say that this is ancestry research; that is outside."
    if code == METHODS:
        return Verdict.UNKNOWN, "They develop a method. Ask whether your illness is what it is for."
    if code not in _BIOMEDICAL:
        return (
            Verdict.UNKNOWN,
            f"They say it is {PURPOSES[code]}. Ask what it has to do with health.",
        )
    return disease(document, diseases) if permitted == duo.DISEASE else inside


def _ancestry_only(code: str) -> Found:
    if code == ANCESTRY:
        return Verdict.FITS, "They say that this is ancestry research."
    if code in (POPULATION, METHODS):
        return Verdict.UNKNOWN, f"They say it is {PURPOSES[code]}. Ask whether it is about origins."
    return Verdict.BREAKS, f"They say it is {PURPOSES[code]}; only ancestry research is inside."


def disease(document: Document, permitted: Collection[str], *, free: bool = False) -> Found:
    """Say whether every disease of the request is a permitted one or a kind of one.

    Args:
        permitted: Mondo ids.
        free: whether the rule also names something that is no term of Mondo.
    """
    asked = document.get("diseases") or []
    if not asked:
        return NOT_SAID
    unknown = ""
    for each in asked:
        name = each["text"] or each["id"]
        covered = mondo.covers(permitted, each["id"]) if each["id"] else None
        if covered is False and not free:
            return Verdict.BREAKS, f"They study {name}; that is none of these, nor a kind of one."
        if not covered:
            unknown = unknown or name
    if unknown:
        return Verdict.UNKNOWN, f"They study “{unknown}”. No list here can tell what that is. Ask."
    names = ", ".join(each["text"] or each["id"] for each in asked)
    return Verdict.FITS, f"They study {names}; that is one of these, or a kind of one."


def purpose_of(document: Document) -> str:
    """Return the class of investigation, or "" when none of ours was chosen."""
    code = (document.get("purpose") or {}).get("code", "")
    return code if code in PURPOSES else ""
