"""``kinhold-node init``: few questions, each checked at once; a whole node or none."""

import csv
import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from federation.node.__main__ import main
from federation.node.books.state import State
from federation.node.home import Home
from federation.node.setting_up.guessing import columns_of, propose
from federation.node.setting_up.proposal import delta_for
from federation.node.settings import read_config
from tests.federation.node.terminal import typed

Output = pytest.CaptureFixture[str]

ROOT = Path(__file__).parents[3]
NEW = (
    *("--community", "river", "--name", "river-node"),
    *("--platform", "http://127.0.0.1:1", "--superlink", "127.0.0.1:2"),
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Forty people: an id, a number, yes or no, a text."""
    path = tmp_path / "people.csv"
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("Participant_ID", "age", "smokes", "town", "empty"))
        rows.writerows((f"P{n:03}", 30.5 + n, n % 2, "Upriver", "") for n in range(40))
    return path


def _init(home: Path, *words: str) -> int:
    return main(["--home", str(home), "init", *words])


def test_questions_are_asked_again_until_each_answer_can_be_used(
    tmp_path: Path, table: Path, capsys: Output
) -> None:
    home = tmp_path / "node"
    answers = (
        *("River Folk", "", "river"),  # too many words; nothing; right
        "",  # the usual name
        *("kinhold.example", "http://127.0.0.1:1"),
        *("127.0.0.1:99999", "127.0.0.1:2"),
        *(str(tmp_path / "no-such-file"), ""),
        *(str(tmp_path / "none.csv"), str(table)),
        "",  # the usual name of the dataset
        "",  # the charter can wait
    )

    with typed(*answers):
        assert _init(home) == 0

    told = capsys.readouterr()
    config = read_config(Home(home))
    assert (config.community, config.name, config.superlink) == (
        "river",
        "river-node",
        "127.0.0.1:2",
    )
    assert list(config.datasets) == ["river-people"]
    assert told.err.count("That cannot be used") == 6
    assert "must be a short name like river" in told.err
    assert json.loads(told.out)["name"] == "river-node"


@pytest.mark.parametrize("answers", [(), ("river",), ("river", "river-node", "http://127.0.0.1:1")])
def test_questions_that_end_early_leave_nothing(
    tmp_path: Path, capsys: Output, answers: tuple[str, ...]
) -> None:
    with typed(*answers):
        assert _init(tmp_path / "node") == 2

    assert "were not answered to the end" in capsys.readouterr().err
    assert not (tmp_path / "node").exists()


def test_ctrl_c_in_the_middle_of_a_question_leaves_nothing(tmp_path: Path) -> None:
    home = tmp_path / "node"
    mine, its = pty.openpty()
    command = [sys.executable, "-m", "federation.node", "--home", str(home), "init"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=its, stdout=its, stderr=its)
    os.close(its)
    os.write(mine, b"river\n")
    seen = b""
    while b"Name of this node" not in seen:
        seen += os.read(mine, 4096)  # ends with an error should the process end first

    process.send_signal(signal.SIGINT)

    assert process.wait(timeout=20) == 130
    assert os.read(mine, 4096).endswith(b"kinhold-node: stopped.\r\n")
    os.close(mine)
    assert not home.exists()


def test_what_init_proposes_holds_types_and_no_value(tmp_path: Path, table: Path) -> None:
    home = tmp_path / "node"

    assert _init(home, *NEW, "--dataset", f"river-people={table}") == 0

    dataset = read_config(Home(home)).datasets["river-people"]
    assert dict(dataset.variables) == {
        "age": "number",
        "smokes": "yes-no",
        "town": "category",
        "empty": "category",
    }
    assert (dataset.id_column, dataset.min_cohort) == ("Participant_ID", 100)
    assert dataset.budget is not None
    assert (str(dataset.budget.epsilon), str(dataset.budget.delta)) == ("10", "0.002")
    text = (home / "node.toml").read_text()
    assert not {"Upriver", "P001", "30.5", "69.5"} & set(text.replace('"', " ").split())
    assert not any("range" in told for told in dataset.words.columns.values())


def test_parquet_is_proposed_in_the_same_words(tmp_path: Path) -> None:
    file = tmp_path / "people.parquet"
    columns = {"id": [7, 8, 9], "height": [1.5, None, 1.7], "well": [True, False, None]}
    pyarrow.parquet.write_table(pyarrow.table(columns), file)

    found = propose(file, "parquet")

    assert found.kinds == {"height": "number", "well": "yes-no"}
    assert (found.id_column, found.people) == ("id", 3)


def test_a_column_that_names_people_more_than_once_is_no_variable_either(tmp_path: Path) -> None:
    file = tmp_path / "visits.csv"
    file.write_text("patient_id,bmi,idle\nA,20,1\nA,21,2\nB,22,3\n")
    home = tmp_path / "node"

    found = propose(file, "csv")
    assert _init(home, *NEW, "--dataset", f"visits={file}") == 0

    assert (found.id_column, found.repeated) == ("", ("patient_id",))
    assert set(found.kinds) == {"bmi", "idle"}
    assert '# "patient_id" seems to name people too.' in (home / "node.toml").read_text()
    assert read_config(Home(home)).datasets["visits"].id_column == ""


def test_of_plink_files_people_and_few_variants_are_proposed(tmp_path: Path) -> None:
    bed = tmp_path / "genes.bed"
    bed.write_bytes(b"\x6c\x1b\x01" + b"\0" * 2)
    bed.with_suffix(".bim").write_text("1 rs1 0 100 A G\n1 rs2 0 200 C T\n")
    bed.with_suffix(".fam").write_text("f a 0 0 1 1\nf b 0 0 2 2\n")
    home = tmp_path / "node"

    assert _init(home, *NEW, "--dataset", f"genes={bed}") == 0

    dataset = read_config(Home(home)).datasets["genes"]
    assert dict(dataset.variables) == {
        "sex": "yes-no",
        "phenotype": "yes-no",
        "rs1": "number",
        "rs2": "number",
    }
    assert dataset.words.columns["rs2"]["range"] == [0, 2]
    bed.with_suffix(".bim").write_text("".join(f"1 rs{n} 0 {n} A G\n" for n in range(60)))
    assert set(propose(bed, "plink").kinds) == {"sex", "phenotype"}


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", b"\xff\xfe\x00", "is not a CSV table"),
        ("a.csv", b"", "is not a CSV table"),
        ("a.csv", b"age,age\n1,2\n", "more than one column named 'age'"),
        ("a.csv", b"age\n\xff\xfe\n", "is not a CSV table"),
        ("a.parquet", b"PAR1 not", "is not a Parquet table"),
        ("a.bed", b"\x6c\x1b\x01", "Cannot read"),
        ("a.bed", b"text", "is not a PLINK 1 .bed file"),
        ("a.xlsx", b"PK", "must end in .csv, .parquet or .bed"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_and_makes_nothing(
    tmp_path: Path, capsys: Output, name: str, content: bytes, problem: str
) -> None:
    (tmp_path / name).write_bytes(content)

    assert _init(tmp_path / "node", *NEW, "--dataset", f"a={tmp_path / name}") == 2

    assert problem in capsys.readouterr().err
    assert not (tmp_path / "node").exists()


def test_a_header_of_hostile_names_stays_names(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    names = ['x" = 1 #', "ä]", "[datasets.b]", ""]
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([names, [1, 2, 3, 4]])
    home = tmp_path / "node"

    assert columns_of(file, "csv") == names
    assert _init(home, *NEW, "--dataset", f"a={file}") == 0

    assert set(read_config(Home(home)).datasets["a"].variables) == set(names[:3])


@pytest.mark.parametrize(
    ("people", "delta"),
    [(0, "0.01"), (3, "0.01"), (100, "0.001"), (147, "0.0006"), (10**6, "0.0000001")],
)
def test_delta_is_one_in_ten_times_the_people_rounded_down(people: int, delta: str) -> None:
    assert delta_for(people) == delta


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--min-cohort", "19"), "min_cohort must be 20 or more"),
        (("--superlink-ca", "/none"), "superlink_ca cannot be read"),
        (("--platform-ca", __file__), "platform_ca is not a certificate"),
        (("--dataset", "Big One=/a.csv"), "must be short"),
        (("--dataset", "a="), "--dataset must be like"),
    ],
)
def test_a_flag_that_cannot_be_used_makes_nothing(
    tmp_path: Path, capsys: Output, words: tuple[str, ...], problem: str
) -> None:
    assert _init(tmp_path / "node", *NEW, *words) == 2

    told = capsys.readouterr()
    assert (told.out, problem in told.err) == ("", True), told.err
    assert not (tmp_path / "node").exists()


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "letters").write_text("")
    mode = tmp_path.stat().st_mode

    assert _init(tmp_path, *NEW) == 2

    assert "holds other things (letters)" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]
    assert tmp_path.stat().st_mode == mode


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_a_disk_that_fills_up_half_way_leaves_nothing(tmp_path: Path, capsys: Output) -> None:
    home = tmp_path / "node"
    home.mkdir(mode=0o755)
    (home / "card.json").symlink_to("/dev/full")  # the last thing that is written

    assert _init(home, *NEW) == 2

    assert "Cannot write to" in capsys.readouterr().err
    assert [path.name for path in home.iterdir()] == ["card.json"]
    assert home.stat().st_mode & 0o777 == 0o755


def test_keys_that_are_there_stay_when_settings_are_made_anew(tmp_path: Path) -> None:
    home = Home(tmp_path / "node")
    _init(home.folder, *NEW)
    before, card = home.receipt_key.read_bytes(), home.card.read_text()
    State(home.state).note("Something was learned.")
    home.config.unlink()

    assert _init(home.folder, *NEW) == 0

    assert home.receipt_key.read_bytes() == before
    assert home.card.read_text() == card


def test_scripts_read_card_and_checks_as_json(tmp_path: Path, capsys: Output) -> None:
    assert _init(tmp_path / "node", *NEW, "--json") == 0

    told = json.loads(capsys.readouterr().out)
    levels = {check["check"]: check["level"] for check in told["checks"]}
    assert told["card"]["community"] == "river"
    assert (levels["python"], levels["platform"], levels["superlink"]) == ("ok", "look", "look")
