"""``kinhold-node code``: what operators of several nodes compare by telephone."""

import pytest

from consent.grants.words import fingerprint_words
from federation.catalogue.registry import code_digest
from federation.node.books.state import State
from federation.node.home import Home
from tests.federation.node.conftest import Made
from tests.federation.node.filled import Bare, console, grant, hold, make_bare, run_facts

Output = pytest.CaptureFixture[str]


@pytest.fixture
def node(home: Home, state: State) -> Bare:
    return make_bare(home, state)


def _told(node: Made | Bare, capsys: Output, *words: str) -> str:
    capsys.readouterr()
    assert console(node, *words) == 0
    return capsys.readouterr().out


def test_code_is_told_in_words_that_two_operators_can_compare(node: Bare, capsys: Output) -> None:
    bundle = code_digest("linear-regression")

    every, one = _told(node, capsys, "code"), _told(node, capsys, "code", "linear-regression")

    for told in (every, one):
        assert fingerprint_words(bundle) in told
        assert bundle in told
    assert "logistic-regression" in every
    assert "kinhold_jobs/linear_regression/client_app.py" in one
    assert "logistic-regression" not in one
    assert console(node, "code", "nonsense") == 2


def test_code_of_a_grant_is_held_against_what_is_installed(made: Made, capsys: Output) -> None:
    same, other, unknown = hold(
        made,
        grant(made),
        grant(made, run=run_facts() | {"code": "a" * 64}),
        grant(made, run=run_facts("nonsense")),
    )

    told = [_told(made, capsys, "code", str(one.document["id"])) for one in (same, other, unknown)]

    assert "exactly as it is installed at this node" in told[0]
    assert "client_app.py" in told[0]
    assert "NOT the linear-regression 1.0.0 that is installed" in told[1]
    assert fingerprint_words("a" * 64) in told[1]
    assert "No job named nonsense is installed" in told[2]
