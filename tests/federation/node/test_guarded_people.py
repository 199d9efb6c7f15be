"""What a whole message does about the people in the data: counts, opt-outs, comparison, silence."""

import struct

import numpy as np
import pytest

from federation.node.data import optouts
from federation.node.home import Dataset
from federation.node.settings import read_config
from federation.node.walls.jobs import Launcher
from tests.federation.node.conftest import Made
from tests.federation.node.guarded import Guarded, rows
from tests.federation.node.joint import GRANT, make_joint
from tests.hostile.community import signed

NOISE = {"dp": {"epsilon": "1", "delta": "0.00001", "unit": "person"}, "secure_aggregation": False}


def _river(node: Guarded) -> Dataset:
    return read_config(node.made.home).datasets["river-diabetes"]


def _last(receipt: dict[str, object]) -> tuple[int, str]:
    checks = receipt["checks"]
    assert isinstance(checks, list)
    return checks[-1]["step"], checks[-1]["result"]


def _count(node: Guarded) -> float:
    return float(node.wire.records[-1]["sums"]["count"][0])


def test_who_opts_out_between_two_rounds_is_out_of_the_next_one(node: Guarded) -> None:
    grant = node.grant()
    first = node.ask(grant)
    counted = _count(node)
    optouts.add(node.made.home, _river(node), ["band-7-0003", "band-7-0004"], "by Ana")

    second = node.ask(grant)

    assert (counted, _count(node)) == (120, 118)
    assert [first["optouts"], second["optouts"]] == [0, 1]
    assert [r["outcome"] for r in (first, second)] == ["trained", "trained"]
    assert first["dataset_version"] == second["dataset_version"] != ""
    assert second["people"] == "100-199"


def test_a_message_that_fails_before_a_round_is_counted_has_a_pace(node: Guarded) -> None:
    """A grant bounds rounds only: with data that cannot be read it could be asked without end."""
    grant = node.grant()
    node.ask(grant)
    (node.made.home.folder / "data.csv").write_text("number,age,bmi\nband-7-0001,old,x\n")

    failed = node.ask(grant)

    assert (failed["outcome"], failed["code"]) == ("failed", "data-unreadable")
    assert node.paced == [False, True]


def test_an_exact_run_is_refused_where_the_other_holder_signed_for_noise(
    made: Made, launcher: Launcher
) -> None:
    joint = make_joint(made)
    node = Guarded(made, launcher)
    node.write(rows(120))
    grant = node.grant()
    same = {name: grant.document[name] for name in ("request", "run", "data", "communities")}
    others = joint.serve(privacy=NOISE).document | same
    served = signed(others, joint.coast.stewards[:2])
    made.platform.served["coast"].grants = [served.to_json()]

    receipt = node.ask(grant, holders=f"river-diabetes/coast={GRANT}")

    assert _last(receipt) == (109, "refused")
    assert "differ on privacy noise" in receipt["reason"]
    assert not receipt["data_opened"]


def test_a_second_grant_on_nearly_the_same_people_is_refused_without_noise(node: Guarded) -> None:
    node.ask(node.grant())
    optouts.add(node.made.home, _river(node), [f"band-7-{n:04d}" for n in range(3)])
    again = node.grant("sex", rounds=1)

    refused = node.ask(again, "sex")
    optouts.add(node.made.home, _river(node), [f"band-7-{n:04d}" for n in range(3, 10)])
    allowed = node.ask(again, "sex")

    assert (refused["code"], _last(refused)) == ("nearly-same-people", (113, "refused"))
    assert "Ask with privacy noise, or wait until 10 have changed" in refused["reason"]
    assert allowed["outcome"] == "trained"  # the refusal used up no round
    assert b"nearly-same-people" in node.wire.sent[1]


@pytest.mark.parametrize(
    ("people", "predictors", "step", "code"),
    [
        (19, "age", 111, "cohort-too-small"),
        (99, "age", 111, "cohort-too-small"),
        (100, "age", 115, "ok"),
    ],
)
def test_of_few_people_nothing_leaves_without_noise(
    node: Guarded, people: int, predictors: str, step: int, code: str
) -> None:
    node.write(rows(people))

    receipt = node.ask(node.grant(predictors), predictors)

    assert (receipt["code"], _last(receipt)[0]) == (code, step)
    assert receipt["data_opened"]
    assert len(node.wire.records) == (code == "ok")


def test_more_coefficients_than_a_third_of_the_people_are_refused(node: Guarded) -> None:
    names = [f"v{n}" for n in range(33)]
    node.made.home.config.write_text(
        node.made.home.config.read_text() + "".join(f'{v} = {{ type = "number" }}\n' for v in names)
    )
    chance = np.random.default_rng(3).random((100, 33)).round(4).tolist()
    lines = [f"p{n},{n},{','.join(map(str, row))}" for n, row in enumerate(chance)]
    header = f"number,bmi,{','.join(names)}\n"
    (node.made.home.folder / "data.csv").write_text(header + "\n".join(lines) + "\n")

    refused = node.ask(node.grant(",".join(names)), ",".join(names))
    allowed = node.ask(node.grant(",".join(names[:32])), ",".join(names[:32]))

    assert (refused["code"], _last(refused)) == ("too-many-parameters", (112, "refused"))
    assert "34 coefficients" in refused["reason"]
    assert allowed["outcome"] == "trained"  # 33 coefficients, 100 people


def test_with_noise_few_people_and_nearly_the_same_ones_will_do(node: Guarded) -> None:
    text = node.made.home.config.read_text()
    for name, limits in (("age", [0, 120]), ("bmi", [10, 60])):
        text = text.replace(
            f'{name} = {{ type = "number" }}', f'{name} = {{ type = "number", range = {limits} }}'
        )
    budget = '[datasets.river-diabetes.budget]\nepsilon = "10"\ndelta = "0.0001"\n'
    node.made.home.config.write_text(text + budget)
    node.ask(node.grant())
    node.write(rows(60))

    receipt = node.ask(node.grant(rounds=1, changes={"privacy": NOISE}))

    assert (receipt["outcome"], receipt["reason"][:11]) == ("trained", "The job ran")
    assert receipt["people"] == "50-99"


@pytest.mark.parametrize("trouble", ["a bad line", "another file"])
def test_what_is_not_sure_refuses_and_is_told(node: Guarded, trouble: str) -> None:
    if trouble == "a bad line":
        node.made.home.optouts.mkdir()
        optouts.file_of(node.made.home, _river(node)).write_text("band-7-0001, band-7-0002\n")
        code = "optouts-unreadable"
    else:
        node.settings(f'sha256 = "{"0" * 64}"')
        code = "wrong-dataset"

    receipt = node.ask(node.grant())

    assert (receipt["outcome"], receipt["code"]) == ("refused", code)
    assert "band" not in receipt["reason"]
    assert node.wire.records == []


def test_no_value_and_no_id_is_in_anything_that_leaves(node: Guarded) -> None:
    """Everything a node sent in granted, refused and failed runs, byte for byte (R-03)."""
    people = rows(130)
    node.write(people)
    optouts.add(node.made.home, _river(node), ["band-7-0009", "nobody-at-all"])
    node.ask(node.grant())
    node.ask(node.grant("age,sex"), "age,sex")
    node.write([*people[:129], "band-7-0129,elderly,0,gigantic,Up"])
    node.ask(node.grant())
    node.write(people[:60])
    node.ask(node.grant())

    outcomes = [r["outcome"] for r in node.made.platform.receipts["river"]]
    assert outcomes == ["trained", "trained", "failed", "refused"]
    left = b"\n".join([*node.wire.sent, *node.made.platform.heard])
    assert len(node.made.platform.heard) >= 8
    values = [float(row.split(",")[place]) for row in people for place in (1, 3)]
    for row in people:
        person, age, _, bmi, _ = row.split(",")
        for word in (person, age, bmi):
            assert word.encode() not in left
    for value in values:
        for form in ("<d", ">d", "<f", ">f"):
            assert struct.pack(form, value) not in left
    for word in (b"band-", b"nobody", b"elderly", b"gigantic", b"number,age", b'"number"'):
        assert word not in left
    numbers = [n for records in node.wire.records for n in _numbers(records["sums"])]
    assert not np.isclose(np.array(numbers)[:, None], values, rtol=1e-9, atol=0).any()
    assert set(node.wire.records[0]) == {"sums"}


def _numbers(record: object) -> list[float]:
    return [float(n) for values in record.values() for n in values]  # type: ignore[attr-defined]
