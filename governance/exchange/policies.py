"""A request as an ODRL Request and a grant as an ODRL Agreement: for reading, never for deciding.

Both hold the exact text beside the ODRL part, and its digest; the text is what counts. Pure.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from consent.grants.codec import canonical, digest
from governance.exchange import odrl
from governance.exchange.odrl import CONTEXT, PROFILE, Node, constraint, term, typed, urn


def request_file(
    request: Mapping[str, Any],
    *,
    request_id: str,
    revision: int,
    sha256: str,
    beside: Mapping[str, Any],
) -> str:
    """Return a revision of a request in our own JSON.

    Args:
        request: the revision's document.
        sha256: digest of its exact text, as a grant names it.
        beside: ``revisions``, ``decisions`` and ``derived``, as the reader may know them.
    """
    whole = {
        "format": "kinhold-request",
        "version": 2,
        "id": request_id,
        "revision": revision,
        "digest": sha256,
        "request": dict(request),
        **beside,
    }
    return _written(whole)


def agreement_file(grant: Mapping[str, Any], *, beside: Mapping[str, Any]) -> str:
    """Return the text of a grant in our own JSON; which stewards signed stays with the community.

    Args:
        beside: ``accepted``, ``obligations`` and ``derived``.
    """
    whole = {
        "format": "kinhold-agreement",
        "version": 2,
        "digest": digest(canonical(dict(grant))),
        "agreement": dict(grant),
        **beside,
    }
    return _written(whole)


def request_policy(
    request: Mapping[str, Any],
    *,
    request_id: str,
    revision: int,
    sha256: str,
    beside: Mapping[str, Any],
) -> str:
    """Return a revision of a request as an ODRL Request. Arguments as for ``request_file``."""
    permission: Node = {
        "action": "use",
        "target": [urn("dataset", slug) for slug in request["datasets"]],
        "constraint": list(_wished(request)),
    }
    return _written(
        {
            "@context": CONTEXT,
            "@type": "Request",
            "uid": urn("request", request_id, revision),
            "profile": PROFILE,
            "dct:title": request["title"],
            "assignee": _party(request["institution"]),
            "permission": [permission],
            "kinhold:request": {"digest": sha256, "document": dict(request), **beside},
        }
    )


def agreement_policy(grant: Mapping[str, Any], *, beside: Mapping[str, Any]) -> str:
    """Return a grant's text as an ODRL Agreement; what is owed stands in it as duties.

    Args:
        grant: the statement of a grant, as the stewards signed it.
        beside: as for ``agreement_file``.
    """
    permission: Node = {
        "action": "use",
        "target": urn("dataset", grant["data"]["dataset"]),
        "constraint": list(_agreed(grant)),
        "duty": [
            *(
                {"action": "kinhold:keepCondition", "dct:description": sentence}
                for sentence in grant["conditions"]
            ),
            *(_owed(promise) for promise in beside["obligations"]),
        ],
    }
    if not permission["duty"]:
        del permission["duty"]
    return _written(
        {
            "@context": CONTEXT,
            "@type": "Agreement",
            "uid": urn("agreement", grant["id"]),
            "profile": PROFILE,
            "assigner": urn("community", grant["community"]),
            "assignee": _party(grant["institution"]),
            "permission": [permission],
            "kinhold:agreement": {
                "digest": digest(canonical(dict(grant))),
                "statement": dict(grant),
                **beside,
            },
        }
    )


def _written(node: Node) -> str:
    return json.dumps(node, indent=2, ensure_ascii=False) + "\n"


def _wished(request: Mapping[str, Any]) -> Iterator[Node]:
    yield constraint("purpose", "isA", term(request["purpose"]["code"]))
    if request.get("diseases"):
        yield constraint("disease", "isAnyOf", [_disease(each) for each in request["diseases"]])
    if request.get("places"):
        yield constraint("spatial", "isPartOf", list(request["places"]))
    yield constraint("count", "lteq", typed(request["max_rounds"], "integer"))
    yield constraint("elapsedTime", "lteq", odrl.months(request["months"]))
    yield constraint("cohortSize", "gteq", typed(request["min_cohort"], "integer"))
    yield constraint("participants", "gteq", typed(request["min_nodes"], "integer"))
    yield constraint("variable", "isAnyOf", list(request["variables"]))
    yield constraint("code", "eq", request["job"]["code"])
    yield from _hidden(request.get("privacy") or {})


def _agreed(grant: Mapping[str, Any]) -> Iterator[Node]:
    run = grant["run"]
    yield constraint("purpose", "isA", term(grant["purpose"]["code"]))
    yield constraint("dateTime", "gteq", typed(grant["not_before"], "dateTime"))
    yield constraint("dateTime", "lt", typed(grant["not_after"], "dateTime"))
    yield constraint("count", "lteq", typed(run["max_rounds"], "integer"))
    yield constraint("cohortSize", "gteq", typed(grant["min_cohort"], "integer"))
    yield constraint("participants", "gteq", typed(grant["min_nodes"], "integer"))
    yield constraint("variable", "isAnyOf", list(grant["data"]["variables"]))
    yield constraint("output", "isAnyOf", list(grant["outputs"]))
    yield constraint("code", "eq", run["code"])
    yield constraint("configuration", "eq", run["config"])
    yield from _hidden(grant["privacy"])


def _hidden(privacy: Mapping[str, Any]) -> Iterator[Node]:
    """Noise, where some is asked for, and mixing."""
    if noise := privacy.get("dp"):
        yield constraint("epsilon", "lteq", typed(noise["epsilon"], "decimal"))
        yield constraint("delta", "lteq", typed(noise["delta"], "decimal"))
        yield constraint("privacyUnit", "eq", noise["unit"])
    if privacy.get("secure_aggregation"):
        yield constraint("secureAggregation", "eq", typed("true", "boolean"))


def _owed(promise: Mapping[str, str]) -> Node:
    return {
        "action": "kinhold:keepPromise",
        "dct:description": promise["text"],
        "constraint": [constraint("dateTime", "lteq", typed(promise["due"], "date"))],
        "kinhold:kind": promise["kind"],
    }


def _disease(each: Mapping[str, str]) -> Any:
    return term(each["id"]) if each["id"] else each["text"]


def _party(institution: Mapping[str, str]) -> Node:
    party: Node = {"@type": "Party", "dct:title": institution["name"]}
    if institution["ror"]:
        party["uid"] = institution["ror"]
    return party
