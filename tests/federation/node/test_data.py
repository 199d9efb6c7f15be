"""The granted columns, complete cases, as numbers; anything else is told by column only."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest

from federation.node.data import hand_over, read_columns
from federation.node.errors import JobFailed
from federation.node.home import Dataset

KINDS = {"age": "number", "sex": "yes-no", "bmi": "number", "file": "number"}


def _csv(folder: Path, text: str, encoding: str = "utf-8") -> Dataset:
    path = folder / "data.csv"
    path.write_bytes(text.encode(encoding))
    return Dataset("river-diabetes", path, "csv", 20, KINDS)


def _parquet(folder: Path, columns: dict[str, list[object]]) -> Dataset:
    path = folder / "data.parquet"
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return Dataset("river-diabetes", path, "parquet", 20, KINDS)


def test_csv_gives_complete_cases_of_the_asked_columns_in_order(tmp_path: Path) -> None:
    dataset = _csv(tmp_path, "name,age,sex,bmi\nAda,50,1,20.5\nBo,,0,21\nCy,40,NA,22\nDi,30,0,23\n")

    columns = read_columns(dataset, ["bmi", "age"])

    assert list(columns) == ["bmi", "age"]
    assert columns["bmi"].tolist() == [20.5, 22.0, 23.0]
    assert columns["age"].tolist() == [50.0, 40.0, 30.0]
    assert columns["age"].dtype == np.float64


@pytest.mark.parametrize("missing", ["", " ", "NA", "N/A", "NaN", "nan", "null", "NULL"])
def test_every_way_to_say_missing_leaves_the_person_out(tmp_path: Path, missing: str) -> None:
    columns = read_columns(_csv(tmp_path, f"age,bmi\n50,20\n{missing},21\n"), ["age", "bmi"])

    assert columns["age"].tolist() == [50.0]


def test_csv_as_spreadsheets_write_it_is_read(tmp_path: Path) -> None:
    dataset = _csv(tmp_path, '"age" ,bmi\r\n"50", 2.05e1 \r\n\r\n40\r\n', encoding="utf-8-sig")

    assert read_columns(dataset, ["age"])["age"].tolist() == [50.0, 40.0]
    assert read_columns(dataset, ["age", "bmi"])["bmi"].tolist() == [20.5]


def test_parquet_gives_the_same_as_csv(tmp_path: Path) -> None:
    table = _parquet(
        tmp_path, {"name": ["a", "b", "c"], "age": [50, None, 30], "sex": [True, False, True]}
    )

    columns = read_columns(table, ["sex", "age"])

    assert {name: values.tolist() for name, values in columns.items()} == {
        "sex": [1.0, 1.0],
        "age": [50.0, 30.0],
    }


SECRET = "Ada-1942"


@pytest.mark.parametrize(
    ("text", "names", "reason"),
    [
        (f"age\n{SECRET}\n", ["age"], "The column age holds something that is not a number."),
        ("age\ninf\n", ["age"], "The column age holds something that is not a number."),
        ("sex\n2\n", ["sex"], "The column sex holds values other than 0 and 1."),
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
        read_columns(_csv(tmp_path, text), names)

    assert (str(caught.value), caught.value.code) == (reason, "data-unreadable")


def test_a_file_in_another_encoding_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="not a CSV table in UTF-8"):
        read_columns(_csv(tmp_path, "åge\n1\n", encoding="latin-1"), ["age"])


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"age": [SECRET]}, "The column age holds something that is not a number."),
        ({"age": [float("inf")]}, "The column age holds something that is not a number."),
        ({"sex": [3]}, "The column sex holds values other than 0 and 1."),
        ({"bmi": [1]}, "The file has 0 columns named"),
    ],
)
def test_parquet_that_does_not_fit_is_told_by_column(
    tmp_path: Path, columns: dict[str, list[object]], reason: str
) -> None:
    name = next(iter(columns)) if "bmi" not in columns else "age"

    with pytest.raises(JobFailed) as caught:
        read_columns(_parquet(tmp_path, columns), [name])

    assert str(caught.value).startswith(reason)


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_that_is_missing_or_is_no_table_is_told_in_words(tmp_path: Path, kind: str) -> None:
    nothing = Dataset("river-diabetes", tmp_path / "none", kind, 20, KINDS)
    with pytest.raises(JobFailed, match="cannot be read"):
        read_columns(nothing, ["age"])

    broken = replace(nothing, path=tmp_path / "broken", format="parquet")
    broken.path.write_bytes(b"PAR1 but not really")
    with pytest.raises(JobFailed, match="not a Parquet table"):
        read_columns(broken, ["age"])


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
