"""Noise and mixing in a request's document: what may be asked for, and with how many."""

import pytest

from consent.document import build
from consent.errors import Incomplete
from tests.consent.factories import JOB, NOISE, fields

THREE = ["river-diabetes", "coast-diabetes", "hill-diabetes"]


def noise(**changes):
    return {"privacy": {"dp": NOISE | changes, "secure_aggregation": False}}


def build_with(**changes):
    return build(title="T", fields=fields(**changes), job=JOB)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"privacy": {"dp": {"epsilon": "1.0"}}}, "privacy.dp.delta", "a number above 0"),
        (noise(epsilon="0"), "privacy.dp.epsilon", "above 0, at most 20."),
        (noise(epsilon="20.1"), "privacy.dp.epsilon", "above 0, at most 20."),
        (noise(epsilon=1), "privacy.dp.epsilon", "above 0, at most 20."),
        (noise(delta="0.011"), "privacy.dp.delta", "above 0, at most 0.01."),
        (noise(delta="1e-30"), "privacy.dp.delta", "above 0, at most 0.01."),
        (noise(unit="household"), "privacy.dp.unit", "one of the offered"),
        (noise(k="2"), "privacy", "as the form does"),
        ({"privacy": {"noise": True}}, "privacy", "as the form does"),
        ({"privacy": "much"}, "privacy", "as the form does"),
        ({"privacy": {}}, "privacy", "privacy noise is needed"),
        ({"privacy": {"dp": None, "secure_aggregation": False}}, "privacy", "noise is needed"),
        (noise() | {"privacy": {"dp": NOISE, "secure_aggregation": 1}},
         "privacy.secure_aggregation", "yes or no"),
        ({"privacy": {"dp": NOISE, "secure_aggregation": True}},
         "privacy.secure_aggregation", "mixing protects nothing"),
        ({"datasets": THREE, "min_nodes": 2, "privacy": {"dp": None}},
         "min_nodes", "Without privacy noise, at least 3 communities"),
        ({"datasets": THREE, "min_nodes": 2, "privacy": {"dp": NOISE, "secure_aggregation": True}},
         "min_nodes", "With mixing, at least 3 communities"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_field_and_a_sentence(changes, field, sentence):
    with pytest.raises(Incomplete) as refusal:
        build_with(**changes)

    assert next(iter(refusal.value.fields)) == field
    assert sentence in refusal.value.fields[field]


@pytest.mark.parametrize(
    "changes",
    [
        {"privacy": {"dp": NOISE}},
        noise(epsilon="20", delta="0.01"),
        {"privacy": {}, "datasets": THREE, "min_nodes": 3},
        {"privacy": {"dp": NOISE}, "datasets": THREE, "min_nodes": 1},
    ],
    ids=str,
)
def test_what_lies_just_inside_the_limits_passes(changes):
    build_with(**changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"datasets": THREE, "min_nodes": 3, "privacy": None}, (None, True)),
        ({"datasets": THREE, "min_nodes": 3, "privacy": {"dp": NOISE}}, (NOISE, True)),
        ({"datasets": THREE, "min_nodes": 2, "privacy": {"dp": NOISE}}, (NOISE, False)),
        ({"privacy": {"dp": NOISE}}, (NOISE, False)),
        ({"datasets": THREE, "min_nodes": 3, "privacy": {"secure_aggregation": False}},
         (None, False)),
    ],
)  # fmt: skip
def test_what_was_not_said_is_no_noise_and_mixing_where_it_protects(changes, expected):
    privacy = build_with(**changes)["privacy"]

    assert (privacy["dp"], privacy["secure_aggregation"]) == expected


def test_noise_is_kept_as_text_in_one_spelling():
    privacy = build_with(**noise(epsilon=" 0.50", delta="1e-5"))["privacy"]

    assert privacy["dp"] == {"epsilon": "0.5", "delta": "0.00001", "unit": "person"}
