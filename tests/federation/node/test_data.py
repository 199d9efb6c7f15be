"""The granted columns as numbers, each row with its mark; anything else is told by column only."""

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from federation.node.data.columns import Table, hand_over, read_table
from federation.node.data.marks import NOBODY, Marker
from federation.node.errors import JobFailed
from federation.node.home import Dataset, Words

KINDS = {"age": "number", "sex": "yes-no", "bmi": "number", "file": "number"}


NAN = float("nan")
KEY = bytes(32)


def _read(dataset: Dataset, names: list[str]) -> Table:
    return read_table(dataset, names, Marker(KEY))


def _columns(dataset: Dataset, names: list[str]) -> dict[str, np.ndarray]:
    return _read(dataset, names).columns


def _csv(folder: Path, text: str, encoding: str = "utf-8") -> Dataset:
    path = folder / "data.csv"
    path.write_bytes(text.encode(encoding))
    return Dataset("river-diabetes", path, "csv", 20, KINDS)


def _parquet(folder: Path, columns: dict[str, list[object]]) -> Dataset:
    path = folder / "data.parquet"
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return Dataset("river-diabetes", path, "parquet", 20, KINDS)


def test_csv_gives_the_asked_columns_in_order(tmp_path: Path) -> None:
    dataset = _csv(tmp_path, "name,age,sex,bmi\nAda,50,1,20.5\nBo,,0,21\nCy,40,NA,22\n")

    columns = _columns(dataset, ["bmi", "age"])

    assert list(columns) == ["bmi", "age"]
    assert columns["bmi"].tolist() == [20.5, 21.0, 22.0]
    np.testing.assert_array_equal(columns["age"], [50.0, NAN, 40.0])
    assert columns["age"].dtype == np.float64


@pytest.mark.parametrize("missing", ["", " ", "NA", "N/A", "NaN", "nan", "null", "NULL"])
def test_every_way_to_say_missing_is_known(tmp_path: Path, missing: str) -> None:
    columns = _columns(_csv(tmp_path, f"age,bmi\n50,20\n{missing},21\n"), ["age", "bmi"])

    np.testing.assert_array_equal(columns["age"], [50.0, NAN])


def test_csv_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    dataset = _csv(tmp_path, '"age" ,bmi\r\n"50", 2.05e1 \r\n\r\n40\r\n', encoding="utf-8-sig")

    columns = _columns(dataset, ["age", "bmi"])

    assert columns["age"].tolist() == [50.0, 40.0]
    np.testing.assert_array_equal(columns["bmi"], [20.5, NAN])


def test_parquet_gives_the_same_as_csv(tmp_path: Path) -> None:
    table = _parquet(
        tmp_path, {"name": ["a", "b", "c"], "age": [50, None, 30], "sex": [True, False, True]}
    )
    same = _csv(tmp_path, "name,age,sex\na,50,1\nb,,0\nc,3e1,1.0\n")

    one, other = _read(table, ["sex", "age"]), _read(same, ["sex", "age"])

    for name in ("sex", "age"):
        np.testing.assert_array_equal(one.columns[name], other.columns[name])
    assert one.marks.tolist() == other.marks.tolist()


def test_ids_of_both_formats_give_the_same_marks(tmp_path: Path) -> None:
    """Also where a missing id makes the others floats, as pandas writes them."""
    words = Words(id_column="person")
    table = replace(
        _parquet(tmp_path, {"person": [7.0, None, 12.0, 7.0], "age": [1, 2, 3, 4]}), words=words
    )
    same = replace(_csv(tmp_path, "person,age\n7,1\n ,2\n 12 ,3\n7,4\n"), words=words)

    one, other = _read(table, ["age"]).marks.tolist(), _read(same, ["age"]).marks.tolist()

    assert one == other
    assert one[1] == NOBODY.rstrip(b"\0")
    assert one[0] == one[3] != one[2]
    assert read_table(same, ["age"], Marker(b"another key")).marks.tolist()[0] != one[0]


def test_rows_without_ids_are_told_apart_by_all_that_is_described(tmp_path: Path) -> None:
    first = _read(_csv(tmp_path, "age,bmi\n50,20\n50,20\n50,21\n"), ["age"]).marks.tolist()
    later = _read(_csv(tmp_path, "age,bmi\n50,21\n50,20\n51,20\n"), ["bmi"]).marks.tolist()

    assert len(set(first)) == 3
    # One of the two equal rows was corrected: one person gone, one new, whatever is asked for.
    assert len(set(first) & set(later)) == 2


def test_the_version_is_the_digest_of_the_files_bytes(tmp_path: Path) -> None:
    dataset = _csv(tmp_path, "age,bmi\n50,20\n", encoding="utf-8-sig")
    table = _parquet(tmp_path, {"age": [1, 2]})

    for each in (dataset, table):
        version = sha256(each.path.read_bytes()).hexdigest()
        assert _read(each, ["age"]).version == version


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_that_changes_while_it_is_read_is_not_used(tmp_path: Path, kind: str) -> None:
    """The writer strikes when the first mark is made, that is in the middle."""
    words = Words(id_column="name")
    if kind == "csv":
        dataset = _csv(tmp_path, "name,age\na,50\nb,60\n")
    else:
        dataset = _parquet(tmp_path, {"name": ["a", "b"], "age": [50, 60]})

    class Late(Marker):
        def of_person(self, text: str) -> bytes:
            with dataset.path.open("ab") as file:
                file.write(b" ")
            return super().of_person(text)

    with pytest.raises(JobFailed, match="changed while it was read"):
        read_table(replace(dataset, words=words), ["age"], Late(KEY))


SECRET = "Ada-1942"


@pytest.mark.parametrize(
    ("text", "names", "reason"),
    [
        (f"age\n{SECRET}\n", ["age"], "The column age holds something that is not a number."),
        ("age\ninf\n", ["age"], "The column age holds something that is not a number."),
        ("bmi\n1\n", ["age"], "The file has 0 columns named age, not one."),
        ("age,age\n1,2\n", ["age"], "The file has 2 columns named age, not one."),
        ("", ["age"], "The file has 0 columns named age, not one."),
        ('age\n"' + "9" * 2_000_000 + '"\n', ["age"], "The file is not a CSV table in UTF-8."),
    ],
)
def test_what_does_not_fit_is_told_by_column_and_never_by_value(
    tmp_path: Path, text: str, names: list[str], reason: str
) -> None:
    with pytest.raises(JobFailed) as caught:
        _columns(_csv(tmp_path, text), names)

    assert (str(caught.value), caught.value.code) == (reason, "data-unreadable")


def test_a_file_in_another_encoding_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="not a CSV table in UTF-8"):
        _columns(_csv(tmp_path, "åge\n1\n", encoding="latin-1"), ["age"])


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"age": [SECRET]}, "The column age holds something that is not a number."),
        ({"age": [float("inf")]}, "The column age holds something that is not a number."),
        ({"bmi": [1]}, "The file has 0 columns named"),
    ],
)
def test_parquet_that_does_not_fit_is_told_by_column(
    tmp_path: Path, columns: dict[str, list[object]], reason: str
) -> None:
    name = next(iter(columns)) if "bmi" not in columns else "age"

    with pytest.raises(JobFailed) as caught:
        _columns(_parquet(tmp_path, columns), [name])

    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_that_is_missing_or_is_no_table_is_told_in_words(tmp_path: Path, kind: str) -> None:
    nothing = Dataset("river-diabetes", tmp_path / "none", kind, 20, KINDS)
    with pytest.raises(JobFailed, match="cannot be read"):
        _columns(nothing, ["age"])

    broken = replace(nothing, path=tmp_path / "broken", format="parquet")
    broken.path.write_bytes(b"PAR1 but not really")
    with pytest.raises(JobFailed, match="not a Parquet table"):
        _columns(broken, ["age"])


def test_a_pipe_is_no_data_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(JobFailed, match="not in an ordinary file"):
        _read(Dataset("river-diabetes", tmp_path / "pipe", "csv", 20, KINDS), ["age"])


def test_the_name_of_the_id_column_is_in_no_error(tmp_path: Path) -> None:
    dataset = replace(_csv(tmp_path, "age\n50\n"), words=Words(id_column="band_number"))

    with pytest.raises(JobFailed) as caught:
        _read(dataset, ["age"])

    assert str(caught.value) == "The file has no single column that tells people apart."


def test_handed_over_columns_can_be_read_and_not_changed() -> None:
    # A column of this name trips numpy.savez.
    descriptor = hand_over({"file": np.array([1.0, 2.0]), "age": np.array([3.0, 4.0])})

    with np.load(f"/proc/self/fd/{descriptor}", allow_pickle=False) as archive:
        assert archive["file"].tolist() == [1.0, 2.0]
        assert archive["age"].tolist() == [3.0, 4.0]
    with pytest.raises(PermissionError):
        os.pwrite(descriptor, b"x", 0)
    with pytest.raises(PermissionError):
        os.ftruncate(descriptor, 0)
    os.close(descriptor)
