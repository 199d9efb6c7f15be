"""From a request and a protocol to a list of checks."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from consent.agreement import Rulebook
from consent.precheck import clauses, hidden, money
from consent.precheck.limits import limits
from consent.precheck.permission import permission
from consent.precheck.verdict import ORDER, Check, Document, Found, Rule, Verdict
from governance.vocabulary import mondo

Look = Callable[[Document, Rule], Found]

# One line for each clause of the library but the three that settings enforce. A clause without a
# line is never called kept (``_unchecked``); a test says that there is none in the library.
LOOKS: dict[str, Look] = {
    "SCOPE_DISEASE": clauses.scope_disease,
    "NO_SECONDARY": clauses.same_work_only,
    "NO_ANCESTRY": clauses.no_ancestry,
    "NO_STIGMA": clauses.no_stigma,
    "NO_COMM": money.no_commerce,
    "COMM_NEGOTIATE": money.negotiated_commerce,
    "NO_REID": clauses.their_word,
    "NAMED_ONLY": clauses.named_only,
    "INST_ONLY": clauses.institutions_only,
    "PLACE": clauses.places_only,
    "DP_REQUIRED": hidden.noise,
    "SECAGG_REQUIRED": hidden.mixing,
    "RETURN_RESULTS": clauses.later,
    "MODEL_COPY": clauses.later,
    "MODEL_OWN": clauses.their_word,
    "NO_ONWARD": clauses.their_word,
    "PUB_REVIEW": clauses.later,
    "PUB_MORATORIUM": clauses.later,
    "COAUTHOR": clauses.later,
    "ATTR": clauses.later,
    "BENEFIT": clauses.given_back,
    "CAPACITY": clauses.taught,
    "ETHICS_DOC": clauses.ethics,
    "DESTROY": clauses.destroyed,
    "WITHDRAW": clauses.stoppable,
    "INDIVIDUAL_OPT_OUT": clauses.opted_out,
    "NO_LINK": clauses.their_word,
    "OPEN_CODE": clauses.frozen_code,
    "SUBGROUP": clauses.extra_yes,
    "JOINT": clauses.each_decides,
    "SEASON": clauses.season,
    "NO_SACRED": clauses.left_out,
    "NO_CLINICAL": clauses.no_clinic,
    "BIAS_REPORT": clauses.later,
    "NO_POLICE": clauses.no_police,
}

# Kinds of enforcement under which nobody but the people asking can keep a rule.
_PROMISES = frozenset({"promise", "tracked", "contract"})


def precheck(
    document: Document, *, protocol: Rulebook, communities: int, server: Collection[str] = ()
) -> list[Check]:
    """Return one check for each setting and each clause, conflicts first.

    Args:
        document: the request's revision document; what is missing in it counts as unknown.
        communities: how many communities are asked together.
        server: codes of the places where the platform's own computers stand.
    """
    checks = limits(document, protocol, communities)
    checks.append(hidden.hidden(document, communities))
    checks += permission(document, protocol, _diseases_of(protocol))
    settled = {check.code for check in checks}
    for clause in protocol.clauses:
        if clause["code"] in settled:
            continue  # the setting of the same name is the rule that nodes enforce
        rule = _rule(clause, protocol, server)
        look = LOOKS.get(rule.code)
        verdict, sentence = look(document, rule) if look else _unchecked(clause)
        checks.append(Check(rule.code, clause["text"], verdict, sentence))
    return sorted(checks, key=lambda check: ORDER.index(check.verdict))


def overall(checks: Iterable[Check]) -> Verdict:
    """Return the worst verdict: one rule broken outweighs all that fits. Nothing to check: unknown.

    Source: R-07 and DOMAIN 4.2; a flag that abstains must never hide a conflict.
    """
    found = [check.verdict for check in checks]
    return min(found, key=ORDER.index, default=Verdict.UNKNOWN)


def _rule(clause: Mapping[str, Any], protocol: Rulebook, server: Collection[str]) -> Rule:
    return Rule(
        code=clause["code"],
        params=clause.get("params", {}),
        enforcement=clause.get("enforcement", ""),
        server=server,
        min_nodes=protocol.min_nodes,
    )


def _diseases_of(protocol: Rulebook) -> list[str]:
    for clause in protocol.clauses:
        if clause["code"] == "SCOPE_DISEASE":
            terms, _free = mondo.read(str(clause.get("params", {}).get("diseases", "")))
            return [term.id for term in terms]
    return []


def _unchecked(clause: Mapping[str, Any]) -> Found:
    """A rule that no check here knows is never called kept."""
    if clause.get("enforcement") in _PROMISES:
        return Verdict.PROMISE, "No machine can check this one. It rests on their word."
    return Verdict.UNKNOWN, "Nothing here can tell. Read their request with this in mind, or ask."
