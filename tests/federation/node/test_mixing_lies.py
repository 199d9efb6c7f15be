"""Secure aggregation under a platform that lies about keys, shares, questions and places."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from federation.node.errors import NotHidden
from tests.federation.node.mixers import Federation


def test_a_question_other_than_the_agreed_one_is_not_answered(three_nodes: Federation) -> None:
    record = three_nodes.up_to("collect")[1]

    with pytest.raises(NotHidden, match="told of another question"):
        three_nodes.take(1, record, question_digest="e" * 64)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"question_digest": "e" * 64}, "another question"),
        ({"config": {"job.predictors": "bmi"}}, "other parameters"),
        ({"communities": ("coast", "hill", "wood")}, "not pinned"),
        ({"round": 2}, "not begun"),
    ],
)
def test_nodes_that_were_told_different_things_do_not_mix(
    three_nodes: Federation, changes: dict[str, object], words: str
) -> None:
    keys = {node: three_nodes.take(node, {"stage": "setup"}) for node in (1, 2)}
    if words == "another question":
        keys[3] = three_nodes.take(3, {"stage": "setup"}, **changes)
        changes = {}
    else:
        keys[3] = three_nodes.take(3, {"stage": "setup"})

    with pytest.raises(NotHidden, match=words):
        three_nodes.take(1, _share(keys), **changes)


def _share(keys: dict[int, dict[str, bytes]]) -> dict[str, object]:
    return {
        "stage": "share",
        "statements": [reply["statement"] for reply in keys.values()],
        "signatures": [reply["signature"] for reply in keys.values()],
    }


def _swapped(three_nodes: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    """A man in the middle puts his own key into the third node's statement."""
    document = json.loads(keys[3]["statement"])
    document["sealing_key"] = json.loads(keys[2]["statement"])["sealing_key"]
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    keys[3] = {"statement": text.encode(), "signature": keys[3]["signature"]}


def _signed_by_another(three_nodes: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    keys[3] = {"statement": keys[3]["statement"], "signature": keys[2]["signature"]}


def _own_keys_twice(three_nodes: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    keys[3] = keys[1]


def _anothers_keys_twice(three_nodes: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    keys[3] = keys[2]


def _of_an_earlier_round(three_nodes: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    three_nodes.round = 9
    old = three_nodes.take(3, {"stage": "setup"})
    three_nodes.round = 1
    keys[3] = old


def _no_json(three_nodes: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    keys[3] = {"statement": b"{" * 70, "signature": b""}


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (_swapped, "somebody put others in their place"),
        (_signed_by_another, "somebody put others in their place"),
        (_own_keys_twice, "once"),
        (_anothers_keys_twice, "once"),
        (_of_an_earlier_round, "another round"),
        (_no_json, "cannot be read"),
    ],
)
def test_keys_that_are_not_each_nodes_own_are_refused(
    three_nodes: Federation, put: object, words: str
) -> None:
    keys = {node: three_nodes.take(node, {"stage": "setup"}) for node in three_nodes.nodes}
    put(three_nodes, keys)  # type: ignore[operator]  # one of the functions above

    with pytest.raises(NotHidden, match=words):
        three_nodes.take(1, _share(keys))


def test_a_share_changed_on_its_way_or_meant_for_another_is_refused(
    three_nodes: Federation,
) -> None:
    messages = three_nodes.up_to("collect")
    mine = messages[1]
    mixed_up = {**mine, "sealed": mine["sealed"][::-1]}
    others = {**mine, "sealed": messages[2]["sealed"]}
    cut = {**mine, "sealed": [mine["sealed"][0], mine["sealed"][1][:-4]]}

    for record in (mixed_up, others, cut):
        with pytest.raises(NotHidden, match="sealed for this node"):
            three_nodes.take(1, record)
    three_nodes.take(1, mine)


@pytest.mark.parametrize(
    "record",
    [
        {"stage": "evaluate"},
        {"stage": ["setup"]},
        {},
        {"stage": "setup", "more": 1},
        {"stage": "share"},
        {"stage": "share", "statements": [], "signatures": []},
        {"stage": "share", "statements": [b"", b"", b""], "signatures": [b"", b"", ""]},
        {"stage": "share", "statements": [b"x" * 70_000] * 3, "signatures": [b""] * 3},
        {"stage": "share", "statements": b"abc", "signatures": [b""] * 3},
    ],
)
def test_a_message_that_does_not_hold_what_it_must_is_refused(
    three_nodes: Federation, record: dict[str, object]
) -> None:
    three_nodes.take(1, {"stage": "setup"})

    with pytest.raises(NotHidden):
        three_nodes.take(1, record)


@pytest.mark.parametrize(
    ("communities", "words"),
    [
        (("coast", "hill"), "protects nothing"),
        (("coast", "hill", "hill"), "once"),
        (("hill", "moor", "river"), "once"),
        (("coast", "hill", "lake"), r'peers = \["lake"\].*kinhold-node pin --holder lake'),
        (("coast", "hill", "../hill"), "not pinned"),
    ],
    ids=["two", "one twice", "without this one", "not pinned", "a path"],
)
def test_a_round_with_others_than_three_that_are_pinned_does_not_begin(
    three_nodes: Federation, communities: tuple[str, ...], words: str
) -> None:
    with pytest.raises(NotHidden, match=words):
        three_nodes.take(1, {"stage": "setup"}, communities=communities)


def test_a_peer_that_is_named_and_not_pinned_is_refused(three_nodes: Federation) -> None:
    node = three_nodes.nodes[1]
    node.config = replace(node.config, peers=(*node.config.peers, "wood"))

    with pytest.raises(NotHidden, match="charter of wood is not pinned"):
        three_nodes.take(1, {"stage": "setup"}, communities=("coast", "hill", "wood"))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(at=st.integers(0, 10**6), bit=st.integers(0, 7), part=st.sampled_from(["statement", "sign"]))
def test_no_changed_bit_of_anothers_statement_is_overlooked(
    three_nodes: Federation, at: int, bit: int, part: str
) -> None:
    three_nodes.round += 1
    keys = {node: three_nodes.take(node, {"stage": "setup"}) for node in three_nodes.nodes}
    name = "statement" if part == "statement" else "signature"
    changed = bytearray(keys[3][name])
    changed[at % len(changed)] ^= 1 << bit
    keys[3] = keys[3] | {name: bytes(changed)}

    with pytest.raises(NotHidden):
        three_nodes.take(1, _share(keys))
    for node in three_nodes.nodes.values():
        node.state.db.execute("DELETE FROM mixings")


_scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=5)
_records = st.dictionaries(
    st.sampled_from(["stage", "statements", "signatures", "from", "sealed", "active", "dropped"]),
    st.sampled_from(["setup", "share", "collect", "unmask"])
    | _scalars
    | st.lists(_scalars, max_size=4),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(record=_records.filter(lambda record: record != {"stage": "setup"}))
def test_whatever_is_sent_is_refused_in_words(
    three_nodes: Federation, record: dict[str, object]
) -> None:
    with pytest.raises(NotHidden):
        three_nodes.take(1, record)
