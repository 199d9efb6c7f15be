"""Mixed fits are the fits without mixing, for every job, through the jobs' own ServerApps."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flwr.app import Error, Message
from sklearn.datasets import load_diabetes

from consent.grants.errors import GrantRefused
from federation.catalogue.linear_regression import client_app as linear_client
from federation.catalogue.linear_regression import server_app as linear_server
from federation.catalogue.logistic_regression import client_app as logistic_client
from federation.catalogue.logistic_regression import server_app as logistic_server
from federation.catalogue.registry import JOBS
from federation.catalogue.shared.asking import TooFewNodes
from federation.catalogue.shared.mixing import MixingFailed
from federation.node import flower_link
from federation.node.mixing import memory
from tests.federation.catalogue.local_grid import LocalGrid, fit, run_config, split
from tests.federation.node.mixers import AT, Federation, federation

APPS = {
    "linear-regression": (linear_server.app, linear_client.app, "progression"),
    "logistic-regression": (logistic_server.app, logistic_client.app, "high"),
}
PREDICTORS = ["age", "bmi", "bp"]


class MixedGrid(LocalGrid):
    """Nodes that answer as governed ones do when answers are mixed."""

    def __init__(self, made: Federation, job: str, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._made, self._job = made, JOBS[job]
        self.break_at: dict[int, str] = {}

    def _answer(self, message: Message) -> Message | None:
        record = flower_link._record(message.content, flower_link.MIXING)
        node = message.metadata.dst_node_id
        if self.break_at.get(node) == record["stage"]:
            return None
        mixing = self._made.mixing(
            node,
            record,
            round=int(message.metadata.group_id),
            question_digest=flower_link._asked_digest(message.content),
        )
        mixing._plan = replace(mixing._plan, job=self._job)
        try:
            step = mixing.take()
        except GrantRefused as refusal:
            return Message(Error(code=1451, reason=str(refusal)), reply_to=message)
        if step is None:
            plain = super()._answer(message)
            assert plain is not None
            step = mixing.hide(plain.content["sums"])
        return Message(flower_link.mixing_records(step), reply_to=message)


@pytest.fixture(scope="module")
def of_four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    made = federation(tmp_path_factory.mktemp("four"), 4)
    yield made
    made.close()


@pytest.fixture
def four(of_four: Federation) -> Federation:
    return of_four.afresh()


def _grids(folder: Path, job: str, made: Federation, **more: object) -> tuple[Any, Any, MixedGrid]:
    server, client, outcome = APPS[job]
    data = load_diabetes(scaled=False)
    columns = dict(zip(map(str, data.feature_names), data.data.T, strict=True))
    columns |= {"progression": data.target, "high": data.target > np.median(data.target)}
    files = split(folder, columns, len(made.nodes))
    config = run_config(job, {"outcome": outcome, "predictors": PREDICTORS}, **more)
    config |= {"kinhold.min-nodes": 3, "kinhold.max-rounds": 15}
    plain = LocalGrid(client, config, files)
    return server, plain, MixedGrid(made, job, client, config | {"kinhold.mixing": "1"}, files)


@pytest.mark.parametrize("job", APPS)
def test_a_mixed_fit_is_the_fit_without_mixing(tmp_path: Path, four: Federation, job: str) -> None:
    server, plain, mixed = _grids(tmp_path, job, four)

    expected, found = fit(server, plain), fit(server, mixed)

    for part in ("coefficients", "standard_errors"):
        names = list(expected[part])
        np.testing.assert_allclose(
            [found[part][n] for n in names], [expected[part][n] for n in names], rtol=1e-9
        )
    assert (found["nodes"], found["n_band"]) == (expected["nodes"], expected["n_band"])


def test_nothing_in_a_mixed_run_holds_sums_of_one_node(tmp_path: Path, four: Federation) -> None:
    server, _, mixed = _grids(tmp_path, "linear-regression", four)

    fit(server, mixed)

    kinds = {tuple(sorted(reply.content["mixing"])) for reply in mixed.replies}
    assert [list(reply.content) for reply in mixed.replies] == [["mixing"]] * len(mixed.replies)
    assert kinds == {
        ("signature", "statement"),
        ("sealed", "to"),
        ("lengths", "masked", "names"),
        ("of", "shares"),
    }


def test_with_a_node_gone_the_others_end_without_a_result(tmp_path: Path, four: Federation) -> None:
    server, _, mixed = _grids(tmp_path, "linear-regression", four)
    mixed.break_at = {1: "share", 2: "collect"}

    with pytest.raises(TooFewNodes, match="2 of 3 nodes answered, 3 are needed"):
        fit(server, mixed)


def test_a_node_that_refuses_is_told_with_its_reason(tmp_path: Path, four: Federation) -> None:
    server, _, mixed = _grids(tmp_path, "linear-regression", four)
    place = four.place(2)
    memory.begin(four.nodes[2].state, place, "setup", {}, AT)

    with pytest.raises(TooFewNodes, match="begun before"):
        fit(server, mixed)


@pytest.mark.parametrize("field", ["masked", "shares", "statement"])
def test_a_node_that_sends_nonsense_ends_the_run(
    tmp_path: Path, four: Federation, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _, mixed = _grids(tmp_path, "linear-regression", four)
    answer = MixedGrid._answer

    def spoilt(grid: MixedGrid, message: Message) -> Message | None:
        reply = answer(grid, message)
        if reply and message.metadata.dst_node_id == 2 and field in reply.content["mixing"]:
            old = reply.content["mixing"][field]
            new = [bytes(len(item)) for item in old] if isinstance(old, list) else bytes(len(old))
            reply.content["mixing"][field] = new
        return reply

    monkeypatch.setattr(MixedGrid, "_answer", spoilt)

    with pytest.raises(MixingFailed):
        fit(server, mixed)
