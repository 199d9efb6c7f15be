import pytest

from federation.rules import RunVerb
from federation.verdicts import Story, explain

STORY = Story(
    nodes=["coast/a", "hill/b", "river/c"],
    trained=["coast/a", "hill/b"],
    rounds=2,
    min_nodes=2,
    reasons={"river/c": "The grant was revoked."},
    flower="it fell\nover",
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
            "The run ended without a model. Flower says: it fell over. "
            "river/c: The grant was revoked.",
        ),
    ],
)
def test_each_end_is_told_with_the_nodes_own_reasons(verb: RunVerb, words: str) -> None:
    assert explain(verb, STORY) == words


def test_nodes_that_were_not_heard_of_are_named_when_a_run_fails() -> None:
    story = Story(nodes=["b/b", "a/a", "c/c"], trained=["c/c"], rounds=0, min_nodes=3)

    assert explain(RunVerb.FAIL, story) == (
        "The run ended without a model. Nothing was heard from a/a, b/b."
    )


def test_long_words_of_flower_are_cut() -> None:
    story = Story(nodes=[], trained=[], rounds=0, min_nodes=1, flower="x" * 5000)

    assert explain(RunVerb.FAIL, story).endswith("x…")
    assert len(explain(RunVerb.FAIL, story)) < 400
