"""``kinhold-node optout``: people who said no, added, taken off, counted. No id is ever logged."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from federation.node.books import events
from federation.node.books.state import State
from federation.node.data import optouts
from federation.node.data.people import not_in_data
from federation.node.errors import NodeError
from federation.node.home import Dataset, Home
from federation.node.settings import read_config

_STDIN = "-"
_LONGEST_COMMENT = 200


def optout(home: Home, arguments: Namespace) -> int:
    """Do what was asked and say what became of it.

    Raises:
        NodeError: no such dataset, or something given is not an id; nothing was changed.
    """
    dataset = _dataset(home, arguments.dataset)
    if arguments.do == "list":
        return _list(home, dataset, arguments)
    if arguments.show_ids:
        raise NodeError("--show-ids goes with optout list.")
    return _change(home, dataset, arguments)


def _dataset(home: Home, name: str) -> Dataset:
    datasets = read_config(home).datasets
    if name not in datasets:
        known = ", ".join(datasets) or "none"
        raise NodeError(f"{name!r} is not a dataset of node.toml. There are: {known}.")
    return datasets[name]


def _list(home: Home, dataset: Dataset, arguments: Namespace) -> int:
    """Say how many opted out, and who only when asked to: somebody may stand behind you."""
    if arguments.ids or arguments.comment:
        raise NodeError("optout list takes the name of a dataset and nothing else.")
    optouts.require_ids(dataset)
    with closing(State(home.state)) as state:
        version = optouts.read(home, state, dataset).version
    entries = optouts.listed(home, dataset)
    count = f"{len(entries)} {'person' if len(entries) == 1 else 'people'}"
    file = optouts.file_of(home, dataset)
    sys.stdout.write(f"{count} opted out of {dataset.id}; list {version}, in {file}.\n")
    if arguments.show_ids:
        sys.stdout.writelines(
            f"{entry.id}{f'  # {entry.comment}' if entry.comment else ''}\n" for entry in entries
        )
    elif entries:
        sys.stdout.write("To see who: kinhold-node optout list " + dataset.id + " --show-ids\n")
    return 0


def _change(home: Home, dataset: Dataset, arguments: Namespace) -> int:
    ids = _ids(arguments.ids)
    if arguments.do == "add":
        comment = (arguments.comment or _today())[:_LONGEST_COMMENT]
        change = optouts.add(home, dataset, ids, comment)
        done, before = "now out of", "out already"
    else:
        if arguments.comment:
            raise NodeError("--comment goes with optout add.")
        change = optouts.remove(home, dataset, ids)
        done, before = "no longer out of", "not on the list"
    if change.changed:
        _write_down(home, dataset, arguments.do, change.version)
    sys.stdout.write(
        f"{_people(len(change.changed))} {done} {dataset.id}, from the next round on. "
        f"The list is number {change.version}.\n"
    )
    if change.as_before:
        count = len(change.as_before)
        were = "was" if count == 1 else "were"
        sys.stdout.write(f"{count} {were} {before}; nothing changed there.\n")
    if arguments.do == "add" and change.changed:
        _tell_unknown(home, dataset, change.changed)
    return 0


def _tell_unknown(home: Home, dataset: Dataset, ids: Sequence[str]) -> None:
    """Say which of the ids that were just given are nobody's: they may be misspelt."""
    try:
        unknown = not_in_data(home, dataset, ids)
    except NodeError as error:
        sys.stdout.write(f"Whether they are in the data could not be looked up. {error}\n")
        return
    if unknown:
        sys.stdout.write(
            f"Nobody in the data has the id: {', '.join(unknown)}. It stays on the list; look "
            "whether it is misspelt.\n"
        )


def _write_down(home: Home, dataset: Dataset, done: str, version: int) -> None:
    """Log that the list changed: neither who nor how many."""
    verb = "added to" if done == "add" else "took from"
    now = datetime.now(UTC)
    with closing(State(home.state)) as state:
        state.note(
            f"The operator {verb} the opt-out list of {dataset.id}; it is list {version} now.",
            now,
            events.OPERATOR,
        )


def _ids(given: Sequence[str]) -> list[str]:
    """Take ids from the command line, or from the input where ``-`` stands, one on a line.

    Raises:
        NodeError: there is none.
    """
    ids: list[str] = []
    for word in given:
        if word != _STDIN:
            ids.append(word)
            continue
        if sys.stdin.isatty():
            sys.stderr.write("One id on each line; end with Ctrl-D.\n")
        ids += [line.strip() for line in sys.stdin if line.strip()]
    if not ids:
        raise NodeError(
            "Say whom: ids, or - to type them, one on each line, so that the shell does not "
            "remember them."
        )
    return ids


def _people(count: int) -> str:
    return "1 person is" if count == 1 else f"{count} people are"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
