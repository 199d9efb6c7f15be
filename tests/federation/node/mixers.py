"""Nodes of several communities that know each other's charters, and a platform between them."""

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consent.grants.codec import b64u
from consent.grants.grant import Claims, DifferentialPrivacy, parse_grant
from consent.grants.statements import Signed
from federation.catalogue.linear_regression.additive import from_sums
from federation.catalogue.registry import JOBS
from federation.catalogue.shared.mixing import Record, Total, add_up
from federation.node import keys
from federation.node.books.state import State
from federation.node.decision.gate import Asked, Plan
from federation.node.decision.holders import Holders
from federation.node.home import Dataset, Home, NodeConfig
from federation.node.mixing.memory import Place
from federation.node.mixing.steps import Mixing
from federation.node.platform import Platform
from federation.node.work import Work
from tests.hostile.community import Community, signed

NAMES = ("coast", "hill", "moor", "river", "shore", "wood")
AT = datetime(2030, 1, 1, 12, tzinfo=UTC)
QUESTION = "d" * 64
RUN = {
    "job": "linear-regression",
    "code": "a" * 64,
    "config": "b" * 64,
    "request": "c" * 64,
    "max_rounds": 3,
    "variables": ["age", "bmi"],
}
MEANS, SCATTER = [50.25, 27.125], [1234.5, -17.75, 98.0625]


@cache
def community(name: str) -> tuple[Community, Signed, Ed25519PrivateKey]:
    """Make a community, its first charter and its node's receipt key: once for all tests."""
    key = Ed25519PrivateKey.generate()
    card = {
        "name": f"{name}-node",
        "receipt_key": b64u(key.public_key().public_bytes_raw()),
        "supernode_key": _supernode_key(),
    }
    made = Community(name, card, Ed25519PrivateKey.generate())
    return made, made.first_charter(), key


@cache
def _supernode_key() -> str:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = ec.generate_private_key(ec.SECP384R1()).public_key()
    return public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def reply_of(place: int) -> dict[str, list[float]]:
    """Give what the job at one node answers."""
    return {
        "count": [100.0 + place],
        "means": [value + place / 8 for value in MEANS],
        "scatter": [value * (place + 1) for value in SCATTER],
    }


@dataclass
class Node:
    """One community's node, as far as secure aggregation needs one."""

    home: Home
    config: NodeConfig
    state: State
    holders: Holders
    platform: Platform
    reply: dict[str, list[float]]

    def restart(self) -> None:
        """Begin anew with what is on disk."""
        self.state.close()
        self.state = State(self.home.state)


@dataclass
class Federation:
    """Nodes by Flower's number, and what all of them are told alike.

    Attributes:
        sent: every message and reply that went through the platform, in order.
        silent: nodes that do not answer from a step on.
    """

    nodes: dict[int, Node]
    communities: tuple[str, ...]
    sent: list[tuple[int, Record, Record]] = field(default_factory=list)
    silent: dict[int, str] = field(default_factory=dict)
    round: int = 1
    noised: bool = False

    def afresh(self) -> "Federation":
        """Forget every round before: making new nodes takes seconds."""
        for number, node in self.nodes.items():
            node.state.db.execute("DELETE FROM mixings")
            node.state.db.execute("DELETE FROM sums_opened")
            node.reply = reply_of(number)
        return Federation(self.nodes, self.communities)

    def mixing(self, node: int, record: Record, *, at: datetime = AT, **changes: Any) -> Mixing:
        """Put a message to a node; ``changes`` are told to this node alone."""
        there = self.nodes[node]
        asked = Asked(
            run="22222222-2222-4222-8222-222222222222",
            request="c" * 64,
            grant="",
            dataset="",
            communities=changes.pop("communities", self.communities),
        )
        given = {"round": self.round, "question_digest": QUESTION, "mixing": record} | changes
        plan = _plan(there.config)
        if self.noised:
            noise = DifferentialPrivacy(Decimal(1), Decimal("0.00001"), "person")
            plan = replace(plan, claims=replace(plan.claims, dp=noise))
        return Mixing(there, _work(**given), asked, plan, at=at)

    def take(self, node: int, record: Record, **changes: Any) -> dict[str, Any]:
        """Have a node take a step, and hide its answer if it is the one for that."""
        mixing = self.mixing(node, record, **changes)
        step = mixing.take()
        reply = mixing.hide(self.nodes[node].reply) if step is None else step
        self.sent.append((node, record, reply))
        return reply

    def exchange(self, messages: Mapping[int, Record], least: int) -> dict[int, Record]:
        """Pass messages on as an honest platform does."""
        steps = ("setup", "share", "collect", "unmask")
        replies: dict[int, Record] = {
            node: self.take(node, record)
            for node, record in messages.items()
            if node not in self.silent
            or steps.index(record["stage"]) < steps.index(self.silent[node])
        }
        if len(replies) < least:
            raise TimeoutError(f"{len(replies)} of {least}")
        return replies

    def place(self, node: int) -> Place:
        return Place(7, self.round, _claims(self.nodes[node].config.community).id)

    def add_up(self, minimum: int = 1) -> Total:
        return add_up(self.exchange, sorted(self.nodes), minimum)

    def up_to(self, step: str) -> dict[int, Record]:
        """Go through the steps before ``step``; give the messages that it would bring."""
        kept: dict[int, Record] = {}

        def stop(messages: Mapping[int, Record], least: int) -> dict[int, Record]:
            if next(iter(messages.values()))["stage"] == step:
                kept.update(messages)
                raise TimeoutError
            return self.exchange(messages, least)

        try:
            add_up(stop, sorted(self.nodes), 1)
        except TimeoutError:
            return kept
        raise AssertionError(step)

    def close(self) -> None:
        for node in self.nodes.values():
            node.state.close()


def federation(folder: Path, count: int = 3) -> Federation:
    """Make the nodes of the first ``count`` communities; each has pinned the others."""
    names = NAMES[:count]
    nodes = {
        number: _node(folder / name, name, names, number)
        for number, name in enumerate(names, start=1)
    }
    return Federation(nodes, names)


def read(total: Total) -> dict[str, list[float]]:
    return from_sums(total.sums)


def later(**span: int) -> datetime:
    return AT + timedelta(**span)


def _node(folder: Path, name: str, names: Sequence[str], number: int) -> Node:
    home = Home(folder)
    for made in (home.folder, home.keys):
        made.mkdir(mode=0o700)
    *_, key = community(name)
    _write_key(home, key)
    config = NodeConfig(
        community=name,
        name=f"{name}-node",
        platform="http://127.0.0.1:1",
        superlink="127.0.0.1:1",
        superlink_ca=None,
        platform_ca=None,
        notice_max_age_s=86400,
        code_policy="preinstalled",
        job_limit_s=10,
        job_memory_mb=512,
        job_folders=(),
        allow_unconfined=False,
        datasets={},
        peers=tuple(set(names) - {name}),
    )
    for other in config.peers:
        _pin(home, other, folder.parent / f"{other}.sqlite")
    platform = Platform.of(config, key, timeout_s=1)
    state = State(home.state)
    return Node(home, config, state, Holders(home, config), platform, reply_of(number))


def _pin(home: Home, other: str, template: Path) -> None:
    """Pin a peer's charter; the file for it is made once and copied."""
    if not template.exists():
        state = State(template)
        state.add_charter(1, community(other)[1], AT)
        state.close()
    home.holders.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(template, home.holders / template.name)


def _write_key(home: Home, key: Ed25519PrivateKey) -> None:
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    keys.write_private(home.receipt_key, pem)


@cache
def _claims(name: str) -> Claims:
    made, charter, _ = community(name)
    document = made.grant(RUN | {"communities": NAMES}, charter)
    return parse_grant(signed(document, []).statement)


def _plan(config: NodeConfig) -> Plan:
    dataset = Dataset("d", Path("d.csv"), "csv", 100, {"age": "number", "bmi": "number"})
    return Plan(
        claims=_claims(config.community),
        dataset=dataset,
        variables=("age", "bmi"),
        predictors=1,
        job=JOBS["linear-regression"],
        least=100,
        communities=3,
    )


def _work(**changes: Any) -> Work:
    work = Work(
        flower_run=7,
        message_type="train",
        round=1,
        code_claimed="a" * 64,
        fab=b"",
        config={"job.predictors": "age", "job.outcome": "bmi"},
        job_input=b"",
    )
    return replace(work, **changes)
