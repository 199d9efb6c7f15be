"""What a node says of its data: looked up in the file, signed, and nothing more than words."""

import json
from pathlib import Path

import pytest

from consent.grants.codec import canonical
from consent.grants.descriptions import parse_description
from consent.grants.provenance import empty_record
from federation.node.__main__ import main
from federation.node.home import Home
from federation.node.settings import read_config

Output = pytest.CaptureFixture[str]

TOML = """
community = "river"
name = "river-node"
platform = "http://127.0.0.1:1"
superlink = "127.0.0.1:1"

[datasets.river-diabetes]
path = "data.csv"
min_cohort = 20
title = "Diabetes at River"
description = "Visits to the clinic."
id_column = "person"
{more}

[datasets.river-diabetes.variables]
age = {{ type = "number", unit = "years", label = "Age at visit", range = [0, 120.50] }}
sex = {{ type = "yes-no", label = "Woman" }}
town = {{ type = "category", categories = ["Up", "Down"] }}
"""


def made(home: Home, rows: list[str], *, more: str = "", toml: str = TOML) -> None:
    home.config.write_text(toml.format(more=more))
    lines = ["person,age,sex,town,note", *rows]
    (home.folder / "data.csv").write_text("\n".join(lines) + "\n")


def people(count: int, *, visits: int = 1) -> list[str]:
    return [f"p{n},{20 + n % 60},{n % 2},Up,secret" for n in range(count) for _ in range(visits)]


def run(home: Home, *words: str) -> int:
    return main(["--home", str(home.folder), "datasets", *words])


def test_a_description_holds_words_and_a_band_and_no_count(home: Home, capsys: Output) -> None:
    made(home, people(45, visits=4))

    assert run(home, "describe", "--json") == 0

    printed = capsys.readouterr().out
    document = json.loads(printed)
    told = parse_description(canonical(document))
    assert told.size_band == "21-49"  # 180 rows, of 45 people
    assert (told.title, told.description) == ("Diabetes at River", "Visits to the clinic.")
    assert told.variables == (
        {
            "name": "age",
            "type": "number",
            "unit": "years",
            "label": "Age at visit",
            "range": {"least": "0", "most": "120.5"},
            "categories": [],
        },
        {
            "name": "sex",
            "type": "yes-no",
            "unit": "",
            "label": "Woman",
            "range": None,
            "categories": [],
        },
        {
            "name": "town",
            "type": "category",
            "unit": "",
            "label": "",
            "range": None,
            "categories": ["Up", "Down"],
        },
    )
    words = printed.replace(document["at"], "")  # the time may hold any two digits
    for kept_here in ("person", "note", "secret", "45", "180", "data.csv"):
        assert kept_here not in words


def test_without_a_column_that_tells_people_apart_each_row_is_one(
    home: Home, capsys: Output
) -> None:
    made(home, people(45, visits=4), toml=TOML.replace('id_column = "person"', ""))

    run(home, "describe", "--json")

    assert json.loads(capsys.readouterr().out)["size_band"] == "100-199"


def test_it_is_shown_in_words_first(home: Home, capsys: Output) -> None:
    made(home, people(45))

    run(home, "list")
    run(home, "describe", "river-diabetes")

    printed = capsys.readouterr().out
    assert "river-diabetes: Diabetes at River; 3 variables" in printed
    assert "21-49 people" in printed
    assert "age (number in years): Age at visit" in printed
    assert "Nothing else leaves this node" in printed


@pytest.mark.parametrize(
    ("row", "value", "problem"),
    [
        ("p1,elderly,1,Up,", "elderly", "Column age, row 47: not a number."),
        ("p1,Infinity,1,Up,", "Infinity", "Column age, row 47: not a number."),
        ("p1,121,1,Up,", "121", "Column age, row 47: outside the range in node.toml."),
        ("p1,20,7,Up,", "7,", "Column sex, row 47: neither 0 nor 1."),
        ("p1,20,1,Nowhere,", "Nowhere", "Column town, row 47: not one of the categories"),
    ],
)
def test_what_does_not_fit_is_told_by_place_and_never_by_value(
    home: Home, capsys: Output, row: str, value: str, problem: str
) -> None:
    made(home, [*people(45), row])

    assert run(home, "register") == 2

    told = capsys.readouterr().err
    assert problem in told
    assert value not in told


def test_missing_values_fit(home: Home, capsys: Output) -> None:
    made(home, [*people(45), "p99,NA,,,", "p98,,1,Up,"])

    assert run(home, "describe") == 0


def test_many_faults_are_not_all_listed(home: Home, capsys: Output) -> None:
    made(home, [f"p{n},x,1,Up," for n in range(60)])

    run(home, "describe")

    told = capsys.readouterr().err
    assert told.count("not a number") == 3
    assert "There are more" in told


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (('id_column = "person"', 'id_column = "age"'), "must not be a variable too"),
        (('id_column = "person"', 'id_column = "nobody"'), "0 columns named nobody"),
        (("range = [0, 120.50]", "range = [120, 0]"), "two numbers, the smaller first"),
        (("range = [0, 120.50]", "range = [0]"), "two numbers, the smaller first"),
        (("range = [0, 120.50]", 'range = ["a", "b"]'), "two numbers, the smaller first"),
        (("range = [0, 120.50]", "range = [0, inf]"), "two numbers, the smaller first"),
        (('["Up", "Down"]', "[1]"), "must be a list of texts"),
        (('["Up", "Down"]', '"Up"'), "must be a list of texts"),
        (('label = "Woman"', "words = 1"), "words is not a setting"),
        (('label = "Woman"', "label = 1"), "cannot be described like this"),
        (('title = "Diabetes at River"', "title = 1"), "title must be a text"),
        (('title = "Diabetes at River"', f'title = "{"x" * 201}"'), "cannot be described"),
        (("sex = {{", '"s e x" = {{'), "0 columns named s e x"),
    ],
)
def test_settings_that_cannot_be_used_are_told(
    home: Home, capsys: Output, change: tuple[str, str], sentence: str
) -> None:
    made(home, people(45), toml=TOML.replace(*change))

    assert run(home, "register") == 2

    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("count", [0, 3, 20])
def test_too_few_people_cannot_be_registered(home: Home, capsys: Output, count: int) -> None:
    made(home, people(count))

    assert run(home, "register") == 2

    assert "With fewer than 21" in capsys.readouterr().err


def test_a_record_of_provenance_is_read_and_checked(home: Home, capsys: Output) -> None:
    made(home, people(45), more='provenance = "record.json"')
    path: Path = home.folder / "record.json"
    assert run(home, "describe") == 2
    path.write_text(json.dumps(empty_record() | {"consent_status": "maybe"}))
    assert run(home, "describe") == 2
    assert "consent_status is not one of" in capsys.readouterr().err
    path.write_text(json.dumps(empty_record() | {"consent_status": "verified"}))

    assert run(home, "describe", "--json") == 0

    document = json.loads(capsys.readouterr().out)
    assert document["provenance"]["consent_status"] == "verified"


def test_a_parquet_table_is_looked_through_too(home: Home, capsys: Output) -> None:
    import pyarrow
    import pyarrow.parquet

    made(home, [], toml=TOML.replace("data.csv", "data.parquet"))
    home.config.write_text(
        home.config.read_text().replace("min_cohort", 'format = "parquet"\nmin_cohort')
    )
    columns = {
        "person": [f"p{n}" for n in range(60)],
        "age": [float(n) for n in range(58)] + [None, float("nan")],
        "sex": [n % 2 == 0 for n in range(60)],
        "town": ["Up"] * 60,
    }
    pyarrow.parquet.write_table(pyarrow.table(columns), home.folder / "data.parquet")

    assert run(home, "describe", "--json") == 0
    assert json.loads(capsys.readouterr().out)["size_band"] == "50-99"
    (home.folder / "data.parquet").write_bytes(b"no")
    assert run(home, "describe") == 2
    assert "not a Parquet table" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("describe", "other"), "There is no dataset other"),
        (("register",), "was not registered: the platform does not answer"),
    ],
)
def test_what_cannot_be_done_is_told(
    home: Home, capsys: Output, words: tuple[str, ...], sentence: str
) -> None:
    made(home, people(45))

    assert run(home, *words) == 2

    assert sentence in capsys.readouterr().err


def test_a_file_that_is_missing_or_is_no_table_is_told(home: Home, capsys: Output) -> None:
    made(home, people(45))
    data = home.folder / "data.csv"
    data.write_bytes(b"person,age,sex,town\n\xff\n")
    assert run(home, "describe") == 2
    assert "not a CSV table in UTF-8" in capsys.readouterr().err
    data.unlink()
    assert run(home, "describe") == 2
    assert "Cannot read" in capsys.readouterr().err


def test_a_node_without_datasets_says_so(home: Home, capsys: Output) -> None:
    home.config.write_text(TOML.partition("[datasets")[0].format())

    assert run(home, "list") == 2
    assert "describes no dataset yet" in capsys.readouterr().err


def test_words_matter_to_no_job(home: Home) -> None:
    made(home, people(45))

    dataset = read_config(home).datasets["river-diabetes"]

    assert dataset.variables == {"age": "number", "sex": "yes-no", "town": "category"}
