"""``kinhold-node log`` and ``verify`` in words and for scripts."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from federation.node.books import events
from federation.node.books.receipts import Account
from federation.node.books.state import State
from federation.node.errors import BudgetSpent
from federation.node.home import Home
from tests.federation.node.conftest import AT, Made
from tests.federation.node.filled import RUNS, Bare, console, make_bare, receipt
from tests.federation.node.joint import Joint

Output = pytest.CaptureFixture[str]

SPENT = {
    "unit": "person",
    "noise": "1.5",
    "round": 1,
    "rounds": 2,
    "epsilon": "1",
    "delta": "0.00001",
}


@pytest.fixture
def node(home: Home, state: State) -> Bare:
    return make_bare(home, state)


def _told(node: Made | Bare, capsys: Output, *words: str) -> str:
    capsys.readouterr()
    assert console(node, *words) == 0
    return capsys.readouterr().out


def test_a_receipt_is_told_with_what_was_checked_and_what_left(node: Bare, capsys: Output) -> None:
    receipt(node, RUNS[0], dataset_version="e" * 64, optouts=3, mixed=True, spent=SPENT)

    told = _told(node, capsys, "log")

    assert "trained (ok): The job ran and its reply was sent. The data was opened, 100-199" in told
    assert "All 18 checks that were made were passed." in told
    assert "Data: version eeeeeeeeeeeeeeee, opt-out list 3." in told
    assert "Noise: multiplier 1.5 per person, round 1 of 2" in told
    assert "Mixed: only the sum" in told
    assert f"The reply's SHA-256: {'d' * 64}." in told


def test_the_check_that_refused_is_named_and_all_on_demand(node: Bare, capsys: Output) -> None:
    account = Account()
    account.allowed()
    account.refused(BudgetSpent("The privacy budget of river-diabetes is spent."))
    receipt(node, **vars(account) | {"run": RUNS[0]})

    short, long = _told(node, capsys, "log"), _told(node, capsys, "log", "--checks")

    assert "Refused by check 114: privacy budget reaches." in short
    assert "114 refused privacy budget reaches" in long
    assert "  7 ok      cooling-off over" in long


def test_receipts_and_events_stand_by_time_and_can_be_chosen(node: Bare, capsys: Output) -> None:
    receipt(node, RUNS[0])
    day = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3)
    node.state.note("Much later.", day, events.OPERATOR)

    lines = _told(node, capsys, "log", "--json").splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["receipt", "event"]
    assert json.loads(lines[1])["kind"] == "operator"

    assert "receipt 1" not in _told(node, capsys, "log", "--last", "1")
    assert _told(node, capsys, "log", "--last", "0") == ""
    assert "receipt 1" not in _told(node, capsys, "log", "--since", day.date().isoformat())
    assert _told(node, capsys, "log", "--since", (day + timedelta(seconds=1)).isoformat()) == ""
    assert console(node, "log", "--since", "yesterday") == 2
    assert "--since takes" in capsys.readouterr().err


def test_what_was_learned_of_another_holder_stands_in_the_log(joint: Joint, capsys: Output) -> None:
    made = joint.made

    assert "coast: The operator pinned charter 1" in _told(made, capsys, "log")
    assert "So are the events about coast." in _told(made, capsys, "verify")


def test_verify_for_scripts(node: Bare, capsys: Output) -> None:
    receipt(node, RUNS[0])
    node.state.note("A line.", AT)

    found = json.loads(_told(node, capsys, "verify", "--json"))
    assert (found["whole"], found["receipts"], found["events"], found["bad"]) == (True, 1, 1, "")

    node.state.db.executescript("DROP TRIGGER receipts_stay; DELETE FROM receipts")
    assert console(node, "verify", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["whole"], found["bad"]) == (
        False,
        "Receipt 1 is not the one that event 1 names.",
    )
