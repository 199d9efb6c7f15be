"""Compares what a node wrote down with itself and with what reached the platform."""

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from consent.grants.codec import digest
from federation.node.books.state import State
from federation.node.home import Home
from federation.node.privacy.ledger import budget_of
from federation.node.settings import read_config
from tests.hostile import processes
from tests.hostile.governed import Governed, Node

_ROUND_COUNTED = 115

HOME_LIMIT = 40_000_000
PER_MESSAGE = 12_000
"""Bytes that a node's home may take: so much, and so much more for each message it answered."""


def receipts_of(node: Node) -> list[dict[str, Any]]:
    return [json.loads(row[0]) for row in _rows(node, "SELECT receipt FROM receipts")]


def faults_of(governed: Governed, name: str, granted: Mapping[str, int]) -> list[str]:
    """List what is off at a node that has nothing to do just now.

    Args:
        granted: rounds that were granted, by grant.
    """
    node = governed.nodes[name]
    found = [*_rounds(node, granted), *_delivery(governed, name), *_leftovers(node)]
    found += _budget(node)
    verified = node.command("verify")
    if verified.returncode != 0:
        found.append(f"verify says: {verified.stderr.strip()}")
    return [f"{name}: {fault}" for fault in found]


def _rounds(node: Node, granted: Mapping[str, int]) -> list[str]:
    """Rounds used: never above the granted, and each with its receipt."""
    counted, unclear = Counter[str](), Counter[str]()
    for receipt in receipts_of(node):
        steps = {check["step"] for check in receipt["checks"] if check["result"] == "ok"}
        counted[receipt["grant"]] += _ROUND_COUNTED in steps
        # A guard that was killed cannot tell how far it came; its receipt says so.
        unclear[receipt["grant"]] += receipt["code"] == "internal"
    used = dict(_rows(node, "SELECT grant_id, used FROM rounds"))
    found = []
    for grant, most in granted.items():
        there, told = used.get(grant, 0), counted[grant]
        if there > most:
            found.append(f"{there} rounds of grant {grant} are used, {most} were granted")
        if not told <= there <= told + unclear[grant]:
            found.append(f"{there} rounds of grant {grant} are used, receipts tell {told}")
    if begun := _rows(node, "SELECT COUNT(*) FROM begun")[0][0]:
        found.append(f"{begun} messages were begun and have no receipt")
    return found


def _delivery(governed: Governed, name: str) -> list[str]:
    """Every receipt reached the platform, once, in its place, as it is held here."""
    texts = [row[0] for row in _rows(governed.nodes[name], "SELECT receipt FROM receipts")]
    with governed.platform.lock:
        there = list(governed.platform.receipts[name])
    found = []
    if sorted(receipt["sequence"] for receipt in there) != list(range(1, len(texts) + 1)):
        found.append(f"{len(texts)} receipts were written, {len(there)} are at the platform")
    own = Counter(digest(text) for text in texts)
    if len(own) != len(texts):
        found.append("a receipt was written twice")
    if governed.platform.conflicts:
        found.append(f"{governed.platform.conflicts} receipts came in another's place")
    return found


def _leftovers(node: Node) -> list[str]:
    """No process of a job, no file of one, and a home that does not grow without bound."""
    found = []
    waiting = processes.find(node, processes.LAUNCHER)
    if jobs := set(processes.below(node.home / "work")) - set(waiting):
        found.append(f"{len(jobs)} processes of jobs are left")
    for launcher in waiting:
        if processes.children(launcher):
            found.append("the launcher still has a child")
    if left := sorted(path.name for path in (node.home / "work").iterdir()):
        found.append(f"the work folder holds {left}")
    most = HOME_LIMIT + PER_MESSAGE * len(receipts_of(node))
    if (size := processes.size_of(node.home)) > most:
        found.append(f"the home folder takes {size} bytes")
    return found


def _budget(node: Node) -> list[str]:
    """Of no dataset's budget more than all is reserved or given away."""
    state, found = State(node.home / "state.sqlite"), []
    for dataset in read_config(Home(node.home)).datasets.values():
        standing = budget_of(state, dataset)
        if standing and max(standing.reserved, standing.left) > standing.epsilon:
            found.append(f"the budget of {dataset.id} is overspent: {standing}")
    state.close()
    return found


def _rows(node: Node, query: str) -> list[Any]:
    """Ask the node's own file, without writing to it."""
    with closing(sqlite3.connect(f"file:{node.home}/state.sqlite?mode=ro", uri=True)) as state:
        return list(state.execute(query))
