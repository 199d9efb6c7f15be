"""The numbers of a protocol, which nodes enforce, and whether the request answers everything."""

from consent.agreement import Rulebook
from consent.precheck.verdict import Check, Document, Found, Verdict, count

# What a request may leave empty, in words for the sentence that says so. Numbers that a person or
# an institution may not have (ORCID, ROR) are not among them: having none is no missing answer.
_QUESTIONS = {
    "summary": "the summary",
    "question": "the question",
    "commercial_interest": "commercial interest",
    "funders": "who pays",
    "benefits": "what comes back",
    "harm_person": "harm to a person",
    "harm_family": "harm to a family",
    "harm_people": "harm to a people",
    "ethics": "ethics approval",
    "after": "what happens afterwards",
    "diseases": "the illnesses",
    "places": "the places",
    "people": "the people",
    "variables": "the variables",
    "outputs": "the outputs",
    "job": "the job",
    "datasets": "the datasets",
    "title": "the title",
}
_INNER = {
    "purpose": {"code": "the kind of research", "text": "the purpose"},
    "institution": {"name": "the institution", "type": "the kind of institution"},
    "privacy": {},
}


def limits(document: Document, protocol: Rulebook, communities: int) -> list[Check]:
    rounds, months = protocol.max_rounds, protocol.max_months
    return [
        Check("ANSWERS", "Every question of the form is answered.", *_answers(document)),
        Check(
            "MAX_ROUNDS",
            f"At most {count(rounds, 'training round')}.",
            *_at_most(document.get("max_rounds"), rounds, "round"),
        ),
        Check(
            "TIME",
            f"A yes lasts at most {count(months, 'month')}.",
            *_at_most(document.get("months"), months, "month"),
        ),
        Check(
            "MIN_COHORT",
            f"Do not run with fewer than {protocol.min_cohort} people.",
            *_cohort(document.get("min_cohort"), protocol.min_cohort),
        ),
        Check(
            "MIN_NODES",
            f"At least {_communities(protocol.min_nodes)} must take part together.",
            *_together(document.get("min_nodes"), protocol.min_nodes, communities),
        ),
    ]


def _answers(document: Document) -> Found:
    missing = [words for name, words in _QUESTIONS.items() if not document.get(name)]
    for group, fields in _INNER.items():
        inner = document.get(group) or {}
        if not inner:
            missing += list(fields.values()) or [group]
        missing += [words for name, words in fields.items() if inner and not inner.get(name)]
    if missing:
        return Verdict.UNKNOWN, f"Not answered: {', '.join(missing)}."
    return Verdict.FITS, "They answered everything."


def _at_most(asked: int | None, allowed: int, unit: str) -> Found:
    if not asked:
        return Verdict.UNKNOWN, f"They do not say how many {unit}s."
    if asked <= allowed:
        return Verdict.FITS, f"They ask for {count(asked, unit)}. Our node counts and stops there."
    return (
        Verdict.BREAKS,
        f"They ask for {count(asked, unit)}. The agreement allows only our {allowed}.",
    )


def _cohort(asked: int | None, ours: int) -> Found:
    if not asked:
        return Verdict.UNKNOWN, "They do not say how many people it takes."
    if asked >= ours:
        return Verdict.FITS, f"They ask for at least {asked} people. Our node counts first."
    return Verdict.FITS, f"They would take {asked}. The agreement says our {ours}; our node counts."


def _together(asked: int | None, ours: int, communities: int) -> Found:
    if not asked:
        return Verdict.UNKNOWN, "They do not say how many communities it takes."
    needed = max(asked, ours)
    asked_together = _communities(communities)
    if communities < needed:
        return Verdict.BREAKS, f"They ask {asked_together}; {needed} are needed."
    return Verdict.FITS, f"They ask {asked_together}. With fewer than {needed}, our node refuses."


def _communities(number: int) -> str:
    return count(number, "community", "communities")
