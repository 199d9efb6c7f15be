"""``kinhold-node datasets``: tell the platform, in words, what data there is.

What leaves is what ``describe`` prints: names, types, plain meanings and a size band. No row, no
count, and not the name of the column that tells people apart.
"""

import json
import sys
from argparse import Namespace
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from consent.grants.codec import digest, parse_json, time_text
from consent.grants.descriptions import SIZE_BANDS, sign_description, variable
from consent.grants.errors import GrantRefused
from consent.grants.provenance import check_record
from consent.grants.receipts import people_band
from federation.node import keys
from federation.node.books.events import OPERATOR
from federation.node.books.state import State
from federation.node.data import optouts
from federation.node.data.inspect import Findings, categories_of, limits_of, look_through
from federation.node.errors import NodeError
from federation.node.home import Dataset, Home, NodeConfig
from federation.node.platform import Platform, PlatformUnreachable
from federation.node.settings import read_config

_RECORD_LIMIT = 262_144


def datasets(home: Home, arguments: Namespace) -> int:
    """List, describe or register the datasets of ``node.toml``.

    Raises:
        NodeError: a dataset is not as its settings say, or the platform did not take it.
    """
    config = read_config(home)
    chosen = _chosen(config, arguments.name)
    if arguments.do == "list":
        for dataset in chosen:
            sys.stdout.write(_listed(dataset) + "\n")
        return 0
    for dataset in chosen:
        document = described(
            config, dataset, out=_out(home, dataset), overwrite_text=arguments.overwrite_text
        )
        if arguments.do == "describe":
            sys.stdout.write(_shown(document, as_json=arguments.json) + "\n")
        else:
            sys.stdout.write(_register(home, config, document) + "\n")
    return 0


def described(
    config: NodeConfig,
    dataset: Dataset,
    *,
    out: frozenset[str] = frozenset(),
    overwrite_text: bool = False,
) -> dict[str, Any]:
    """Look through the file and write its description, as it will be signed.

    Args:
        out: ids of people who opted out: they are not in the size band.
    Raises:
        NodeError: something in the file or the settings has to be put right first.
    """
    found = look_through(dataset, out)
    _require_sound(dataset, found)
    return {
        "type": "dataset",
        "version": 1,
        "community": config.community,
        "node": config.name,
        "dataset": dataset.id,
        "at": time_text(datetime.now(UTC)),
        "title": dataset.words.title or dataset.id,
        "description": dataset.words.description or "Not described yet.",
        "size_band": people_band(found.people),
        "variables": [_variable(dataset, name) for name in dataset.variables],
        "provenance": _record(dataset),
        "overwrite_text": overwrite_text,
    }


def _out(home: Home, dataset: Dataset) -> frozenset[str]:
    with closing(State(home.state)) as state:
        return optouts.read(home, state, dataset).ids


def _chosen(config: NodeConfig, names: list[str]) -> list[Dataset]:
    if unknown := sorted(set(names) - set(config.datasets)):
        raise NodeError(f"There is no dataset {unknown[0]} in node.toml.")
    if not config.datasets:
        raise NodeError("node.toml describes no dataset yet.")
    return [config.datasets[name] for name in names or config.datasets]


def _require_sound(dataset: Dataset, found: Findings) -> None:
    if found.problems:
        more = " There are more." if found.more else ""
        raise NodeError(f"{dataset.id} is not as node.toml says. {' '.join(found.problems)}{more}")
    if not dataset.variables:
        raise NodeError(f"{dataset.id} has no variable in node.toml.")
    if people_band(found.people) not in SIZE_BANDS:
        raise NodeError(
            f"{dataset.id} has {people_band(found.people)} people. "
            "With fewer than 21 it cannot take part in anything."
        )


def _variable(dataset: Dataset, name: str) -> dict[str, Any]:
    told = dataset.words.columns[name]
    limits = limits_of(dataset, name)
    return variable(
        name,
        dataset.variables[name],
        unit=told.get("unit", ""),
        label=told.get("label", ""),
        limits=None if limits is None else (_plain(limits[0]), _plain(limits[1])),
        categories=categories_of(dataset, name),
    )


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _record(dataset: Dataset) -> dict[str, Any] | None:
    path = dataset.words.provenance
    if path is None:
        return None
    try:
        return check_record(parse_json(path.read_bytes(), limit=_RECORD_LIMIT))
    except OSError as error:
        raise NodeError(f"Cannot read {path}: {error.strerror}.") from None
    except GrantRefused as refusal:
        raise NodeError(f"{path} is not a record of provenance. {refusal}") from refusal


def _register(home: Home, config: NodeConfig, document: dict[str, Any]) -> str:
    key = keys.receipt_key(home)
    name = document["dataset"]
    try:
        text, signature = sign_description(document, key)
    except GrantRefused as refusal:
        raise NodeError(f"{name} cannot be described like this. {refusal}") from refusal
    platform = Platform.of(config, key)
    try:
        status, answer = platform.post_description(text, signature)
    except PlatformUnreachable as error:
        raise NodeError(f"{name} was not registered: {error}.") from None
    finally:
        platform.close()
    if status not in (200, 201):
        raise NodeError(f"{name} was not registered: {answer.get('detail', status)}")
    told = _told(name, answer)
    State(home.state).note(f"{told} Its description was {digest(text)}.", kind=OPERATOR)
    return told


def _told(name: str, answer: dict[str, Any]) -> str:
    kept = answer.get("kept") or []
    left = f" Left as people wrote it there: {', '.join(map(str, kept))}." if kept else ""
    if answer.get("new"):
        return f"{name} is registered. Nobody outside sees it until a steward publishes it."
    if not answer.get("changed"):
        return f"{name} is registered as it is; nothing changed.{left}"
    return f"{name} is described anew: {', '.join(map(str, answer['changed']))}.{left}"


def _listed(dataset: Dataset) -> str:
    title = dataset.words.title or "no title yet"
    shared = f"; held by {', '.join(dataset.holders)} too" if dataset.holders else ""
    return f"{dataset.id}: {title}; {len(dataset.variables)} variables{shared}"


def _shown(document: dict[str, Any], *, as_json: bool) -> str:
    if as_json:
        return json.dumps(document, indent=2, ensure_ascii=False)
    lines = [
        f"{document['dataset']}: {document['title']}",
        document["description"],
        f"{document['size_band']} people. Of each person, jobs may be allowed to use:",
    ]
    for held in document["variables"]:
        unit = f" in {held['unit']}" if held["unit"] else ""
        lines.append(f"  {held['name']} ({held['type']}{unit}): {held['label'] or 'no meaning'}")
    if document["provenance"]:
        lines.append("With a record of where it comes from.")
    return "\n".join([*lines, "Nothing else leaves this node by registering it."])
