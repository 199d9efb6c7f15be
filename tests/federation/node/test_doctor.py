"""``kinhold-node doctor``: says what is wrong and what to do, whatever state the node is in."""

import json
import socket
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.node import keys, sync
from federation.node.__main__ import main
from federation.node.checks import links, machine
from federation.node.checks.links import Answer
from federation.node.checks.papers import stops
from federation.node.doctor import examine
from federation.node.lock import only_one
from tests.federation.node.conftest import Made

Output = pytest.CaptureFixture[str]

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def _found(made: Made) -> dict[str, tuple[str, str]]:
    return {f.check: (f.level, f"{f.text} {f.do}") for f in examine(made.home)}


@pytest.fixture
def sound(made: Made) -> Made:
    """The node with its data there and its stops fetched."""
    (made.home.folder / "data.csv").write_text("age,sex,bmi,town\n50,1,20,Upriver\n")
    (made.home.folder / "data.csv").chmod(0o600)
    sync.fetch_all(made.state, made.link(), at=datetime.now(UTC))
    return made


def test_a_sound_node_has_nothing_wrong(sound: Made, capsys: Output) -> None:
    assert main(["--home", str(sound.home.folder), "doctor"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith(("ok  ", "look at this  ")) for line in lines[:-1])
    assert lines[-1] == "Nothing is wrong; some things want a look."
    assert "ok            Charter 1 is pinned and names river-node." in lines
    assert "ok            river-diabetes: the file is here with all 4 variables." in lines
    assert any("no answer with noise is given" in line for line in lines)


def test_scripts_read_the_same_as_json(sound: Made, capsys: Output) -> None:
    sound.home.keys.chmod(0o755)

    assert main(["--home", str(sound.home.folder), "doctor", "--json"]) == 1

    told = json.loads(capsys.readouterr().out)
    (wrong,) = [check for check in told["checks"] if check["level"] == "wrong"]
    assert told["ok"] is False
    assert (wrong["check"], wrong["do"]) == ("folders", f"chmod 700 {sound.home.keys}")


def test_each_thing_that_is_wrong_is_told_with_what_to_do(sound: Made) -> None:
    home, config = sound.home, sound.home.config.read_text()

    def after(old: str, new: str) -> dict[str, tuple[str, str]]:
        home.config.write_text(config.replace(old, new, 1))
        return _found(sound)

    found = after("\nage =", "\nheight =")
    assert found["dataset river-diabetes"][0] == "wrong"
    assert "not in the file: height" in found["dataset river-diabetes"][1]

    found = after("data.csv", "other.csv")
    assert found["dataset river-diabetes"][0] == "wrong"
    assert "there is no file" in found["dataset river-diabetes"][1]

    budget = '[datasets.river-diabetes.budget]\nepsilon = "1"\ndelta = "0.001"\n'
    variables = "[datasets.river-diabetes.variables]"
    found = after(variables, budget + variables)
    assert found["noise river-diabetes"][0] == "look"
    assert "no answer with noise uses age, bmi" in found["noise river-diabetes"][1]

    found = after("min_cohort", 'holders = ["coast"]\ncode_policy = "pinned"\nmin_cohort')
    assert found["holder"][0] == "wrong"
    assert "kinhold-node pin --holder coast" in found["holder"][1]
    assert found["code river-diabetes"][0] == "look"

    found = after("community", "comunity")
    assert found["settings"][0] == "wrong"
    assert "community must be" in found["settings"][1]
    assert found["charter"][0] == "ok"  # what needs no settings is looked at all the same

    home.config.write_text(config)
    home.receipt_key.chmod(0o644)
    found = _found(sound)
    assert f"chmod 600 {home.receipt_key}" in found["keys"][1]
    assert found["receipts"][0] == "wrong"
    assert found["stops"][0] == "ok"


def test_a_charter_that_names_other_keys_is_told(sound: Made) -> None:
    sound.home.supernode_key.unlink()
    sound.home.receipt_key.unlink()
    keys.make_keys(sound.home)

    level, text = _found(sound)["charter"]
    assert (level, str(sound.home.card) in text) == ("wrong", True)
    assert "does not name this node's keys" in text


def test_a_node_of_which_little_is_left_is_examined_to_the_end(sound: Made, capsys: Output) -> None:
    sound.state.close()
    broken = [
        lambda: sound.home.config.write_bytes(b"\xff\x00[[["),
        lambda: sound.home.state.write_bytes(b"no database at all, of any kind"),
        lambda: sound.home.heartbeat.write_text('{"pid": 1e999, "at": []}'),
        lambda: sound.home.receipt_key.write_bytes(b"-----BEGIN"),
        sound.home.config.unlink,
        sound.home.state.unlink,
    ]
    for breaking in broken:
        breaking()
        assert main(["--home", str(sound.home.folder), "doctor"]) == 1
        told = capsys.readouterr()
        assert told.err == ""
        assert "Traceback" not in told.out

    assert main(["--home", str(sound.home.folder / "none"), "doctor"]) == 1
    assert not (sound.home.folder / "none").exists()


def test_a_log_that_lost_a_receipt_is_told(sound: Made) -> None:
    with sqlite3.connect(sound.home.state) as db:
        db.execute("INSERT INTO receipts VALUES (2, x'00', x'00')")

    level, text = _found(sound)["receipts"]

    assert (level, "Receipt 1 is missing" in text) == ("wrong", True)


def test_stops_grow_old(sound: Made) -> None:
    notices = sound.state.notices()
    assert notices is not None
    limit = timedelta(seconds=sound.config.notice_max_age_s)

    def level_after(age: timedelta) -> str:
        return stops(sound.config, sound.state, now=notices.issued + age).level

    assert level_after(timedelta(0)) == "ok"
    assert level_after(limit * 0.6) == "look"
    assert level_after(limit + timedelta(seconds=1)) == "wrong"


def test_it_tells_which_process_works_here(sound: Made) -> None:
    assert _found(sound)["running"][0] == "look"

    with only_one(sound.home):
        level, text = _found(sound)["running"]

    assert (level, text.startswith("The node runs as process ")) == ("ok", True)


@pytest.mark.parametrize(
    ("apart", "level"), [(0, "ok"), (-29, "ok"), (45, "look"), (-299, "look"), (301, "wrong")]
)
def test_a_clock_is_held_against_the_platforms(apart: int, level: str) -> None:
    assert links.clock(Answer(date=NOON), now=NOON.timestamp() + apart).level == level


def test_a_clock_that_cannot_be_compared_is_told() -> None:
    assert links.clock(Answer("down")).level == "look"


@pytest.fixture
def odd_server() -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers every call with the first bytes in the list, and hangs up."""
    answers: list[bytes] = [b""]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    caller.recv(65_536)
                    caller.sendall(answers[0])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", answers
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_odd_answers_of_a_platform_are_findings(odd_server: tuple[str, list[bytes]]) -> None:
    address, answers = odd_server
    head = b"HTTP/1.1 501 No\r\n"
    for answers[0], problem in (
        (b"", True),
        (b"\x16\x03\x01" * 20, True),
        (head * 200_000, True),
        (head + b"Date: yesterday\r\n\r\n", False),
        (head + b"Date: Tue, 99 Foo 2030 12:00:00\r\n\r\n", False),
    ):
        answer = links.ask_platform(f"http://{address}", None)
        assert (bool(answer.problem), answer.date) == (problem, None)

    answers[0] = head + b"Date: Tue, 01 Jan 2030 12:00:00 GMT\r\n\r\n"
    assert links.ask_platform(f"http://{address}", None) == Answer(date=NOON)


def test_a_server_that_speaks_no_tls_is_not_trusted(odd_server: tuple[str, list[bytes]]) -> None:
    address, answers = odd_server
    answers[0] = b"hello"

    answer = links.ask_superlink(address, None)

    found = links.superlink(address, answer)
    assert (answer.distrusted, found.level) == (True, "wrong")


def test_a_certificate_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("no certificate")

    for ca in (tmp_path / "ca.crt", tmp_path / "none"):
        answer = links.ask_superlink("127.0.0.1:1", ca)
        assert "certificate file cannot be used" in answer.problem


@pytest.mark.parametrize("address", ["nowhere.invalid:1", "127.0.0.1:99999", "127.0.0.1:1", ".:1"])
def test_an_address_that_leads_nowhere_is_told(address: str) -> None:
    assert links.ask_superlink(address, None).problem
    assert links.ask_platform(f"https://{address}", None).problem


def test_packages_in_other_versions_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "requirements.txt"
    monkeypatch.setattr(machine, "_LOCK", lock)
    lock.write_text("numpy==0.0.1\n    # via\n    #   -r requirements.in\n")
    assert machine.packages().level == "look"
    lock.write_text("no-such-package==1.0\n")
    assert machine.packages().level == "wrong"
    lock.unlink()
    assert machine.packages().level == "look"


def test_a_platform_without_encryption_is_told_unless_it_is_on_this_machine() -> None:
    assert links.platform("http://kinhold.example", Answer()).level == "look"
    assert links.platform("http://127.0.0.1:8000", Answer()).level == "ok"
    assert links.platform("https://kinhold.example", Answer()).level == "ok"
