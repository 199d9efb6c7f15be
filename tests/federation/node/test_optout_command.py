"""``kinhold-node optout``: what the helper sees, and that no id is written into the log."""

import io
from pathlib import Path

import pytest

from federation.node.books.state import State
from federation.node.home import Home
from tests.federation.node.filled import Bare, console, make_bare, with_ids

Output = pytest.CaptureFixture[str]

ON = "river-diabetes"


@pytest.fixture
def node(home: Home, state: State) -> Bare:
    node = make_bare(home, state)
    with_ids(node)
    return node


def _file(node: Bare) -> Path:
    return node.home.optouts / f"{ON}.txt"


def test_people_are_added_counted_and_taken_off(node: Bare, capsys: Output) -> None:
    assert console(node, "optout", "add", ON, "anna-7", "ben-8") == 0
    assert "2 people are now out of river-diabetes, from the next round on." in (
        capsys.readouterr().out
    )
    assert console(node, "optout", "add", ON, "anna-7") == 0
    told = capsys.readouterr().out
    assert "0 people are now out" in told
    assert "1 was out already; nothing changed there." in told

    assert console(node, "optout", "list", ON) == 0
    told = capsys.readouterr().out
    assert "2 people are opted out" not in told
    assert "2 people opted out of river-diabetes; list 1" in told
    assert "anna-7" not in told
    console(node, "optout", "list", ON, "--show-ids")
    assert "anna-7  # 20" in capsys.readouterr().out

    assert console(node, "optout", "remove", ON, "anna-7", "carl-9") == 0
    told = capsys.readouterr().out
    assert "1 person is no longer out of river-diabetes" in told
    assert "The list is number 2." in told
    assert "1 was not on the list" in told
    assert "anna-7" not in _file(node).read_text()


def test_ids_are_read_from_the_input_so_that_no_shell_remembers_them(
    node: Bare, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("anna-7\n\n  ben-8  \n"))

    assert console(node, "optout", "add", ON, "-", "--comment", "by letter, 3 May") == 0

    assert _file(node).read_text() == "anna-7  # by letter, 3 May\nben-8  # by letter, 3 May\n"


def test_every_change_is_an_event_without_id_or_number(node: Bare) -> None:
    console(node, "optout", "add", ON, "anna-7", "--comment", "her daughter rang")
    console(node, "optout", "add", ON, "anna-7")
    console(node, "optout", "remove", ON, "anna-7")

    assert [text for _, text in node.state.events()] == [
        "The operator added to the opt-out list of river-diabetes; it is list 1 now.",
        "The operator took from the opt-out list of river-diabetes; it is list 2 now.",
    ]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("add", "hill-hearts", "x"), "not a dataset of node.toml. There are: river-diabetes."),
        (("add", ON), "Say whom"),
        (("add", ON, "a,b"), "not one id"),
        (("add", ON, "a", "--show-ids"), "--show-ids goes with optout list"),
        (("list", ON, "a"), "takes the name of a dataset and nothing else"),
        (("remove", ON, "a", "--comment", "x"), "--comment goes with optout add"),
    ],
)
def test_wrong_use_changes_nothing(
    node: Bare, capsys: Output, words: tuple[str, ...], problem: str
) -> None:
    assert console(node, "optout", *words) == 2

    assert problem in capsys.readouterr().err
    assert not _file(node).exists()
    assert node.state.events() == []


def test_a_dataset_without_ids_says_what_to_set(home: Home, state: State, capsys: Output) -> None:
    bare = make_bare(home, state)

    for words in (("add", ON, "x"), ("list", ON)):
        assert console(bare, "optout", *words) == 2
        assert "id_column" in capsys.readouterr().err


def test_an_id_that_is_nobodys_is_taken_and_told(node: Bare, capsys: Output) -> None:
    assert console(node, "optout", "add", ON, "anna-7") == 0
    assert "could not be looked up" in capsys.readouterr().out

    (node.home.folder / "data.csv").write_text("id,age,sex,bmi\nben-8,5,0,20\ncarl-9,6,1,21\n")
    assert console(node, "optout", "add", ON, "ben-8", "dora-1") == 0

    told = capsys.readouterr().out
    assert "2 people are now out" in told
    assert "Nobody in the data has the id: dora-1. It stays on the list" in told
    assert not {"anna-7", "ben-8", "carl-9"} & set(told.replace(".", " ").replace(",", " ").split())
