"""What the console tells of each dataset: settings, who said no, the privacy budget."""

import sqlite3
from typing import Any

from federation.node.books.state import State
from federation.node.data import optouts
from federation.node.errors import NodeError
from federation.node.home import Dataset, Home
from federation.node.privacy.ledger import Standing, budget_of


def dataset_facts(home: Home, state: State, dataset: Dataset) -> dict[str, Any]:
    """Gather what can be told without opening the data. Numbers of people stay at this machine."""
    return {
        "title": dataset.words.title,
        "variables": len(dataset.variables),
        "min_cohort": dataset.min_cohort,
        "noise": dataset.noise,
        "mixing": dataset.mixing,
        "holders": list(dataset.holders),
        "there": dataset.path.exists(),
        "optouts": _optout_facts(home, state, dataset),
        "budget": _budget_facts(budget_of(state, dataset)),
    }


def _optout_facts(home: Home, state: State, dataset: Dataset) -> dict[str, Any]:
    if not optouts.has_ids(dataset):
        return {"possible": False}
    try:
        found = optouts.read(home, state, dataset)
    except (NodeError, sqlite3.Error) as error:
        return {"possible": True, "problem": str(error)}
    return {"possible": True, "version": found.version, "people": len(found.ids)}


def _budget_facts(standing: Standing | None) -> dict[str, Any] | None:
    if standing is None:
        return None
    return {
        "epsilon": standing.epsilon,
        "delta": standing.delta,
        "used": round(standing.left, 2),
        "promised": round(standing.reserved, 2),
        "grants": standing.grants,
    }
