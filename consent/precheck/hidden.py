"""Noise and mixing: what a community's rules demand, held against a request or an agreement.

Nodes read the agreement and not the protocol, and an agreement holds what the researcher asked, to
the letter. So what breaks such a rule is never run: ``unmet`` is asked before each run is planned
and sent (docs/adr/0030).
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from consent.agreement import Rulebook
from consent.grants.grant import Claims
from consent.hiding import LEAST_HIDDEN, TOO_FEW
from consent.precheck.verdict import NOT_SAID, Check, Document, Found, Rule, Verdict, count

_NEVER_RUN = "With that, nothing would run under our yes."
_LOSSES = (("epsilon", "eps"), ("delta", "delta"))


def noise(document: Document, rule: Rule) -> Found:
    privacy = document.get("privacy")
    if not privacy:
        return NOT_SAID
    asked = privacy.get("dp")
    if not asked:
        return Verdict.BREAKS, f"They add no privacy noise. {_NEVER_RUN}"
    unit = rule.hole("unit") or "person"
    if asked.get("unit", "person") != unit:
        return (
            Verdict.BREAKS,
            f"Their noise is counted for each {asked.get('unit')}, ours for each {unit}. Nodes "
            f"cannot do that yet. {_NEVER_RUN}",
        )
    for name, hole in _LOSSES:
        try:
            more = Decimal(asked[name]) > Decimal(rule.hole(hole))
        except (KeyError, InvalidOperation):
            return Verdict.UNKNOWN, "They ask for noise. Compare their numbers with ours."
        if more:
            return (
                Verdict.BREAKS,
                f"Their {name} is {asked[name]}; ours is {rule.hole(hole)}. {_NEVER_RUN}",
            )
    return Verdict.FITS, "Their numbers are within ours. Our node adds the noise and keeps account."


def mixing(document: Document, rule: Rule) -> Found:
    privacy = document.get("privacy")
    if not privacy:
        return NOT_SAID
    if not privacy.get("secure_aggregation"):
        return Verdict.BREAKS, f"Our part is not mixed before it is seen. {_NEVER_RUN}"
    others = rule.hole("others")
    if not others.isdecimal():
        return Verdict.UNKNOWN, "They ask for mixing. Compare with how many others."
    together = max(document.get("min_nodes") or 0, rule.min_nodes)
    if together - 1 < max(int(others), LEAST_HIDDEN - 1):
        return Verdict.BREAKS, f"It may run with fewer than {others} others. {_NEVER_RUN}"
    return Verdict.FITS, "Our node sends its part only mixed, and only with enough others."


def hidden(document: Document, communities: int) -> Check:
    """Whether so few communities can hide their people at all (R-43)."""
    rule = f"With fewer than {LEAST_HIDDEN} communities, privacy noise is needed."
    asked = f"They ask {count(communities, 'community', 'communities')}"
    privacy = document.get("privacy")
    if not privacy:
        return Check("HIDDEN", rule, *NOT_SAID)
    if privacy.get("dp"):
        lost = privacy.get("secure_aggregation") and communities < LEAST_HIDDEN
        beside = " The mixing that they ask for protects nothing." if lost else ""
        return Check("HIDDEN", rule, Verdict.FITS, f"Our node adds noise.{beside}")
    if communities < LEAST_HIDDEN:
        return Check("HIDDEN", rule, Verdict.BREAKS, f"{asked} and add no noise. {TOO_FEW}")
    return Check("HIDDEN", rule, Verdict.FITS, f"{asked}. With fewer than 3, our node refuses.")


def unmet(claims: Claims, protocols: Iterable[Rulebook]) -> str:
    """Return the first rule on noise or mixing that an agreement does not keep, or "".

    What cannot be told counts as not kept.
    """
    said = _said(claims)
    for protocol in protocols:
        for clause in protocol.clauses:
            look = _DEMANDS.get(clause["code"])
            rule = Rule(clause["code"], clause.get("params", {}), min_nodes=protocol.min_nodes)
            if look and look(said, rule)[0] is not Verdict.FITS:
                return str(clause["text"])
    return ""


_DEMANDS = {"DP_REQUIRED": noise, "SECAGG_REQUIRED": mixing}


def _said(claims: Claims) -> Mapping[str, Any]:
    dp = claims.dp
    return {
        "min_nodes": claims.min_nodes,
        "privacy": {
            "dp": dp and {"epsilon": f"{dp.epsilon:f}", "delta": f"{dp.delta:f}", "unit": dp.unit},
            "secure_aggregation": claims.secure_aggregation,
        },
    }
