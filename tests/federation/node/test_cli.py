"""kinhold-node as an operator meets it: wrong use ends with a sentence, never a traceback."""

import json
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from consent.grants.words import fingerprint_words
from federation.node import keys
from federation.node.__main__ import main
from federation.node.books.receipts import Account, write_receipt
from federation.node.books.state import State
from federation.node.decision import sync
from federation.node.home import Home
from federation.node.settings import read_config
from tests.federation.node.conftest import AT, Made
from tests.hostile.community import signed

Output = pytest.CaptureFixture[str]

NEW = (
    *("--community", "river", "--name", "river-node"),
    *("--platform", "http://127.0.0.1:1", "--superlink", "127.0.0.1:2"),
)


def _unpinned(made: Made) -> None:
    made.state.db.executescript("DROP TRIGGER charters_stay; DELETE FROM charters;")


def _main(made: Made, *words: str) -> int:
    return main(["--home", str(made.home.folder), *words])


def test_init_makes_a_private_home_and_prints_the_card(tmp_path: Path, capsys: Output) -> None:
    data = tmp_path / "data.csv"
    data.write_text("age,bmi\n50,20\n")
    home = tmp_path / "new" / "node"

    status = main(["--home", str(home), "init", *NEW, "--dataset", f"river-diabetes={data}"])

    card = json.loads(capsys.readouterr().out)
    assert status == 0
    assert json.loads((home / "card.json").read_text()) == card
    assert set(card) == {"community", "name", "receipt_key", "supernode_key"}
    assert card["supernode_key"].startswith("ecdsa-sha2-nistp384 ")
    assert home.stat().st_mode & 0o777 == 0o700
    for key in (home / "keys").iterdir():
        assert key.stat().st_mode & 0o777 == 0o600
    assert (home / "node.toml").stat().st_mode & 0o777 == 0o600


def test_init_reads_the_headers_of_csv_and_parquet(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("age,bmi\n50,20\n")
    pyarrow.parquet.write_table(pyarrow.table({"height": [1.0]}), tmp_path / "b.parquet")
    home = tmp_path / "node"

    main(
        [
            *("--home", str(home), "init", *NEW, "--min-cohort", "50"),
            *("--dataset", f"one={tmp_path / 'a.csv'}"),
            *("--dataset", f"two={tmp_path / 'b.parquet'}"),
        ]
    )

    datasets = read_config(Home(home)).datasets
    assert dict(datasets["one"].variables) == {"age": "number", "bmi": "number"}
    assert (datasets["two"].format, set(datasets["two"].variables)) == ("parquet", {"height"})
    assert {d.min_cohort for d in datasets.values()} == {50}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (NEW[2:], "--community is missing"),
        ((*NEW, "--dataset", "nonsense"), "--dataset must be like"),
        ((*NEW, "--dataset", "a=/none.csv"), "Cannot read /none.csv"),
        (("--community", "River Folk", *NEW[2:]), "community must be a short name"),
        ((*NEW[:5], "nowhere", *NEW[6:]), "platform must be an address"),
        ((*NEW[:7], "nowhere"), "superlink must be host:port"),
    ],
)
def test_init_with_an_answer_that_cannot_be_used_makes_nothing(
    tmp_path: Path, capsys: Output, words: tuple[str, ...], problem: str
) -> None:
    home = tmp_path / "node"

    status = main(["--home", str(home), "init", *words])

    told = capsys.readouterr()
    assert (status, told.out) == (2, "")
    assert problem in told.err
    assert not (home / "node.toml").exists()
    assert not (home / "keys").exists()


def test_init_never_touches_a_node_that_is_there(made: Made, capsys: Output) -> None:
    before = made.home.receipt_key.read_bytes()

    assert _main(made, "init", *NEW) == 2

    assert "nothing was changed" in capsys.readouterr().err
    assert made.home.receipt_key.read_bytes() == before


def test_init_where_nobody_may_write_is_told_in_words(tmp_path: Path, capsys: Output) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")

    assert main(["--home", str(blocked / "node"), "init", *NEW]) == 2

    assert "Cannot write to" in capsys.readouterr().err


@pytest.mark.parametrize("spelled", ["words", "upper case", "hex"])
def test_pin_takes_the_words_people_compared(made: Made, capsys: Output, spelled: str) -> None:
    _unpinned(made)
    words = fingerprint_words(made.charter.digest)
    said = {"words": words, "upper case": words.upper(), "hex": made.charter.digest}[spelled]
    second = signed(
        made.community.charter(number=2, previous=made.charter.digest), made.community.stewards[:2]
    )
    made.platform.served["river"].charters.append(second.to_json())

    assert _main(made, "pin", "--fingerprint", said) == 0

    assert [charter.number for charter in State(made.home.state).chain()] == [1, 2]
    shown = capsys.readouterr().out
    assert words in shown
    assert made.charter.digest in shown
    assert "██" in shown


def test_pin_from_a_file_asks_no_platform(made: Made, tmp_path: Path) -> None:
    file = tmp_path / "charter.json"
    for text in (made.charter.to_json(), json.dumps({"charters": [made.charter.to_json()]})):
        State(made.home.state).db.executescript("DROP TRIGGER charters_stay")
        made.state.db.execute("DELETE FROM charters")
        file.write_text(text)
        assert _main(made, "pin", "--charter", str(file), "--fingerprint", made.charter.digest) == 0

    assert made.platform.requests == []


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--fingerprint", "amber anchor"), "not the words of this charter"),
        ((), "Compare the words above"),
        (("--charter", "/none"), "Cannot read /none"),
    ],
)
def test_pin_without_the_right_words_pins_nothing(
    made: Made, capsys: Output, words: tuple[str, ...], problem: str
) -> None:
    _unpinned(made)

    assert _main(made, "pin", *words) == 2

    assert problem in capsys.readouterr().err
    assert State(made.home.state).chain() == ()


def test_a_first_charter_that_not_every_steward_signed_is_not_pinned(
    made: Made, capsys: Output
) -> None:
    _unpinned(made)
    half = signed(made.community.charter(), made.community.stewards[:2])
    made.platform.served["river"].charters = [half.to_json()]

    assert _main(made, "pin", "--fingerprint", half.digest) == 2

    assert "cannot be pinned" in capsys.readouterr().err


def test_a_node_is_pinned_once(made: Made, capsys: Output) -> None:
    assert _main(made, "pin", "--fingerprint", made.charter.digest) == 2

    assert "pinned already" in capsys.readouterr().err


@pytest.mark.parametrize("served", [[], ["{}"]])
def test_a_platform_without_a_charter_is_told(
    made: Made, capsys: Output, served: list[str]
) -> None:
    _unpinned(made)
    made.platform.served["river"].charters = served

    assert _main(made, "pin") == 2

    assert "charter" in capsys.readouterr().err


def test_an_unreachable_platform_is_told_with_what_to_look_at(made: Made, capsys: Output) -> None:
    _unpinned(made)
    made.platform.down = True

    assert _main(made, "pin") == 2

    assert "Is this node's card registered there?" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", ["run", "status", "grants", "log", "verify", "pause", "resume", "pin"]
)
def test_every_command_says_when_there_is_no_node(
    tmp_path: Path, capsys: Output, command: str
) -> None:
    assert main(["--home", str(tmp_path / "none"), command]) == 2

    assert "There is no node at" in capsys.readouterr().err


def test_an_unknown_command_is_wrong_use(capsys: Output) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["dance"])

    assert caught.value.code == 2


def test_pause_and_resume_are_kept_and_told(made: Made, capsys: Output) -> None:
    assert _main(made, "pause") == 0
    assert made.home.paused.exists()
    _main(made, "status")
    assert "PAUSED here by its operator." in capsys.readouterr().out

    assert _main(made, "resume") == 0
    assert not made.home.paused.exists()
    assert _main(made, "resume") == 0
    assert "was not paused here" in capsys.readouterr().out


def test_status_tells_a_node_that_does_not_run(made: Made, capsys: Output) -> None:
    _main(made, "status", "--json")
    facts = json.loads(capsys.readouterr().out)

    assert (facts["connected"], facts["running"], facts["paused"]) == (False, False, False)
    assert facts["charter"]["pinned"] == fingerprint_words(made.charter.digest)

    sync.fetch_all(made.state, made.link(), at=AT)
    _main(made, "status")
    words = capsys.readouterr().out
    assert "does not run; not connected to SuperLink" in words
    assert "List of stops 1 of" in words


def test_grants_are_listed_in_plain_words(made: Made, capsys: Output) -> None:
    _main(made, "grants")
    assert "holds no grant" in capsys.readouterr().out
    run = {
        "job": "linear-regression",
        "code": "a" * 64,
        "config": "b" * 64,
        "request": "c" * 64,
        "max_rounds": 3,
        "variables": ["age", "bmi"],
        "communities": ["river", "coast"],
    }
    grant = signed(made.community.grant(run, made.charter), made.community.stewards[:1])
    made.platform.served["river"].grants = [grant.to_json()]
    sync.fetch_all(made.state, made.link(), at=AT)

    _main(made, "grants")
    words = capsys.readouterr().out
    _main(made, "grants", "--json")
    (facts,) = json.loads(capsys.readouterr().out)

    assert "Data: river-diabetes, kept by river, only age, bmi." in words
    assert "never: signatures are missing" in words
    assert facts["first_seen"] is None
    assert facts["digest"] == grant.digest


def test_log_and_verify_tell_what_happened_and_the_first_bad_place(
    made: Made, capsys: Output
) -> None:
    account = Account(run="22222222-2222-4222-8222-222222222222", flower_run="5", round=1)
    account.end("refused", "expired", "The grant held until yesterday.")
    key = keys.receipt_key(made.home)
    write_receipt(made.state, account, community="river", node="river-node", key=key)

    assert _main(made, "log") == 0
    assert "refused (expired): The grant held until yesterday. No data" in capsys.readouterr().out
    assert _main(made, "log", "--json") == 0
    assert json.loads(capsys.readouterr().out)["code"] == "expired"
    assert _main(made, "verify") == 0
    assert "Whole: 1 receipts" in capsys.readouterr().out

    made.state.db.executescript(
        "DROP TRIGGER receipts_same; UPDATE receipts SET signature = zeroblob(64)"
    )
    assert _main(made, "verify") == 1
    assert "Not whole. Receipt 1" in capsys.readouterr().out
    assert _main(made, "log") == 2
