"""Who opted out: a list for people and programs, and a number that tells when it changed."""

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from federation.node.books.state import State
from federation.node.data import optouts
from federation.node.data.optouts import Entry, OptOuts
from federation.node.errors import NodeError
from federation.node.home import Dataset, Home, Words

RIVER = Dataset(
    "river", Path("river.csv"), "csv", 20, {"age": "number"}, words=Words(id_column="id")
)
GENES = Dataset("genes", Path("genes.bed"), "plink", 20, {"rs1": "number"})
NAMELESS = replace(RIVER, words=Words())


def _write(home: Home, text: str | bytes, dataset: Dataset = RIVER) -> Path:
    home.optouts.mkdir(exist_ok=True)
    path = optouts.file_of(home, dataset)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_nobody_opted_out_at_first(home: Home, state: State) -> None:
    assert optouts.read(home, state, RIVER) == OptOuts(frozenset(), 0)
    assert optouts.listed(home, RIVER) == ()
    assert optouts.read(home, state, NAMELESS).version == 0


def test_adding_and_removing_raise_the_number_and_say_what_changed(
    home: Home, state: State
) -> None:
    first = optouts.add(home, RIVER, ["p7", " p8 ", "p7"], "2030-01-02 by Ana, on paper")
    again = optouts.add(home, RIVER, ["p8"])
    second = optouts.remove(home, RIVER, ["p7", "p9"])

    assert (first.version, first.changed, first.as_before) == (1, ("p7", "p8"), ())
    assert (again.version, again.changed, again.as_before) == (1, (), ("p8",))
    assert (second.version, second.changed, second.as_before) == (2, ("p7",), ("p9",))
    assert optouts.listed(home, RIVER) == (Entry("p8", "2030-01-02 by Ana, on paper"),)
    assert optouts.read(home, state, RIVER) == OptOuts(frozenset({"p8"}), 2)


def test_the_file_is_its_owners_alone_and_keeps_what_people_wrote(home: Home) -> None:
    path = _write(home, "# The council's list, page 1\n\np1   # by Bo\n")

    optouts.add(home, RIVER, ["p2"], "by Cy")
    optouts.remove(home, RIVER, ["p1"])

    assert path.read_text() == "# The council's list, page 1\n\np2  # by Cy\n"
    assert path.stat().st_mode & 0o077 == 0
    assert [p.name for p in home.optouts.iterdir()] == ["river.txt"]


def test_a_list_edited_by_hand_gets_the_next_number(home: Home, state: State) -> None:
    optouts.add(home, RIVER, ["p1"])
    _write(home, "\ufeffp1 # as before\r\n p2\r\n")
    assert optouts.read(home, state, RIVER) == OptOuts(frozenset({"p1", "p2"}), 2)

    _write(home, "# turned round, and spaced anew\np2\n\n  p1\n")
    assert optouts.read(home, state, RIVER).version == 2

    _write(home, "")
    assert optouts.read(home, state, RIVER) == OptOuts(frozenset(), 3)


def test_removing_from_no_list_makes_none(home: Home, state: State) -> None:
    assert optouts.remove(home, RIVER, ["p1"]).version == 0
    assert optouts.read(home, state, RIVER) == OptOuts()


def test_an_id_with_a_comma_stands_in_quotes(home: Home, state: State) -> None:
    optouts.add(home, RIVER, ['"Doe, Jo"'])

    assert optouts.file_of(home, RIVER).read_text() == '"Doe, Jo"\n'
    assert optouts.read(home, state, RIVER).ids == {"Doe, Jo"}
    assert optouts.remove(home, RIVER, ['"Doe, Jo"']).changed == ("Doe, Jo",)


def test_a_plink_id_has_two_parts(home: Home, state: State) -> None:
    _write(home, "f1\ti1 # by Ana\nf2    i2\n", GENES)

    assert optouts.read(home, state, GENES).ids == {"f1 i1", "f2 i2"}
    with pytest.raises(NodeError, match="FID IID"):
        optouts.add(home, GENES, ["i3"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("p1\nAda,Bo\n", "line 2, is not one id"),
        ("Ada;Bo\n", "line 1, is not one id"),
        ("p1\n\n" + "Ada" * 100, "line 3, is not an id"),
        ("p1\n# ok\nAda\x07\n", "line 3, is not an id"),
        ("p1\nNA\n", "line 2, is not an id"),
        (b"Ad\xe9\n", "is not text in UTF-8"),
    ],
)
def test_a_bad_line_refuses_and_is_told_by_its_number_only(
    home: Home, state: State, text: str | bytes, sentence: str
) -> None:
    path = _write(home, text)

    for act in (
        lambda: optouts.read(home, state, RIVER),
        lambda: optouts.add(home, RIVER, ["p5"]),
        lambda: optouts.remove(home, RIVER, ["p1"]),
    ):
        with pytest.raises(NodeError, match=sentence) as caught:
            act()
        assert "Ad" not in str(caught.value)
    assert path.read_bytes() == (text if isinstance(text, bytes) else text.encode())


def test_a_list_that_is_gone_or_cannot_be_read_refuses(home: Home, state: State) -> None:
    optouts.add(home, RIVER, ["p1"])
    path = optouts.file_of(home, RIVER)
    path.unlink()
    with pytest.raises(NodeError, match="was here before and is gone"):
        optouts.read(home, state, RIVER)
    path.mkdir()
    with pytest.raises(NodeError, match=r"cannot be read: Is a directory"):
        optouts.read(home, state, RIVER)
    path.rmdir()
    path.touch()
    assert optouts.read(home, state, RIVER) == OptOuts(frozenset(), 2)


def test_data_without_ids_says_what_to_set(home: Home, state: State) -> None:
    with pytest.raises(NodeError, match=r'below \[datasets.river\]: id_column = "..."'):
        optouts.add(home, NAMELESS, ["p1"])
    _write(home, "p1\n")
    with pytest.raises(NodeError, match="no column that tells people apart"):
        optouts.read(home, state, NAMELESS)


def test_the_state_file_holds_no_id_and_no_plain_digest_of_one(home: Home, state: State) -> None:
    optouts.add(home, RIVER, ["somebody-1942"])
    optouts.add(home, GENES, ["family somebody-1942"])

    held = list(state.db.execute("SELECT * FROM optout_versions"))
    assert {row[0] for row in held} == {"river", "genes"}
    assert "somebody" not in str(held)
    home.people_key.unlink()
    assert optouts.read(home, state, RIVER).version == 2  # another key, other marks


def _add_some(home: Home, start: int) -> None:
    for number in range(start, start + 5):
        optouts.add(home, RIVER, [f"p{number}"])


def test_two_helpers_at_one_time_lose_no_line(home: Home, state: State) -> None:
    fork = multiprocessing.get_context("fork")
    helpers = [fork.Process(target=_add_some, args=(home, start)) for start in (0, 100, 200)]
    for helper in helpers:
        helper.start()
    for helper in helpers:
        helper.join(30)

    assert [helper.exitcode for helper in helpers] == [0, 0, 0]
    assert optouts.read(home, state, RIVER).version == 15
    assert len(optouts.listed(home, RIVER)) == 15
