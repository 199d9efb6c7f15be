import pytest

from federation.rules import RunVerb
from federation.verdicts import Story, explain

STORY = Story(
    nodes=["coast/a", "hill/b", "river/c"],
    trained=["coast/a", "hill/b"],
    rounds=2,
    min_nodes=2,
    reasons={"river/c": "The grant was revoked."},
    lost=True,
)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        (
            RunVerb.FINISH,
            "The model is ready: 2 nodes trained, in 2 rounds. river/c: The grant was revoked.",
        ),
        (
            RunVerb.REFUSE,
            "No model was made: 1 of 3 nodes did not take part, and 2 must. "
            "river/c: The grant was revoked.",
        ),
        (RunVerb.STOP, "Stopped before it was ready. river/c: The grant was revoked."),
        (
            RunVerb.FAIL,
            "The run ended without a model. Flower no longer knows this run. "
            "river/c: The grant was revoked.",
        ),
    ],
)
def test_each_end_is_told_with_a_reason_for_each_node(verb: RunVerb, words: str) -> None:
    assert explain(verb, STORY) == words


def test_nodes_that_were_not_heard_of_are_named_when_a_run_fails() -> None:
    story = Story(nodes=["b/b", "a/a", "c/c"], trained=["c/c"], rounds=0, min_nodes=3)

    assert explain(RunVerb.FAIL, story) == (
        "The run ended without a model. Nothing was heard from a/a, b/b."
    )
