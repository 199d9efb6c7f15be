"""What the node works on now, and its last runs, from its own receipts."""

from collections.abc import Mapping
from typing import Any

from federation.node import keys
from federation.node.books.receipts import newest_receipts, working_on
from federation.node.books.state import State
from federation.node.errors import NodeError
from federation.node.home import Home

LAST_RUNS = 10
_LOOKED_AT = 300
"""Newest receipts that are looked at: refusals without end must not make the console slow."""


def working_facts(state: State, *, running: bool) -> dict[str, Any] | None:
    """Tell which message is worked on, and since when; None where none is."""
    found = working_on(state)
    if found is None:
        return None
    since, account = found
    return {
        "run": account.run,
        "grant": account.grant,
        "round": account.round,
        "since": since,
        "cut_off": not running,
    }


def run_facts(home: Home, state: State) -> list[dict[str, Any]] | None:
    """Tell of the last ten runs, the newest first; None where the log is not whole.

    A message that named no run counts as one of its own.
    """
    try:
        documents = newest_receipts(state, keys.public_receipt_key(home), _LOOKED_AT)
    except NodeError:
        return None
    runs: dict[str, dict[str, Any]] = {}
    for document in documents:
        name = str(document["run"] or f"message {document['sequence']}")
        if name not in runs and len(runs) == LAST_RUNS:
            break
        _add(runs.setdefault(name, _new(document)), document)
    return list(runs.values())


def _new(newest: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "run": newest["run"],
        "grant": newest["grant"],
        "at": newest["at"],
        "outcome": newest["outcome"],
        "code": newest["code"],
        "reason": newest["reason"],
        "people": newest["people"],
        "messages": 0,
        "bytes_out": 0,
        "mixed": False,
        "spent": None,
    }


def _add(run: dict[str, Any], document: Mapping[str, Any]) -> None:
    run["messages"] += 1
    if run["outcome"] == "prepared" and document["outcome"] == "trained":
        # The last step of a mixed round needs no data; what became of the run is the training.
        run["outcome"] = "trained"
    run["bytes_out"] += document["bytes_out"]
    run["people"] = run["people"] or document["people"]
    run["mixed"] = run["mixed"] or document.get("mixed", False)
    run["spent"] = run["spent"] or document.get("spent")
