import itertools

import pytest

from federation.errors import TransitionRefused
from federation.rules import NEXT, OVER, RunState, RunVerb, Seen, judge, next_state

# By hand, from docs/adr/0007-runs-are-judged-by-receipts.md.
TABLE = {
    "planned": {"send": "sending", "stop": "stopped", "fail": "failed"},
    "sending": {"start": "running", "stop": "stopped", "fail": "failed"},
    "running": {"finish": "finished", "refuse": "refused", "stop": "stopped", "fail": "failed"},
    "finished": {},
    "refused": {},
    "stopped": {},
    "failed": {},
}


@pytest.mark.parametrize(("state", "verb"), list(itertools.product(RunState, RunVerb)))
def test_every_state_and_verb_leads_where_the_decision_record_says(
    state: RunState, verb: RunVerb
) -> None:
    target = TABLE[state.value].get(verb.value)

    if target is None:
        with pytest.raises(TransitionRefused, match=f"cannot {verb} a run that is {state}"):
            next_state(state, verb)
    else:
        assert next_state(state, verb).value == target


def test_nothing_leads_out_of_a_run_that_is_over() -> None:
    assert {state.value for state in OVER} == {s for s, verbs in TABLE.items() if not verbs}
    assert not [pair for pair in NEXT if pair[0] in OVER]


THREE = ("a", "b", "c")


@pytest.mark.parametrize(
    ("flower", "result", "trained", "refused", "stopped", "verb"),
    [
        # Flower has not ended: nothing is certain, whatever else is known.
        ("pending", False, (), (), (), None),
        ("running", False, (), THREE, (), None),
        ("running", True, THREE, (), (), None),
        # A model, and enough nodes that say they trained.
        ("completed", True, THREE, (), (), "finish"),
        ("completed", True, ("a", "b"), ("c",), (), "finish"),
        # Flower lost it after the model was made: the model is there all the same.
        ("failed", True, THREE, (), (), "finish"),
        # Flower says completed, but every node refused.
        ("completed", False, (), THREE, (), "refuse"),
        ("completed", False, ("a",), ("b", "c"), (), "refuse"),
        ("failed", False, (), ("a",), (), "refuse"),
        # A model that too few nodes vouch for is not believed.
        ("completed", True, ("a",), (), (), "fail"),
        ("completed", True, ("a",), ("b",), (), "refuse"),
        ("completed", True, (), (), (), "fail"),
        # The same node twice is one node.
        ("completed", True, ("a", "a"), (), (), "fail"),
        # Stopped, at a node or at Flower; that outranks a refusal.
        ("completed", False, ("a",), ("c",), ("b",), "stop"),
        ("stopped", False, (), (), (), "stop"),
        ("stopped", False, ("a", "b"), (), (), "stop"),
        # Nothing to go by.
        ("completed", False, (), (), (), "fail"),
        ("failed", False, ("a", "b"), (), (), "fail"),
        ("completed", False, THREE, (), (), "fail"),
    ],
)
def test_what_became_of_a_run(
    flower: str,
    result: bool,
    trained: tuple[str, ...],
    refused: tuple[str, ...],
    stopped: tuple[str, ...],
    verb: str | None,
) -> None:
    seen = Seen(
        flower=flower,
        has_result=result,
        trained_nodes=trained,
        refused_nodes=refused,
        stopped_nodes=stopped,
        min_nodes=2,
    )

    assert judge(seen) == (None if verb is None else RunVerb(verb))
