"""A whole governed federation on loopback: hostile platform, SuperLink, aggregator, nodes."""

import contextlib
import csv
import json
import re
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sklearn.datasets import load_diabetes

from consent.grants.codec import config_digest, digest, unb64u
from consent.grants.statements import Signed
from federation.catalogue.registry import build_fab, job_config
from federation.gateway.flower import FlowerGateway
from federation.node.decision.holders import holder_state
from federation.node.home import Home
from tests.hostile.community import Community, signed
from tests.hostile.flower_parts import ROOT, Process, SuperLink, aggregator, wait_until
from tests.hostile.platform import HostilePlatform

NAMES = ("river", "coast", "hill")
COLUMNS = ("age", "sex", "bmi", "bp", "progression", "high")
OUTCOMES = {"linear-regression": "progression", "logistic-regression": "high"}
PREDICTORS = ("age", "bmi", "bp")
SUMS = ("sums", "count", "means", "scatter")
"""What code that is unpacked may call what it sends: no catalogue says it."""


def diabetes() -> np.ndarray:
    """Give ``COLUMNS`` of 442 real patients; high: progression above its median."""
    data = load_diabetes(scaled=False)
    high = data.target > np.median(data.target)
    return np.column_stack([data.data[:, :4], data.target, high])


def write_csv(path: Path, table: np.ndarray) -> None:
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        rows.writerows(table.tolist())


@dataclass
class Node:
    """One community's node: its home, its dataset, its process."""

    community: Community
    home: Path
    data: Path
    process: Process
    flower_node: int = 0

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run ``kinhold-node`` as its operator would."""
        return kinhold_node(self.home, *words)

    def connected(self) -> bool:
        answer = self.command("status", "--json")
        return answer.returncode == 0 and bool(json.loads(answer.stdout)["connected"])


def kinhold_node(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "federation.node", "--home", str(home), *words]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
    )


def _give_budget(config: Path, epsilon: str, table: np.ndarray) -> None:
    """Write ranges for all variables and another privacy budget into ``node.toml``."""
    text = config.read_text()
    for column, values in zip(COLUMNS, table.T, strict=True):
        limits = f"range = [{int(values.min()) - 1}, {int(values.max()) + 1}]"
        number = f'"{column}" = {{ type = "number"'
        text = text.replace(f"\n{number}", f"\n{number}, {limits}")
    config.write_text(re.sub(r'^epsilon = ".*"$', f'epsilon = "{epsilon}"', text, flags=re.M))


class Governed:
    """Starts everything; ``close`` stops it.

    Args:
        policy: "preinstalled" or "pinned", for every node.
        extra: lines put at the top of every ``node.toml``.
        timings: let nodes write where a message's time went.
        budget: epsilon that noised answers may give away of each dataset; "" is none.
        aggregator_module: what runs the server's side of jobs.
    """

    def __init__(
        self,
        folder: Path,
        *,
        policy: str,
        extra: str = "",
        timings: bool = False,
        budget: str = "",
        aggregator_module: str = "federation.aggregator",
    ):
        self._aggregator_module, self._budget = aggregator_module, budget
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._stop = contextlib.ExitStack()
        self.nodes: dict[str, Node] = {}
        self.platform = HostilePlatform()
        self._stop.callback(self.platform.close)
        self.platform_key = Ed25519PrivateKey.generate()
        self.link = SuperLink(folder / "link", governed=True)
        try:
            self._start(policy, extra, timings)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        for node in self.nodes.values():
            node.process.ask_to_stop()  # all at once, so that their few seconds run together
        self._stop.close()

    def _start(self, policy: str, extra: str, timings: bool) -> None:
        self.link.start()
        self._stop.callback(self.link.process.stop)
        worker = aggregator(self.link, self.platform.url, "token", self._aggregator_module).start()
        self._stop.callback(worker.stop)
        self.gateway = FlowerGateway(self.link.address, self.link.tls.ca.read_bytes())
        parts = np.array_split(diabetes(), len(NAMES))
        for name, part in zip(NAMES, parts, strict=True):
            self.nodes[name] = self._make_node(name, part, policy, extra, timings)
        self._pin_peers()
        for node in self.nodes.values():
            node.process.start()
            self._stop.callback(node.process.stop)
        for name, node in self.nodes.items():
            wait_until(node.connected, limit_s=40, what=f"the node of {name}")
        wait_until(
            (self.link.folder / "aggregator" / "ready").exists, limit_s=40, what="the aggregator"
        )

    def _pin_peers(self) -> None:
        """Let each node know the others' charters, as ``kinhold-node pin --holder`` would."""
        for name, node in self.nodes.items():
            for other in set(NAMES) - {name}:
                state = holder_state(Home(node.home), other)
                state.add_charter(1, self.charter_of(other), datetime.now(UTC))
                state.close()

    def _make_node(
        self, name: str, table: np.ndarray, policy: str, extra: str, timings: bool
    ) -> Node:
        home, data = self.folder / name, self.folder / f"{name}.csv"
        write_csv(data, table)
        made = kinhold_node(
            home,
            "init",
            *("--community", name, "--name", f"{name}-node"),
            *("--platform", self.platform.url, "--superlink", self.link.address),
            *("--superlink-ca", str(self.link.tls.ca), "--code-policy", policy),
            *("--dataset", f"{name}-diabetes={data}", "--min-cohort", "100"),
        )
        assert made.returncode == 0, made.stderr
        config = home / "node.toml"
        config.write_text(f"peers = {json.dumps(NAMES)}\n{extra}\n{config.read_text()}")
        if self._budget:
            _give_budget(config, self._budget, table)
        card = json.loads(made.stdout)
        self.platform.keys[name] = unb64u(card["receipt_key"])
        community = Community(name, card, self.platform_key)
        self._serve_charter(community)
        pinned = kinhold_node(home, "pin", "--fingerprint", self.charter_of(name).digest)
        assert pinned.returncode == 0, pinned.stderr
        command = [sys.executable, "-m", "federation.node", "--home", str(home), "run"]
        env = {"KINHOLD_NODE_TIMINGS": "1"} if timings else {}
        process = Process(f"node of {name}", command, self.folder / f"{name}.log", env)
        flower_node = self.gateway.register_node(card["supernode_key"], f"{name}-node")
        return Node(community, home, data, process, flower_node)

    def _serve_charter(self, community: Community) -> None:
        served = self.platform.served[community.name]
        served.charters = [community.first_charter().to_json()]
        served.notices = community.notices()

    def charter_of(self, name: str) -> Signed:
        return Signed.from_json(self.platform.served[name].charters[0])

    # Runs

    def request(self, fab: bytes | None = None, job: str = "linear-regression") -> "Request":
        """Describe a sound run that every community may grant."""
        parameters = {"outcome": OUTCOMES[job], "predictors": PREDICTORS}
        return Request(
            fab or build_fab(job),
            job_config(job, parameters),
            job=job,
            max_rounds=15,
            variables=(*PREDICTORS, OUTCOMES[job]),
        )

    def grant_all(self, request: "Request", **changes: Any) -> dict[str, Signed]:
        """Let two stewards of each community sign a grant for it, and serve the grants."""
        granted = {}
        for name, node in self.nodes.items():
            document = node.community.grant(request.bound(), self.charter_of(name), **changes)
            granted[name] = signed(document, node.community.stewards[:2])
        self.serve(granted)
        return granted

    def serve(self, grants: Mapping[str, Signed]) -> None:
        for name, grant in grants.items():
            self.platform.served[name].grants = [grant.to_json()]

    def start(
        self, request: "Request", grants: Mapping[str, Signed], **config: str | int | float
    ) -> int:
        """Dispatch a run as the platform would; ``config`` puts other values in."""
        ids = {name: grant.document["id"] for name, grant in grants.items()}
        keys = {
            **request.config,
            "kinhold.run": str(uuid.uuid4()),
            "kinhold.request": request.digest,
            "kinhold.nodes": ",".join(str(node.flower_node) for node in self.nodes.values()),
            "kinhold.communities": ",".join(NAMES),
            "kinhold.datasets": ",".join(f"{name}={name}-diabetes" for name in NAMES),
            "kinhold.grants": ",".join(f"{name}={ids[name]}" for name in ids),
            "kinhold.min-nodes": len(NAMES),
            "kinhold.max-rounds": request.max_rounds,
            "kinhold.round-limit-s": 30,
        }
        return self.gateway.start(request.fab, keys | config)

    def wait(self, flower_run: int, limit_s: float = 40) -> Any:
        wait_until(
            lambda: self.gateway.status(flower_run).finished, limit_s=limit_s, what="the run"
        )
        return self.gateway.status(flower_run)

    def receipts(self, flower_run: int, limit_s: float = 15) -> dict[str, dict[str, Any]]:
        """Wait until each community's receipt for the run has reached the platform."""
        wait_until(
            lambda: set(self.platform.receipts_of(flower_run)) == set(NAMES),
            limit_s=limit_s,
            what="the receipts",
        )
        return self.platform.receipts_of(flower_run)

    def result(self, flower_run: int, limit_s: float = 10) -> Mapping[str, Any]:
        def there() -> list[Mapping[str, Any]]:
            posted = self.platform.results
            return [r["result"] for r in posted if r["flower_run"] == str(flower_run)]

        wait_until(lambda: bool(there()), limit_s=limit_s, what="the result")
        return there()[0]


@dataclass
class Request:
    """What a researcher asked for: code, configuration, rounds."""

    fab: bytes
    config: Mapping[str, Any]
    job: str
    max_rounds: int
    variables: Sequence[str]
    digest: str = ""

    def __post_init__(self) -> None:
        self.digest = digest(uuid.uuid4().bytes)

    def bound(self) -> dict[str, Any]:
        """Give what a grant binds of it."""
        return {
            "job": self.job,
            "code": digest(self.fab),
            "config": config_digest(self.config),
            "request": self.digest,
            "max_rounds": self.max_rounds,
            "variables": self.variables,
            "communities": NAMES,
            **({} if self.fab == build_fab(self.job) else {"outputs": SUMS}),
        }
