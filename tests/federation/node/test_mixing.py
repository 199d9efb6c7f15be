"""Secure aggregation between real nodes: the sum is exact, and is all that can be read."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from federation.catalogue.linear_regression.additive import to_sums
from federation.catalogue.shared import masks
from federation.node.errors import JobFailed, NotHidden
from federation.node.mixing import memory
from federation.node.mixing.memory import KEPT, MOST_OPEN, OVER, Place
from tests.federation.node.mixers import AT, Federation, federation, later, read, reply_of


@pytest.fixture(scope="module")
def of_three(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    made = federation(tmp_path_factory.mktemp("three"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def of_five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federation]:
    made = federation(tmp_path_factory.mktemp("five"), 5)
    yield made
    made.close()


@pytest.fixture
def three(of_three: Federation) -> Federation:
    return of_three.afresh()


@pytest.fixture
def five(of_five: Federation) -> Federation:
    return of_five.afresh()


def _sum_of(nodes: list[int]) -> dict[str, list[Fraction]]:
    parts = [to_sums(reply_of(node)) for node in nodes]
    return {
        name: [sum(values, Fraction(0)) for values in zip(*(p[name] for p in parts), strict=True)]
        for name in parts[0]
    }


def _masked(made: Federation) -> dict[int, bytes]:
    return {node: reply["masked"] for node, _, reply in made.sent if "masked" in reply}


def test_the_sum_is_exactly_that_of_the_nodes_answers(three: Federation) -> None:
    total = three.add_up()

    assert total.nodes == [1, 2, 3]
    assert total.sums == _sum_of([1, 2, 3])
    assert read(total)["count"] == [306.0]


def test_what_is_passed_on_looks_random_and_never_the_same(three: Federation) -> None:
    three.add_up()
    first = _masked(three)
    three.round = 2
    three.add_up()
    second = _masked(three)

    plain = {node: masks.to_fixed(Fraction(100 + node) for _ in range(1)) for node in three.nodes}
    for node in three.nodes:
        assert first[node] != second[node]
        assert masks.unpack_fixed(first[node])[0] != plain[node][0]
    # 576 bytes a round: each bit is set about half of the time (8 standard deviations).
    bits = b"".join([*first.values(), *second.values()])
    ones = sum(byte.bit_count() for byte in bits)
    assert abs(ones - 4 * len(bits)) < 8 * (2 * len(bits)) ** 0.5


def test_nothing_that_is_passed_on_holds_a_nodes_own_numbers(three: Federation) -> None:
    three.add_up()

    answers = [masks.pack_fixed(masks.to_fixed(to_sums(reply_of(n))["products"])) for n in (1, 2)]
    for _, _, reply in three.sent:
        whole = b"".join(v for v in reply.values() if isinstance(v, bytes))
        assert not any(answer[:32] in whole for answer in answers)


def test_two_of_three_masked_answers_do_not_tell_the_third(three: Federation) -> None:
    """The masks that cancel in the sum are not the only ones: each node's own stays on."""
    three.up_to("unmask")
    vectors = [masks.unpack_fixed(masked) for masked in _masked(three).values()]
    total = masks.add(masks.add(vectors[0], vectors[1]), vectors[2])

    with pytest.raises(masks.NotANumber, match="not every mask was lifted"):
        masks.from_fixed(total, 3)


@pytest.mark.parametrize("step", ["collect", "unmask"])
def test_a_node_that_drops_out_after_sharing_is_left_out_of_the_sum(
    five: Federation, step: str
) -> None:
    five.silent = {2: step}

    total = five.add_up()

    left = [1, 3, 4, 5] if step == "collect" else [1, 2, 3, 4, 5]
    assert (total.nodes, total.sums) == (left, _sum_of(left))


def test_a_node_that_drops_out_while_sharing_is_left_out_too(five: Federation) -> None:
    five.silent = {4: "share"}

    assert five.add_up().sums == _sum_of([1, 2, 3, 5])


@pytest.mark.parametrize("step", ["setup", "share", "collect", "unmask"])
def test_of_three_nodes_none_may_drop_out(three: Federation, step: str) -> None:
    three.silent = {3: step}

    with pytest.raises(TimeoutError):
        three.add_up()


def test_a_platform_that_goes_on_with_too_few_is_refused(five: Federation) -> None:
    messages = five.up_to("collect")
    record = messages[1]
    few = {**record, "from": record["from"][:2], "sealed": record["sealed"][:2]}

    with pytest.raises(NotHidden, match="At least 4 of the 5"):
        five.take(1, few)


def _unmask(made: Federation, active: list[str], dropped: list[str]) -> None:
    made.take(1, {"stage": "unmask", "active": active, "dropped": dropped})


@pytest.mark.parametrize(
    ("active", "dropped", "words"),
    [
        (["coast", "hill", "moor", "river", "shore"], ["hill"], "both masks of one node"),
        (["coast", "hill", "moor", "river"], [], "in the sum or left out"),
        (["coast", "hill", "moor"], ["river", "shore"], "A sum of 3"),
        (["coast"], ["hill", "moor", "river", "shore"], "A sum of 1"),
        (["hill", "moor", "river", "shore"], ["coast"], "this node's among them"),
        (["coast", "hill", "moor", "river", "wood"], ["shore"], "in the sum or left out"),
        (["coast", "hill", "moor", "river", "shore", "shore"], [], "does not hold"),
    ],
    ids=["both", "one missing", "few", "alone", "not this one", "a stranger", "twice"],
)
def test_the_last_step_lifts_no_mask_that_would_show_one_node(
    five: Federation, active: list[str], dropped: list[str], words: str
) -> None:
    five.up_to("unmask")

    with pytest.raises(NotHidden, match=words):
        _unmask(five, active, dropped)


def test_the_last_step_is_taken_once(three: Federation) -> None:
    everyone = ["coast", "hill", "moor"]
    three.up_to("unmask")
    _unmask(three, everyone, [])
    three.nodes[1].restart()

    with pytest.raises(NotHidden, match="was taken before"):
        _unmask(three, everyone, [])


@pytest.mark.parametrize("step", ["setup", "share", "collect"])
def test_a_step_sent_again_is_refused_also_after_a_restart(three: Federation, step: str) -> None:
    """Masks used for two answers would give the difference of the answers away."""
    record = three.up_to(step)[1]
    three.take(1, record)
    three.nodes[1].restart()

    with pytest.raises(NotHidden, match="before"):
        three.take(1, record)


@pytest.mark.parametrize("step", ["share", "collect", "unmask"])
def test_a_step_before_its_turn_is_refused(three: Federation, step: str) -> None:
    record = three.up_to(step)[1]
    three.round = 2

    with pytest.raises(NotHidden, match="not begun at this node"):
        three.take(1, record)
    three.take(1, {"stage": "setup"})
    if step != "share":
        with pytest.raises(NotHidden, match="out of its order"):
            three.take(1, record)


def test_a_question_other_than_the_agreed_one_is_not_answered(three: Federation) -> None:
    record = three.up_to("collect")[1]

    with pytest.raises(NotHidden, match="told of another question"):
        three.take(1, record, question_digest="e" * 64)


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
    three: Federation, changes: dict[str, object], words: str
) -> None:
    keys = {node: three.take(node, {"stage": "setup"}) for node in (1, 2)}
    if words == "another question":
        keys[3] = three.take(3, {"stage": "setup"}, **changes)
        changes = {}
    else:
        keys[3] = three.take(3, {"stage": "setup"})

    with pytest.raises(NotHidden, match=words):
        three.take(1, _share(keys), **changes)


def _share(keys: dict[int, dict[str, bytes]]) -> dict[str, object]:
    return {
        "stage": "share",
        "statements": [reply["statement"] for reply in keys.values()],
        "signatures": [reply["signature"] for reply in keys.values()],
    }


def _swapped(three: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    """A man in the middle puts his own key into the third node's statement."""
    document = json.loads(keys[3]["statement"])
    document["sealing_key"] = json.loads(keys[2]["statement"])["sealing_key"]
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    keys[3] = {"statement": text.encode(), "signature": keys[3]["signature"]}


def _signed_by_another(three: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    keys[3] = {"statement": keys[3]["statement"], "signature": keys[2]["signature"]}


def _own_keys_twice(three: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    keys[3] = keys[1]


def _anothers_keys_twice(three: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    keys[3] = keys[2]


def _of_an_earlier_round(three: Federation, keys: dict[int, dict[str, bytes]]) -> None:
    three.round = 9
    old = three.take(3, {"stage": "setup"})
    three.round = 1
    keys[3] = old


def _no_json(three: Federation, keys: dict[int, dict[str, bytes]]) -> None:
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
    three: Federation, put: object, words: str
) -> None:
    keys = {node: three.take(node, {"stage": "setup"}) for node in three.nodes}
    put(three, keys)  # type: ignore[operator]  # one of the functions above

    with pytest.raises(NotHidden, match=words):
        three.take(1, _share(keys))


def test_a_share_changed_on_its_way_or_meant_for_another_is_refused(three: Federation) -> None:
    messages = three.up_to("collect")
    mine = messages[1]
    mixed_up = {**mine, "sealed": mine["sealed"][::-1]}
    others = {**mine, "sealed": messages[2]["sealed"]}
    cut = {**mine, "sealed": [mine["sealed"][0], mine["sealed"][1][:-4]]}

    for record in (mixed_up, others, cut):
        with pytest.raises(NotHidden, match="sealed for this node"):
            three.take(1, record)
    three.take(1, mine)


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
    three: Federation, record: dict[str, object]
) -> None:
    three.take(1, {"stage": "setup"})

    with pytest.raises(NotHidden):
        three.take(1, record)


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
    three: Federation, communities: tuple[str, ...], words: str
) -> None:
    with pytest.raises(NotHidden, match=words):
        three.take(1, {"stage": "setup"}, communities=communities)


def test_a_peer_that_is_named_and_not_pinned_is_refused(three: Federation) -> None:
    node = three.nodes[1]
    node.config = replace(node.config, peers=(*node.config.peers, "wood"))

    with pytest.raises(NotHidden, match="charter of wood is not pinned"):
        three.take(1, {"stage": "setup"}, communities=("coast", "hill", "wood"))


@pytest.mark.parametrize("number", [1e36, -1e36, 2.0**117])
def test_a_number_too_large_fails_instead_of_wrapping_around(
    three: Federation, number: float
) -> None:
    three.nodes[1].reply["scatter"][1] = number
    record = three.up_to("collect")[1]

    with pytest.raises(JobFailed, match="too large"):
        three.take(1, record)


def test_secrets_are_wiped_with_the_last_step(three: Federation) -> None:
    three.add_up()

    for node in three.nodes.values():
        assert list(node.state.db.execute("SELECT step, secrets FROM mixings")) == [(OVER, None)]


def test_keys_are_gone_before_the_job_sees_data(three: Federation) -> None:
    three.take(1, three.up_to("collect")[1])

    (kept,) = three.nodes[1].state.db.execute("SELECT secrets FROM mixings").fetchone()
    assert set(json.loads(kept)) == {"statement", "statements", "shares"}


def test_a_round_that_nobody_ends_is_over_after_an_hour(three: Federation) -> None:
    record = three.up_to("collect")[1]

    with pytest.raises(NotHidden, match="was taken before"):
        three.take(1, record, at=AT + KEPT)
    assert three.nodes[1].state.db.execute("SELECT secrets FROM mixings").fetchone() == (None,)


def test_a_clock_set_back_does_not_keep_secrets_for_longer(three: Federation) -> None:
    record = three.up_to("collect")[1]

    with pytest.raises(NotHidden):
        three.take(1, record, at=later(minutes=-2))


def test_a_platform_cannot_begin_rounds_without_end(three: Federation) -> None:
    state = three.nodes[1].state
    for number in range(MOST_OPEN):
        memory.begin(state, Place(7, number + 10, "g"), "setup", {}, AT)

    with pytest.raises(NotHidden, match="Too many"):
        three.take(1, {"stage": "setup"})
    three.take(1, {"stage": "setup"}, at=AT + KEPT)


def test_two_messages_at_once_take_a_step_only_once(three: Federation) -> None:
    three.up_to("unmask")
    state, place = three.nodes[1].state, three.place(1)
    memory.go_on(state, place, "collect", OVER, None)

    with pytest.raises(NotHidden, match="a moment ago"):
        memory.go_on(state, place, "collect", OVER, None)


def test_a_statement_binds_the_digest_of_the_seed(three: Federation) -> None:
    made = three.take(1, {"stage": "setup"})
    (kept,) = three.nodes[1].state.db.execute("SELECT secrets FROM mixings").fetchone()

    seed = bytes.fromhex(json.loads(kept)["secrets"]["seed"])
    assert json.loads(made["statement"])["seed"] == hashlib.sha256(seed).hexdigest()


def _open(made: Federation, left_out: int | None) -> None:
    """Open a sum without one of the nodes, or of all."""
    made.silent = {left_out: "collect"} if left_out else {}
    made.round += 1
    made.add_up()


def test_two_sums_that_differ_by_a_node_are_not_both_opened(five: Federation) -> None:
    """The same question with and without a node would give that node's own answer."""
    _open(five, None)

    with pytest.raises(NotHidden, match="would tell that node's answer"):
        _open(five, 2)
    _open(five, None)


def test_a_run_without_a_node_of_the_first_sum_does_not_even_begin(five: Federation) -> None:
    _open(five, None)
    five.round += 1

    with pytest.raises(NotHidden, match="ask the communities for a new grant"):
        five.take(1, {"stage": "setup"}, communities=("coast", "hill", "moor", "river"))


def test_with_noise_sums_of_other_nodes_may_be_opened(five: Federation) -> None:
    five.noised = True
    _open(five, None)

    _open(five, 2)
