"""Whose values a job gets: opted out, incomplete, too many rows of one; then they are counted."""

from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

from federation.node.books.state import State
from federation.node.data import optouts
from federation.node.data.cohorts import admit
from federation.node.data.people import not_in_data, read_people
from federation.node.errors import DatasetNotHere, JobFailed, NodeError, NotHidden
from federation.node.errors import OptOutsUnreadable as Unsure
from federation.node.home import Dataset, Home, Words

KINDS = {"age": "number", "sex": "yes-no", "bmi": "number"}
RANGES = {"age": {"range": [0, 100]}, "bmi": {}}


def _data(home: Home, text: str, **changes: object) -> Dataset:
    path = home.folder / "data.csv"
    path.write_text(text)
    words = Words(id_column="id", columns=RANGES)
    return replace(Dataset("river", path, "csv", 20, KINDS, words=words), **changes)  # type: ignore[arg-type]


def test_who_opted_out_and_who_is_incomplete_are_not_counted(home: Home) -> None:
    dataset = _data(home, "id,age,bmi\na,10,20\nb,20,21\nc,,22\nd,40,NA\n ,50,24\ne,60,25\n")
    before = read_people(home, dataset, ["age", "bmi"], clip=False)
    optouts.add(home, dataset, ["b", "c"])

    after = read_people(home, dataset, ["age", "bmi"], clip=False)
    ages = read_people(home, dataset, ["age"], clip=False)

    assert (before.count, before.optouts) == (3, 0)
    assert (after.count, after.optouts) == (2, 1)
    assert after.columns["age"].tolist() == [10, 60]
    assert after.columns["bmi"].tolist() == [20, 25]
    assert ages.columns["age"].tolist() == [10, 40, 60]  # d's missing value was not asked for
    assert len(set(before.marks) - set(after.marks)) == 1
    assert list(after.marks) == sorted(after.marks)
    assert {len(mark) for mark in after.marks} == {16}
    assert after.version == before.version


def test_a_files_version_is_no_digest_that_guesses_can_be_held_against(home: Home) -> None:
    """Whoever knows all rows but one would find it, or find which one was taken out."""
    rows = "id,age,bmi\na,10,20\n"
    dataset = _data(home, rows)
    first = read_people(home, dataset, ["age"], clip=False).version
    digest = sha256(rows.encode()).hexdigest()
    known = {rows.encode(), digest.encode(), bytes.fromhex(digest)}

    assert first not in {sha256(each).hexdigest() for each in known} | {digest}
    assert read_people(home, dataset, ["bmi"], clip=False).version == first

    changed = read_people(home, _data(home, rows + "b,11,21\n"), ["age"], clip=False).version
    assert changed != first
    home.people_key.unlink()
    assert read_people(home, _data(home, rows), ["age"], clip=False).version != first


def test_the_first_complete_rows_of_each_person_are_used(home: Home) -> None:
    rows = "a,1,1\nb,2,\na,3,1\nb,4,1\na,5,1\nb,6,1\nb,7,1\nc,8,1\n"
    dataset = _data(home, "id,age,bmi\n" + rows)

    one = read_people(home, dataset, ["age", "bmi"], clip=False)
    two = read_people(home, replace(dataset, rows_per_person=2), ["age", "bmi"], clip=False)

    assert (one.count, one.columns["age"].tolist()) == (3, [1, 4, 8])
    assert (two.count, two.columns["age"].tolist()) == (3, [1, 3, 4, 6, 8])


def test_first_rows_are_those_of_a_plain_count(home: Home) -> None:
    chance = np.random.default_rng(5)
    ids = chance.integers(0, 40, 300).tolist()
    rows = "".join(f"p{who},{place % 100}\n" for place, who in enumerate(ids))
    dataset = _data(home, "id,age\n" + rows, rows_per_person=3)

    people = read_people(home, dataset, ["age"], clip=False)

    seen: dict[int, int] = {}
    wanted = []
    for place, who in enumerate(ids):
        seen[who] = seen.get(who, 0) + 1
        if seen[who] <= 3:
            wanted.append(place % 100)
    assert people.columns["age"].tolist() == wanted
    assert people.count == len(seen)


def test_without_ids_each_row_is_a_person(home: Home) -> None:
    dataset = _data(home, "age,bmi\n1,2\n1,2\n1,\n", words=Words())

    people = read_people(home, dataset, ["age"], clip=False)

    assert (people.count, len(set(people.marks)), people.optouts) == (3, 3, 0)


def test_marks_stay_the_same_whatever_is_asked_for(home: Home) -> None:
    for words in (Words(), Words(id_column="id")):
        dataset = _data(home, "id,age,sex,bmi\n1,5,0,1\n2,6,1,1\n", words=words)
        asked = [read_people(home, dataset, names, clip=False) for names in (["age"], ["bmi"])]
        assert asked[0].marks == asked[1].marks


def test_values_are_moved_into_their_ranges_only_for_noise(home: Home) -> None:
    dataset = _data(home, "id,age,sex,bmi\na,-5,1,1\nb,50,0,2\nc,400,1,3\n")

    clipped = read_people(home, dataset, ["age", "sex"], clip=True)

    assert clipped.columns["age"].tolist() == [0, 50, 100]
    assert clipped.columns["sex"].tolist() == [1, 0, 1]
    with pytest.raises(JobFailed, match=r"^The column age holds values outside its range"):
        read_people(home, dataset, ["age"], clip=False)
    with pytest.raises(NotHidden, match="bmi has no range"):
        read_people(home, dataset, ["age", "bmi"], clip=True)


def test_the_values_of_who_is_not_used_stop_nobody(home: Home) -> None:
    dataset = _data(home, "id,age,sex,bmi\na,400,7,1\nb,500,5,\nc,50,1,3\n")
    optouts.add(home, dataset, ["a"])

    people = read_people(home, dataset, ["age", "sex", "bmi"], clip=False)

    assert people.columns["age"].tolist() == [50]


def test_a_yes_no_that_is_neither_is_told_by_its_name(home: Home) -> None:
    dataset = _data(home, "id,sex\na,1\nb,2\n")

    for clip in (False, True):
        with pytest.raises(JobFailed, match="The column sex holds values other than 0 and 1"):
            read_people(home, dataset, ["sex"], clip=clip)


def test_a_file_that_is_not_the_fixed_one_is_refused(home: Home) -> None:
    dataset = _data(home, "id,age\na,1\n")
    fixed = replace(dataset, sha256=sha256(dataset.path.read_bytes()).hexdigest())
    assert read_people(home, fixed, ["age"], clip=False).count == 1

    dataset.path.write_text("id,age\na,2\n")
    with pytest.raises(DatasetNotHere, match=r"not the one whose sha256 stands in node\.toml"):
        read_people(home, fixed, ["age"], clip=False)


def test_a_list_of_opt_outs_that_is_not_sure_refuses(home: Home) -> None:
    dataset = _data(home, "id,age\na,1\n")
    home.optouts.mkdir()
    optouts.file_of(home, dataset).write_text("b\na,c\n")

    with pytest.raises(Unsure, match="line 2") as caught:
        read_people(home, dataset, ["age"], clip=False)

    assert caught.value.code == "optouts-unreadable"


def test_ids_that_are_nobodys_are_told_to_the_operator_by_number(home: Home, state: State) -> None:
    dataset = _data(home, "id,age\n a b ,1\nA\u0308da,2\n")
    ids = ["a  b", "\u00c4da", "Bo", "nobody"]  # the second in another way to write the same
    optouts.add(home, dataset, ids)

    assert not_in_data(home, dataset, ids) == ("Bo", "nobody")
    assert read_people(home, dataset, ["age"], clip=False).count == 0
    told = state.events()[-1][1]
    assert "2 of the ids on the opt-out list of river are nobody's" in told
    assert "Bo" not in told
    with pytest.raises(NodeError, match="cannot be read"):
        not_in_data(home, replace(dataset, path=home.folder / "none"), ids)


def test_the_key_of_the_marks_is_made_once_and_its_loss_is_noticed(
    home: Home, state: State
) -> None:
    dataset = _data(home, "id,age\na,1\n")
    first = read_people(home, dataset, ["age"], clip=False)
    assert home.people_key.stat().st_mode & 0o777 == 0o600
    assert read_people(home, dataset, ["age"], clip=False).marks == first.marks
    assert sorted(p.name for p in home.keys.iterdir()) == ["people", "receipt.pem", "supernode"]

    home.people_key.unlink()
    other = read_people(home, dataset, ["age"], clip=False)  # no harm: nothing was remembered
    assert other.marks != first.marks
    with state.writing():
        admit(state, dataset, "one", other.marks)
    home.people_key.unlink()
    with pytest.raises(JobFailed, match="Put it back from the backup"):
        read_people(home, dataset, ["age"], clip=False)


def test_plink_people_opt_out_by_both_parts_of_their_id(home: Home) -> None:
    path = home.folder / "genes.bed"
    path.write_bytes(bytes.fromhex("6c1b01dc0f"))
    path.with_suffix(".bim").write_text("1   rs1  0 1 G A\n")
    path.with_suffix(".fam").write_text("".join(f"f {n} 0 0 1 1\n" for n in range(6)))
    dataset = Dataset("genes", path, "plink", 20, {"rs1": "number"})
    optouts.add(home, dataset, ["f  5"])

    people = read_people(home, dataset, ["rs1"], clip=False)

    assert (people.count, people.columns["rs1"].tolist()) == (4, [2, 0, 0, 0])
    assert not_in_data(home, dataset, ["f 5", "f 6"]) == ("f 6",)
