"""Writes into the signed log with which settings the node works, whenever they changed."""

from contextlib import closing
from datetime import UTC, datetime

from consent.grants.codec import digest
from federation.node.books import events
from federation.node.books.state import State
from federation.node.home import Dataset, Home, NodeConfig

_MOST_TOLD = 8


def note_settings(home: Home, config: NodeConfig) -> None:
    """Tell what ``node.toml`` says now, unless the log's newest word on it is the same.

    Raises:
        NodeError: the log cannot be written to.
    """
    text = _told(config, digest(home.config.read_bytes()))
    with closing(State(home.state)) as state:
        if events.last_of(state, events.SETTINGS) != text:
            state.note(text, datetime.now(UTC), events.SETTINGS)


def _told(config: NodeConfig, sha256: str) -> str:
    datasets = [_dataset(dataset) for dataset in config.datasets.values()]
    more = f", and {len(datasets) - _MOST_TOLD} more" if len(datasets) > _MOST_TOLD else ""
    allowed = config.allowed
    names = (("people", allowed.people), ("institutions", allowed.institutions))
    limits = [f"{len(some)} {name}" for name, some in (*names, ("jobs", allowed.jobs)) if some]
    return events.one_line(
        f"The node started with node.toml {sha256}: stops count for {config.notice_max_age_s} s; "
        f"code {config.code_policy}; works for {', '.join(limits) or 'everybody'}; data: "
        f"{', '.join(datasets[:_MOST_TOLD]) or 'none'}{more}."
    )[: events.LONGEST]


def _dataset(dataset: Dataset) -> str:
    budget = f"budget {dataset.budget.epsilon}" if dataset.budget else "no budget"
    return (
        f"{dataset.id} ({len(dataset.variables)} variables, at least {dataset.min_cohort} people, "
        f"noise {dataset.noise}, mixing {dataset.mixing}, {budget})"
    )
