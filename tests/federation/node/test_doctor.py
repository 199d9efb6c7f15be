"""``kinhold-node doctor``: says what is wrong and what to do, whatever state the node is in."""

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation.node import keys
from federation.node.__main__ import main
from federation.node.decision import sync
from federation.node.lock import only_one
from federation.node.setting_up.checks import data, machine, papers
from federation.node.setting_up.doctor import examine
from federation.node.settings import read_config
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


def _of_settings(made: Made, old: str, new: str) -> dict[str, tuple[str, str]]:
    """Give what is found with these words of ``node.toml`` in the place of those."""
    made.home.config.write_text(made.home.config.read_text().replace(old, new, 1))
    config = read_config(made.home)
    made.home.config.write_text(made.home.config.read_text().replace(new, old, 1))
    found = [*papers.further_charters(made.home, config), *data.datasets(made.home, config)]
    return {f.check: (f.level, f"{f.text} {f.do}") for f in found}


def test_what_does_not_fit_in_the_settings_is_told_with_what_to_do(sound: Made) -> None:
    name = "river-diabetes"
    found = _of_settings(sound, "\nage =", "\nheight =")
    assert found[f"dataset {name}"][0] == "wrong"
    assert "not in the file: height" in found[f"dataset {name}"][1]

    found = _of_settings(sound, "data.csv", "other.csv")
    assert found[f"dataset {name}"][0] == "wrong"
    assert "there is no file" in found[f"dataset {name}"][1]

    found = _of_settings(
        sound,
        "variables]",
        'budget]\nepsilon = "1"\ndelta = "0.001"\n[datasets.river-diabetes.variables]',
    )
    assert found[f"noise {name}"][0] == "look"
    assert "answers with noise cannot use age, bmi yet" in found[f"noise {name}"][1]

    found = _of_settings(
        sound, "min_cohort", 'code_policy = "pinned"\nid_column = "town2"\nmin_cohort'
    )
    assert "not in the file: town2" in found[f"dataset {name}"][1]
    assert found[f"code {name}"][0] == "look"
    assert found[f"people {name}"][0] == "ok"


def test_other_communities_charters_and_opt_out_lists_are_looked_at(sound: Made) -> None:
    held = 'min_cohort = 20\nholders = ["coast"]\nid_column = "id"'
    sound.home.config.write_text('peers = ["hill"]\n' + sound.home.config.read_text())
    sound.home.optouts.mkdir()
    (sound.home.optouts / "river-diabetes.txt").write_bytes(b"\xff\xfe")

    found = _of_settings(sound, "min_cohort = 20", held)

    assert (found["holder"][0], found["peer"][0]) == ("wrong", "look")
    assert "kinhold-node pin --holder coast" in found["holder"][1]
    assert "kinhold-node pin --holder hill" in found["peer"][1]
    assert found["people river-diabetes"][0] == "wrong"


def test_what_needs_no_settings_is_looked_at_without_them(sound: Made) -> None:
    sound.home.config.write_text(sound.home.config.read_text().replace("community", "comunity"))
    sound.home.supernode_key.chmod(0o644)

    found = _found(sound)

    assert found["settings"][0] == "wrong"
    assert "community must be" in found["settings"][1]
    assert (found["receipts"][0], "stops" in found) == ("ok", False)
    assert f"chmod 600 {sound.home.supernode_key}" in found["keys"][1]


def test_a_charter_that_names_other_keys_is_told(sound: Made) -> None:
    sound.home.supernode_key.unlink()
    sound.home.receipt_key.unlink()
    keys.make_keys(sound.home)

    found = papers.charter(sound.home, sound.state)

    assert (found.level, str(sound.home.card) in found.do) == ("wrong", True)
    assert "does not name this node's keys" in found.text


def test_a_node_of_which_little_is_left_is_examined_to_the_end(sound: Made, capsys: Output) -> None:
    sound.state.close()
    home = sound.home

    def spoil() -> None:
        home.config.write_bytes(b"\xff\x00[[[")
        home.state.write_bytes(b"no database at all, of any kind")
        home.heartbeat.write_text('{"pid": 1e999, "at": []}')
        home.receipt_key.write_bytes(b"-----BEGIN")

    def remove() -> None:
        for path in (home.config, home.state, home.receipt_key):
            path.unlink()

    for breaking in (spoil, remove):
        breaking()
        assert main(["--home", str(home.folder), "doctor"]) == 1
        told = capsys.readouterr()
        assert told.err == ""
        assert "Traceback" not in told.out
        assert told.out.splitlines()[-1] == "Something is wrong."

    assert main(["--home", str(sound.home.folder / "none"), "doctor"]) == 1
    assert not (sound.home.folder / "none").exists()
    said = capsys.readouterr().out
    assert "none. kinhold-node init" in said
    assert "backup" not in said


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's node lets another user pass")
def test_jobs_of_a_node_of_roots_may_pass_through_its_work_folder(sound: Made) -> None:
    sound.home.work.mkdir(exist_ok=True)
    sound.home.work.chmod(0o710)
    assert _found(sound)["folders"][0] == "ok"

    sound.home.work.chmod(0o711)
    assert _found(sound)["folders"][0] == "wrong"


def test_a_log_that_lost_a_receipt_is_told(sound: Made) -> None:
    with sqlite3.connect(sound.home.state) as db:
        db.execute("INSERT INTO receipts VALUES (2, x'00', x'00')")

    found = papers.log(sound.home, sound.state)

    assert (found.level, "Receipt 1 is missing" in found.text) == ("wrong", True)


def test_stops_grow_old(sound: Made) -> None:
    notices = sound.state.notices()
    assert notices is not None
    limit = timedelta(seconds=sound.config.notice_max_age_s)

    def level_after(age: timedelta) -> str:
        return papers.stops(sound.config, sound.state, now=notices.issued + age).level

    assert level_after(timedelta(0)) == "ok"
    assert level_after(limit * 0.6) == "look"
    assert level_after(limit + timedelta(seconds=1)) == "wrong"


def test_it_tells_which_process_works_here(sound: Made) -> None:
    assert papers.running(sound.home, None).level == "look"

    with only_one(sound.home):
        here = papers.running(sound.home, None)
        two = papers.running(sound.home, 1)

    assert (here.level, here.text) == ("ok", f"The node runs as process {os.getpid()}.")
    assert (two.level, "Two nodes" in two.text) == ("wrong", True)


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
