"""The numbers of a protocol, which nodes enforce, and whether the request answers everything."""

from consent.agreement import Rulebook
from consent.hiding import NEEDS_NOISE_BELOW
from consent.precheck.answers import unanswered
from consent.precheck.verdict import Check, Document, Found, Verdict, count


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
            *_cohort(document, protocol.min_cohort),
        ),
        Check(
            "MIN_NODES",
            f"At least {_communities(protocol.min_nodes)} must take part together.",
            *_together(document.get("min_nodes"), protocol.min_nodes, communities),
        ),
    ]


def _answers(document: Document) -> Found:
    missing = unanswered(document)
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


def _cohort(document: Document, ours: int) -> Found:
    asked = document.get("min_cohort")
    if not asked:
        return Verdict.UNKNOWN, "They do not say how many people it takes."
    exact = not (document.get("privacy") or {}).get("dp")
    few = f" Without noise it needs {NEEDS_NOISE_BELOW}." if exact else ""
    few = few if max(asked, ours) < NEEDS_NOISE_BELOW else ""
    if asked >= ours:
        return Verdict.FITS, f"They ask for at least {asked} people. Our node counts first.{few}"
    return (
        Verdict.FITS,
        f"They would take {asked}. The agreement says our {ours}; our node counts.{few}",
    )


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
