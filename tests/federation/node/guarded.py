"""One node's guard, from message to receipt, with a real job; only Flower's wire is not there."""

import struct
import uuid
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from flwr.app import Context, Message, RecordDict
from flwr.common.serde import context_to_proto, message_to_proto
from flwr.supercore.task_identity import TaskIdentity

from consent.grants.codec import config_digest, digest
from consent.grants.statements import Signed
from federation.catalogue.registry import build_fab, job_config
from federation.node.flower_link import Records, TaskLink, write_records
from federation.node.guard import Guard
from federation.node.settings import read_config
from federation.node.timing import Stopwatch
from federation.node.walls.jobs import Launcher
from federation.node.work import Work
from tests.federation.node.conftest import Made
from tests.hostile.community import signed

COMMUNITIES = ["river", "coast", "hill"]
REQUEST = "c" * 64


@dataclass
class Wire:
    """The node's end of Flower: keeps every byte that was sent."""

    sent: list[bytes] = field(default_factory=list)
    records: list[Records] = field(default_factory=list)

    def reply(self, content: Records) -> None:
        self.records.append(content)
        self.sent.append(write_records(content))

    def reply_error(self, number: int, code: str, reason: str) -> None:
        self.sent.append(f"{number} {code} {reason}".encode())

    def heartbeat(self) -> None:
        return


@dataclass
class Guarded:
    """A node with data that can be told apart, to put runs of linear regression to."""

    made: Made
    launcher: Launcher
    wire: Wire = field(default_factory=Wire)
    paced: list[bool] = field(default_factory=list)
    """Of each message, whether it counts among those that have a pace."""

    def write(self, rows: list[str]) -> None:
        """Write River's data: id, age, sex, bmi, town."""
        text = "\n".join(["number,age,sex,bmi,town", *rows]) + "\n"
        (self.made.home.folder / "data.csv").write_text(text)

    def settings(self, lines: str) -> None:
        """Put lines of settings below the dataset."""
        config = self.made.home.config
        config.write_text(
            config.read_text().replace("min_cohort = 20", f"min_cohort = 20\n{lines}")
        )

    def grant(
        self, predictors: str = "age", *, rounds: int = 3, changes: dict[str, Any] | None = None
    ) -> Signed:
        """Let two stewards agree to explain bmi, and the platform serve it."""
        config = job_config("linear-regression", {"outcome": "bmi", "predictors": predictors})
        run = {
            "job": "linear-regression",
            "code": digest(build_fab("linear-regression")),
            "config": config_digest(config),
            "request": REQUEST,
            "max_rounds": rounds,
            "variables": [*predictors.split(","), "bmi"],
            "communities": COMMUNITIES,
        }
        document = self.made.community.grant(
            run, self.made.charter, **({"min_cohort": 20} | (changes or {}))
        )
        served = signed(document, self.made.community.stewards[:2])
        self.made.platform.served["river"].grants.append(served.to_json())
        return served

    def ask(self, grant: Signed, predictors: str = "age", *, holders: str = "") -> dict[str, Any]:
        """Put one message to the guard; give the receipt that reached the platform."""
        own = job_config("linear-regression", {"outcome": "bmi", "predictors": predictors})
        config = {
            **own,
            "kinhold.run": str(uuid.uuid4()),
            "kinhold.request": REQUEST,
            "kinhold.grants": f"river={grant.document['id']}",
            "kinhold.datasets": "river=river-diabetes",
            "kinhold.communities": ",".join(COMMUNITIES),
            **({"kinhold.holders": holders} if holders else {}),
        }
        made, fab = self.made, build_fab("linear-regression")
        work = Work(
            flower_run=5,
            message_type="train",
            round=1,
            code_claimed=digest(fab),
            fab=fab,
            config=config,
            job_input=_job_input(config),
        )
        guard = Guard(made.home, read_config(made.home), self.launcher, "", Stopwatch())
        guard.link = cast(TaskLink, self.wire)
        guard._work(work)
        self.paced.append(guard.turned_away)
        receipt: dict[str, Any] = made.platform.receipts["river"][-1]
        return receipt


def rows(count: int, seed: int = 7) -> list[str]:
    """Make people with ids and values that stand nowhere else by chance."""
    chance = np.random.default_rng(seed)
    return [
        f"band-{seed}-{n:04d},{age:.6f},{n % 2},{bmi:.6f},Up"
        for n, (age, bmi) in enumerate(20 + 20 * chance.random((count, 2)))
    ]


def _job_input(config: dict[str, Any]) -> bytes:
    TaskIdentity.task_id, TaskIdentity.run_id, TaskIdentity.node_id = 1, 1, 0
    message = Message(RecordDict(), 5, "train", group_id="1")
    message.metadata.__dict__["_message_id"] = message.object_id
    context = Context(1, 5, {}, RecordDict(), config)
    first = message_to_proto(message).SerializeToString()
    return struct.pack(">Q", len(first)) + first + context_to_proto(context).SerializeToString()
