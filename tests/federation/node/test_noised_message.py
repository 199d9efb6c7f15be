"""Whole messages that ask for noise, from the checks to the receipt, with a real job between."""

import struct
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pytest
from flwr.app import Context, Message, RecordDict
from flwr.common.serde import context_to_proto, message_to_proto
from flwr.supercore.task_identity import TaskIdentity

from consent.grants.codec import config_digest, digest
from federation.catalogue.registry import build_fab, job_config
from federation.node.books.receipts import (
    Account,
    begin_message,
    close_begun,
    keep_message,
    read_receipts,
)
from federation.node.flower_link import LinkDown, TaskLink
from federation.node.guard import Guard
from federation.node.keys import receipt_key
from federation.node.settings import read_config
from federation.node.timing import Stopwatch
from federation.node.training import Answer, Training
from federation.node.walls.jobs import Launcher
from federation.node.work import Work
from tests.federation.node.conftest import Made
from tests.hostile.community import signed

PEOPLE = 60
FAB = build_fab("linear-regression")
JOB = job_config("linear-regression", {"outcome": "bmi", "predictors": "age"})
SPENT = {
    "unit": "person",
    "noise": "3.731",
    "round": 1,
    "rounds": 1,
    "epsilon": "1",
    "delta": "0.00001",
}
IDS = {name: f"{name}3333333-3333-4333-8333-333333333333" for name in "ab"}


@dataclass
class Link:
    """What left, in place of a SuperNode's connection."""

    down: bool = False
    replies: list[Any] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def reply(self, records: Any) -> None:
        if self.down:
            raise LinkDown("cut")
        self.replies.append(records)

    def reply_error(self, _number: int, code: str, _reason: str) -> None:
        self.errors.append(code)


@dataclass
class PausedAtTheEnd(Guard):
    """A guard whose operator pauses the node after the receipt was written."""

    def _reply(self, answer: Answer, training: Training) -> None:
        self.home.paused.touch()
        super()._reply(answer, training)


@pytest.fixture
def noised(made: Made) -> Made:
    """A node with ranges, a budget for one grant of epsilon 1, sixty people, and two grants."""
    text = made.home.config.read_text()
    for name, limits in (("age", "[0, 100]"), ("bmi", "[10, 60]")):
        text = text.replace(
            f'{name} = {{ type = "number" }}', f'{name} = {{ type = "number", range = {limits} }}'
        )
    text += '\n[datasets.river-diabetes.budget]\nepsilon = "1.2"\ndelta = "0.00001"\n'
    made.home.config.write_text(text)
    rng = np.random.default_rng(5)
    rows = [f"{rng.integers(20, 80)},{rng.uniform(15, 45):.2f}" for _ in range(PEOPLE)]
    (made.home.folder / "data.csv").write_text("\n".join(["age,bmi", *rows]))
    made.config = read_config(made.home)
    grants = [
        made.community.grant(_bound(), made.charter, id=id_, **_limits()) for id_ in IDS.values()
    ]
    stewards = made.community.stewards[:2]
    made.platform.served["river"].grants = [signed(each, stewards).to_json() for each in grants]
    return made


def _bound() -> dict[str, Any]:
    return {
        "job": "linear-regression",
        "code": digest(FAB),
        "config": config_digest(JOB),
        "request": "c" * 64,
        "max_rounds": 1,
        "variables": ["age", "bmi"],
        "communities": ["river", "coast"],
    }


def _limits() -> dict[str, Any]:
    dp = {"epsilon": "1", "delta": "0.00001", "unit": "person"}
    return {"min_cohort": 20, "privacy": {"dp": dp, "secure_aggregation": False}}


def _work(grant: str) -> Work:
    config = {
        **JOB,
        "kinhold.run": "22222222-2222-4222-8222-222222222222",
        "kinhold.request": "c" * 64,
        "kinhold.grants": f"river={grant}",
        "kinhold.datasets": "river=river-diabetes",
        "kinhold.communities": "river,coast",
    }
    TaskIdentity.task_id, TaskIdentity.run_id, TaskIdentity.node_id = 1, 1, 0
    message = Message(RecordDict(), 5, "train", group_id="1")
    message.metadata.__dict__["_message_id"] = message.object_id
    first = message_to_proto(message).SerializeToString()
    context = context_to_proto(Context(1, 5, {}, RecordDict(), dict(config)))
    return Work(
        flower_run=1,
        message_type="train",
        round=1,
        code_claimed=digest(FAB),
        fab=FAB,
        config=config,
        job_input=struct.pack(">Q", len(first)) + first + context.SerializeToString(),
    )


def _guard(
    noised: Made, launcher: Launcher, kind: type[Guard] = Guard, *, down: bool = False
) -> Guard:
    guard = kind(noised.home, noised.config, launcher, "", Stopwatch())
    guard.link = cast(TaskLink, Link(down))
    return guard


def _became(noised: Made) -> list[str]:
    rows = noised.state.db.execute("SELECT became FROM noised_rounds ORDER BY number")
    return [became for (became,) in rows]


def _last_receipt(noised: Made) -> dict[str, Any]:
    return read_receipts(noised.state, receipt_key(noised.home).public_key().public_bytes_raw())[-1]


def test_a_noised_answer_of_sixty_people_leaves_once_and_its_budget_is_spent(
    noised: Made, launcher: Launcher
) -> None:
    guard = _guard(noised, launcher)
    guard._work(_work(IDS["a"]))
    link, receipt = cast(Link, guard.link), _last_receipt(noised)

    assert (receipt["outcome"], receipt["people"], link.errors) == ("trained", "50-99", [])
    assert receipt["spent"] == SPENT
    (records,) = link.replies
    assert records["sums"]["count"] != [float(PEOPLE)]
    assert _became(noised) == ["left"]

    guard = _guard(noised, launcher)
    guard._work(_work(IDS["b"]))

    assert cast(Link, guard.link).errors == ["budget-spent"]
    refused = _last_receipt(noised)
    assert refused["checks"][-1]["step"] == 114
    assert (refused["spent"], _became(noised)) == (None, ["left"])


def test_what_is_stopped_on_the_way_spends_nothing(noised: Made, launcher: Launcher) -> None:
    guard = _guard(noised, launcher)
    guard.stopping = True
    guard._work(_work(IDS["a"]))

    receipt = _last_receipt(noised)
    assert (receipt["outcome"], receipt["spent"]) == ("stopped", None)
    assert _became(noised) == ["freed"]


def test_a_reply_held_back_at_the_last_moment_spends_nothing(
    noised: Made, launcher: Launcher
) -> None:
    guard = _guard(noised, launcher, PausedAtTheEnd)
    guard._work(_work(IDS["a"]))

    assert cast(Link, guard.link).errors == ["paused"]
    assert _became(noised) == ["freed"]


def test_a_reply_of_which_nobody_knows_whether_it_left_is_spent(
    noised: Made, launcher: Launcher
) -> None:
    with pytest.raises(LinkDown):
        _guard(noised, launcher, down=True)._work(_work(IDS["a"]))

    assert _became(noised) == ["reserved"]
    guard = _guard(noised, launcher)
    guard._work(_work(IDS["b"]))
    assert cast(Link, guard.link).errors == ["budget-spent"]


def test_the_receipt_of_a_node_that_was_cut_off_tells_the_noise_it_had_reserved(made: Made) -> None:
    account = Account()
    begin_message(made.state, account)
    account.spent = SPENT

    with made.state.writing():
        keep_message(made.state, account)
    close_begun(made.state, community="river", node="river-node", key=receipt_key(made.home))

    receipt = _last_receipt(made)
    assert (receipt["outcome"], receipt["spent"]) == ("failed", SPENT)
