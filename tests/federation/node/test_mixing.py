"""Secure aggregation between real nodes: the sum is right, and is all that can be read."""

import hashlib
import json
from fractions import Fraction

import pytest

from federation.catalogue.linear_regression.additive import to_sums
from federation.catalogue.shared import masks
from federation.catalogue.shared.mixing import Total
from federation.node.errors import JobFailed, NotHidden
from federation.node.mixing import memory
from federation.node.mixing.memory import KEPT, MOST_OPEN, OVER, Place
from tests.federation.node.mixers import AT, Federation, later, read, reply_of


def _sum_of(nodes: list[int]) -> dict[str, list[Fraction]]:
    parts = [to_sums(reply_of(node)) for node in nodes]
    return {
        name: [sum(values, Fraction(0)) for values in zip(*(p[name] for p in parts), strict=True)]
        for name in parts[0]
    }


def _masked(made: Federation) -> dict[int, bytes]:
    return {node: reply["masked"] for node, _, reply in made.sent if "masked" in reply}


def _is_sum_of(total: Total, nodes: list[int]) -> bool:
    expected = _sum_of(nodes)  # but for last digits, which are drawn anew
    return total.sums["count"] == expected["count"] and all(
        abs(found - value) <= abs(value) / 10**11
        for name in expected
        for found, value in zip(total.sums[name], expected[name], strict=True)
    )


def test_the_sum_is_that_of_the_nodes_answers(three_nodes: Federation) -> None:
    total = three_nodes.add_up()

    assert total.nodes == [1, 2, 3]
    assert _is_sum_of(total, [1, 2, 3])
    assert read(total)["count"] == [306.0]


def test_the_last_digits_of_a_sum_do_not_tell_its_parts(three_nodes: Federation) -> None:
    """A share of a hundred people is rounded, and a sum shows how: few sets of shares fit."""
    counts, shares = (101, 102, 103), (17, 60, 88)
    for node, count, share in zip(three_nodes.nodes.values(), counts, shares, strict=True):
        node.reply["count"], node.reply["means"][0] = [float(count)], share / count

    def rounded(count: int, share: int) -> Fraction:
        return count * Fraction(share / count) - share

    told = three_nodes.add_up().sums["sums"][0] - sum(shares)
    fit = [
        (a, b, c)
        for a in range(counts[0] + 1)
        for b in range(counts[1] + 1)
        if 0 <= (c := sum(shares) - a - b) <= counts[2]
        and sum(map(rounded, counts, (a, b, c))) == told
    ]
    assert not fit


def test_what_is_passed_on_looks_random_and_never_the_same(three_nodes: Federation) -> None:
    three_nodes.add_up()
    first = _masked(three_nodes)
    three_nodes.round = 2
    three_nodes.add_up()
    second = _masked(three_nodes)

    plain = {
        node: masks.to_fixed(Fraction(100 + node) for _ in range(1)) for node in three_nodes.nodes
    }
    for node in three_nodes.nodes:
        assert first[node] != second[node]
        assert masks.unpack_fixed(first[node])[0] != plain[node][0]
    # 576 bytes a round: each bit is set about half of the time (8 standard deviations).
    bits = b"".join([*first.values(), *second.values()])
    ones = sum(byte.bit_count() for byte in bits)
    assert abs(ones - 4 * len(bits)) < 8 * (2 * len(bits)) ** 0.5


def test_nothing_that_is_passed_on_holds_a_nodes_own_numbers(three_nodes: Federation) -> None:
    three_nodes.add_up()

    answers = [masks.pack_fixed(masks.to_fixed(to_sums(reply_of(n))["products"])) for n in (1, 2)]
    for _, _, reply in three_nodes.sent:
        whole = b"".join(v for v in reply.values() if isinstance(v, bytes))
        assert not any(answer[:32] in whole for answer in answers)


def test_two_of_three_masked_answers_do_not_tell_the_third(three_nodes: Federation) -> None:
    """The masks that cancel in the sum are not the only ones: each node's own stays on."""
    three_nodes.up_to("unmask")
    vectors = [masks.unpack_fixed(masked) for masked in _masked(three_nodes).values()]
    total = masks.add(masks.add(vectors[0], vectors[1]), vectors[2])

    with pytest.raises(masks.NotANumber, match="not every mask was lifted"):
        masks.from_fixed(total, 3)


@pytest.mark.parametrize("step", ["collect", "unmask"])
def test_a_node_that_drops_out_after_sharing_is_left_out_of_the_sum(
    five_nodes: Federation, step: str
) -> None:
    five_nodes.silent = {2: step}

    total = five_nodes.add_up()

    left = [1, 3, 4, 5] if step == "collect" else [1, 2, 3, 4, 5]
    assert total.nodes == left
    assert _is_sum_of(total, left)


def test_a_node_that_drops_out_while_sharing_is_left_out_too(five_nodes: Federation) -> None:
    five_nodes.silent = {4: "share"}

    assert _is_sum_of(five_nodes.add_up(), [1, 2, 3, 5])


@pytest.mark.parametrize("step", ["setup", "share", "collect", "unmask"])
def test_of_three_nodes_none_may_drop_out(three_nodes: Federation, step: str) -> None:
    three_nodes.silent = {3: step}

    with pytest.raises(TimeoutError):
        three_nodes.add_up()


def test_a_platform_that_goes_on_with_too_few_is_refused(five_nodes: Federation) -> None:
    messages = five_nodes.up_to("collect")
    record = messages[1]
    few = {**record, "from": record["from"][:2], "sealed": record["sealed"][:2]}

    with pytest.raises(NotHidden, match="At least 4 of the 5"):
        five_nodes.take(1, few)


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
    five_nodes: Federation, active: list[str], dropped: list[str], words: str
) -> None:
    five_nodes.up_to("unmask")

    with pytest.raises(NotHidden, match=words):
        _unmask(five_nodes, active, dropped)


def test_the_last_step_is_taken_once(three_nodes: Federation) -> None:
    everyone = ["coast", "hill", "moor"]
    three_nodes.up_to("unmask")
    _unmask(three_nodes, everyone, [])
    three_nodes.nodes[1].restart()

    with pytest.raises(NotHidden, match="was taken before"):
        _unmask(three_nodes, everyone, [])


@pytest.mark.parametrize("step", ["setup", "share", "collect"])
def test_a_step_sent_again_is_refused_also_after_a_restart(
    three_nodes: Federation, step: str
) -> None:
    """Masks used for two answers would give the difference of the answers away."""
    record = three_nodes.up_to(step)[1]
    three_nodes.take(1, record)
    three_nodes.nodes[1].restart()

    with pytest.raises(NotHidden, match="before"):
        three_nodes.take(1, record)


@pytest.mark.parametrize("step", ["share", "collect", "unmask"])
def test_a_step_before_its_turn_is_refused(three_nodes: Federation, step: str) -> None:
    record = three_nodes.up_to(step)[1]
    three_nodes.round = 2

    with pytest.raises(NotHidden, match="not begun at this node"):
        three_nodes.take(1, record)
    three_nodes.take(1, {"stage": "setup"})
    if step != "share":
        with pytest.raises(NotHidden, match="out of its order"):
            three_nodes.take(1, record)


@pytest.mark.parametrize("number", [1e36, -1e36, 2.0**118])
def test_a_number_too_large_fails_instead_of_wrapping_around(
    three_nodes: Federation, number: float
) -> None:
    three_nodes.nodes[1].reply["scatter"][1] = number
    record = three_nodes.up_to("collect")[1]

    with pytest.raises(JobFailed, match="too large"):
        three_nodes.take(1, record)


def test_secrets_are_wiped_with_the_last_step(three_nodes: Federation) -> None:
    three_nodes.add_up()

    for node in three_nodes.nodes.values():
        assert list(node.state.db.execute("SELECT step, secrets FROM mixings")) == [(OVER, None)]


def test_keys_are_gone_before_the_job_sees_data(three_nodes: Federation) -> None:
    three_nodes.take(1, three_nodes.up_to("collect")[1])

    (kept,) = three_nodes.nodes[1].state.db.execute("SELECT secrets FROM mixings").fetchone()
    assert set(json.loads(kept)) == {"statement", "statements", "shares"}


def test_a_round_that_nobody_ends_is_over_after_an_hour(three_nodes: Federation) -> None:
    record = three_nodes.up_to("collect")[1]

    with pytest.raises(NotHidden, match="was taken before"):
        three_nodes.take(1, record, at=AT + KEPT)
    assert three_nodes.nodes[1].state.db.execute("SELECT secrets FROM mixings").fetchone() == (
        None,
    )


def test_a_clock_set_back_does_not_keep_secrets_for_longer(three_nodes: Federation) -> None:
    record = three_nodes.up_to("collect")[1]

    with pytest.raises(NotHidden):
        three_nodes.take(1, record, at=later(minutes=-2))


def test_a_platform_cannot_begin_rounds_without_end(three_nodes: Federation) -> None:
    state = three_nodes.nodes[1].state
    for number in range(MOST_OPEN):
        memory.begin(state, Place(7, number + 10, "g"), "setup", {}, AT)

    with pytest.raises(NotHidden, match="Too many"):
        three_nodes.take(1, {"stage": "setup"})
    three_nodes.take(1, {"stage": "setup"}, at=AT + KEPT)


def test_two_messages_at_once_take_a_step_only_once(three_nodes: Federation) -> None:
    three_nodes.up_to("unmask")
    state, place = three_nodes.nodes[1].state, three_nodes.place(1)
    memory.go_on(state, place, "collect", OVER, None)

    with pytest.raises(NotHidden, match="a moment ago"):
        memory.go_on(state, place, "collect", OVER, None)


def test_a_statement_binds_the_digest_of_the_seed(three_nodes: Federation) -> None:
    made = three_nodes.take(1, {"stage": "setup"})
    (kept,) = three_nodes.nodes[1].state.db.execute("SELECT secrets FROM mixings").fetchone()

    seed = bytes.fromhex(json.loads(kept)["secrets"]["seed"])
    assert json.loads(made["statement"])["seed"] == hashlib.sha256(seed).hexdigest()


def _open(made: Federation, left_out: int | None) -> None:
    """Open a sum without one of the nodes, or of all."""
    made.silent = {left_out: "collect"} if left_out else {}
    made.round += 1
    made.add_up()


def test_two_sums_that_differ_by_a_node_are_not_both_opened(five_nodes: Federation) -> None:
    """The same question with and without a node would give that node's own answer."""
    _open(five_nodes, None)

    with pytest.raises(NotHidden, match="would tell that node's answer"):
        _open(five_nodes, 2)
    _open(five_nodes, None)


def test_a_run_without_a_node_of_the_first_sum_does_not_even_begin(five_nodes: Federation) -> None:
    _open(five_nodes, None)
    five_nodes.round += 1

    with pytest.raises(NotHidden, match="ask the communities for a new grant"):
        five_nodes.take(1, {"stage": "setup"}, communities=("coast", "hill", "moor", "river"))


def test_with_noise_sums_of_other_nodes_may_be_opened(five_nodes: Federation) -> None:
    five_nodes.noised = True
    _open(five_nodes, None)

    _open(five_nodes, 2)
