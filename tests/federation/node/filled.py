"""A node that holds grants of every standing and has worked, for what the console tells."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from consent.grants.codec import time_text
from consent.grants.statements import Signed
from federation.catalogue.registry import code_digest
from federation.node import keys
from federation.node.__main__ import main
from federation.node.books.receipts import Account, write_receipt
from federation.node.books.state import State
from federation.node.decision import sync
from federation.node.home import Home, NodeConfig
from federation.node.settings import read_config
from tests.federation.node.conftest import CONFIG, Made
from tests.hostile.community import signed

RUNS = tuple(f"{n:08x}-2222-4222-8222-222222222222" for n in range(1, 15))


class Node(Protocol):
    home: Home
    state: State


@dataclass
class Bare:
    """A node without a charter and a platform that answers."""

    home: Home
    config: NodeConfig
    state: State


def make_bare(home: Home, state: State) -> Bare:
    home.config.write_text(CONFIG.format(platform="http://127.0.0.1:1"))
    return Bare(home, read_config(home), state)


def console(made: Node, *words: str) -> int:
    """Give a command at the node's console."""
    return main(["--home", str(made.home.folder), *words])


def run_facts(job: str = "linear-regression") -> dict[str, Any]:
    return {
        "job": job,
        "code": code_digest("linear-regression"),
        "config": "b" * 64,
        "request": "c" * 64,
        "max_rounds": 3,
        "variables": ["age", "bmi"],
        "communities": ["river", "coast"],
    }


def grant(made: Made, *, run: Mapping[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return made.community.grant(run or run_facts(), made.charter, **changes)


def hold(made: Made, *documents: Mapping[str, Any], signers: int = 2) -> list[Signed]:
    """Serve grants beside those served before, and have the node fetch them now."""
    served = [signed(document, made.community.stewards[:signers]) for document in documents]
    made.platform.served["river"].grants += [one.to_json() for one in served]
    sync.fetch_all(made.state, made.link(), at=datetime.now(UTC))
    return served


def later(**span: float) -> str:
    return time_text(datetime.now(UTC) + timedelta(**span))


def receipt(made: Node, run: str, **facts: Any) -> int:
    """Write a receipt of a message that was worked on, with facts put in."""
    account = Account(run=run, flower_run="5", round=1, data_opened=True, people="100-199")
    account.allowed()
    account.end("trained", "ok", "The job ran and its reply was sent.")
    account.bytes_out, account.reply_digest = 512, "d" * 64
    for name, value in facts.items():
        setattr(account, name, value)
    key = keys.receipt_key(made.home)
    return write_receipt(made.state, account, community="river", node="river-node", key=key)


def beat(made: Node, pid: int, **facts: Any) -> None:
    """Write what a running node writes each second; the process must be there."""
    now = datetime.now(UTC).timestamp()
    told = {"pid": pid, "at": now, "supernode": pid, "answered_s_ago": 0.5, "confined": {}} | facts
    made.home.heartbeat.write_text(json.dumps(told))


def with_ids(made: Node) -> None:
    """Let people be told apart in River's data."""
    text = made.home.config.read_text()
    made.home.config.write_text(
        text.replace("min_cohort = 20", 'min_cohort = 20\nid_column = "id"')
    )
