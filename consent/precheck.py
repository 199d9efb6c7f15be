"""The request held against a community's rules, clause by clause. It informs; it never approves.

Verdicts: *breaks* (the request says something else than the rule), *unknown* (nothing here can
tell), *promise* (it rests on the word of the people asking), *fits* (the request or the node's own
checks keep it). Pure. Source: DOMAIN 5.3, item 6; requirements R-07 and R-08.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from consent.agreement import Rulebook
from consent.purposes import ANCESTRY, POPULATION, PURPOSES


class Verdict(StrEnum):
    BREAKS = "breaks"
    UNKNOWN = "unknown"
    PROMISE = "promise"
    FITS = "fits"


# Conflicts first: what may be wrong is read before what is well.
ORDER = [Verdict.BREAKS, Verdict.UNKNOWN, Verdict.PROMISE, Verdict.FITS]

# Answers that say there is no commercial interest.
_NOTHING = frozenset({"", "-", "no", "none", "nothing", "n/a", "not applicable"})


@dataclass(frozen=True)
class Check:
    """``rule`` is the community's own sentence, ``sentence`` what was found."""

    code: str
    rule: str
    verdict: Verdict
    sentence: str


Found = tuple[Verdict, str]


def precheck(document: Mapping[str, Any], *, protocol: Rulebook, communities: int) -> list[Check]:
    """Return one check for each setting and each clause, conflicts first.

    Args:
        document: the request's revision document.
        communities: how many communities are asked together.
    """
    checks = _settings(document, protocol, communities)
    settled = {check.code for check in checks}
    for clause in protocol.clauses:
        if clause["code"] in settled:
            continue  # the setting of the same name is the rule that nodes enforce
        look = _CLAUSES.get(clause["code"])
        verdict, sentence = look(document) if look else _unchecked(clause)
        checks.append(Check(clause["code"], clause["text"], verdict, sentence))
    return sorted(checks, key=lambda check: ORDER.index(check.verdict))


def _settings(document: Mapping[str, Any], protocol: Rulebook, communities: int) -> list[Check]:
    rounds, months = protocol.max_rounds, protocol.max_months
    return [
        Check(
            "MAX_ROUNDS",
            f"At most {_count(rounds, 'training round')}.",
            *_at_most(document["max_rounds"], rounds, "round"),
        ),
        Check(
            "TIME",
            f"A yes lasts at most {_count(months, 'month')}.",
            *_at_most(document["months"], months, "month"),
        ),
        Check(
            "MIN_COHORT",
            f"Do not run with fewer than {protocol.min_cohort} people.",
            *_cohort(document["min_cohort"], protocol.min_cohort),
        ),
        Check(
            "MIN_NODES",
            f"At least {_communities(protocol.min_nodes)} must take part together.",
            *_together(document["min_nodes"], protocol.min_nodes, communities),
        ),
    ]


def _at_most(asked: int, allowed: int, unit: str) -> Found:
    if asked <= allowed:
        return Verdict.FITS, f"They ask for {_count(asked, unit)}. Our node counts and stops there."
    return (
        Verdict.BREAKS,
        f"They ask for {_count(asked, unit)}. The agreement allows only our {allowed}.",
    )


def _cohort(asked: int, ours: int) -> Found:
    if asked >= ours:
        return Verdict.FITS, f"They ask for at least {asked} people. Our node counts first."
    return Verdict.FITS, f"They would take {asked}. The agreement says our {ours}; our node counts."


def _together(asked: int, ours: int, communities: int) -> Found:
    needed = max(asked, ours)
    asked_together = _communities(communities)
    if communities < needed:
        return Verdict.BREAKS, f"They ask {asked_together}; {needed} are needed."
    return Verdict.FITS, f"They ask {asked_together}. With fewer than {needed}, our node refuses."


def _ancestry(document: Mapping[str, Any]) -> Found:
    code = document["purpose"]["code"]
    if code == ANCESTRY:
        return Verdict.BREAKS, "They say themselves that this is ancestry research."
    if code == POPULATION:
        return Verdict.UNKNOWN, "Population research can touch origins. Ask what they will compare."
    return Verdict.PROMISE, f"They say it is {PURPOSES[code]}. That it stays so is their word."


def _commercial(document: Mapping[str, Any]) -> Found:
    if document["institution"]["type"] == "company":
        return Verdict.BREAKS, "They are a company."
    interest = document["commercial_interest"].strip().rstrip(".").lower()
    if interest not in _NOTHING:
        return Verdict.BREAKS, "They name a commercial interest; see who they are."
    return Verdict.PROMISE, "They say nobody will sell anything made from this. That is their word."


def _noise(document: Mapping[str, Any]) -> Found:
    if document["privacy"]["dp"] is None:
        return Verdict.BREAKS, "They add no privacy noise."
    return Verdict.UNKNOWN, "They ask for noise. Compare their numbers with ours."


def _mixing(document: Mapping[str, Any]) -> Found:
    if not document["privacy"]["secure_aggregation"]:
        return Verdict.BREAKS, "Our update is not mixed with others before it is seen."
    return Verdict.UNKNOWN, "They ask for mixing. Compare with how many others."


def _same_work_only(document: Mapping[str, Any]) -> Found:
    return Verdict.FITS, "Our node runs this code with these settings and nothing else."


def _frozen_code(document: Mapping[str, Any]) -> Found:
    job = document["job"]
    return Verdict.FITS, f"The code is {job['name']} {job['version']} of the open catalogue."


def _each_decides(document: Mapping[str, Any]) -> Found:
    return Verdict.FITS, "Each community decides alone; a node takes part only after its own yes."


def _stoppable(document: Mapping[str, Any]) -> Found:
    return (
        Verdict.PROMISE,
        "Our node stops at once. What becomes of a finished model is their word.",
    )


def _named(document: Mapping[str, Any]) -> Found:
    people = _count(len(document["people"]), "person", "people")
    return Verdict.PROMISE, f"The agreement names {people}. That nobody else uses it is their word."


def _later(document: Mapping[str, Any]) -> Found:
    return Verdict.PROMISE, "This comes later. Until then it is a promise."


_CLAUSES: dict[str, Callable[[Mapping[str, Any]], Found]] = {
    "NO_ANCESTRY": _ancestry,
    "NO_COMM": _commercial,
    "DP_REQUIRED": _noise,
    "SECAGG_REQUIRED": _mixing,
    "NO_SECONDARY": _same_work_only,
    "OPEN_CODE": _frozen_code,
    "JOINT": _each_decides,
    "WITHDRAW": _stoppable,
    "NAMED_ONLY": _named,
    **dict.fromkeys(
        (
            "RETURN_RESULTS",
            "MODEL_COPY",
            "PUB_REVIEW",
            "PUB_MORATORIUM",
            "BIAS_REPORT",
            "COAUTHOR",
            "ATTR",
            "BENEFIT",
            "CAPACITY",
        ),
        _later,
    ),
}


def _unchecked(clause: Mapping[str, Any]) -> Found:
    """A rule that no check here knows is never called kept."""
    if clause.get("enforcement") == "promise":
        return Verdict.PROMISE, "No machine can check this one. It rests on their word."
    return Verdict.UNKNOWN, "Nothing here can tell. Read their request with this in mind, or ask."


def _communities(number: int) -> str:
    return _count(number, "community", "communities")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
