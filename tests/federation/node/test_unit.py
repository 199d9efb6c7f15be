"""What operators get beside the program: the unit, the container file, the extra to install."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from federation.node.__main__ import main
from federation.node.errors import NodeError
from federation.node.setting_up.unit import unit_text

ROOT = Path(__file__).parents[3]
FILES = ROOT / "tools" / "node"


def test_the_unit_in_the_repository_is_the_one_that_is_printed() -> None:
    command = ("/opt/kinhold-node/bin/kinhold-node",)
    text = unit_text(Path("/var/lib/kinhold-node"), user="kinhold-node", command=command)

    assert (FILES / "kinhold-node.service").read_text("utf-8") == text


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    home = tmp_path / "50% of us"
    home.mkdir()
    unit = tmp_path / "kinhold-node.service"
    unit.write_text(unit_text(home, user="root", command=(sys.executable, "-m", "federation.node")))

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True
    )

    about_it = [line for line in checked.stderr.splitlines() if "kinhold-node" in line]
    assert (checked.returncode, about_it) == (0, [])


def test_the_unit_is_printed_with_the_paths_of_this_node(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin" / "python"
    program.with_name("bin").parent.mkdir()
    program.with_name("kinhold-node").touch()
    monkeypatch.setattr("sys.executable", str(program))

    assert main(["--home", str(tmp_path / "my node"), "unit", "--user", "root"]) == 0

    text = capsys.readouterr().out
    assert f'ExecStart={tmp_path}/bin/kinhold-node --home "{tmp_path}/my node" run' in text
    assert f'ReadWritePaths="{tmp_path}/my node"' in text


@pytest.mark.parametrize(
    ("folder", "user", "problem"),
    [("/a\nUser=root", "root", "plainer path"), ("/a", "no-such-user", "has no user")],
)
def test_a_unit_that_would_say_something_else_is_not_printed(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    folder: str,
    user: str,
    problem: str,
) -> None:
    (tmp_path / "kinhold-node").touch()
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))

    assert main(["--home", folder, "unit", "--user", user]) == 2

    told = capsys.readouterr()
    assert (told.out, problem in told.err) == ("", True)


def test_quotes_in_a_path_are_refused() -> None:
    with pytest.raises(NodeError, match="plainer path"):
        unit_text(Path('/a"b'), user="root", command=("/x",))


def test_the_extra_is_the_nodes_own_lock_and_nothing_else_names_versions() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

    dynamic = project["tool"]["setuptools"]["dynamic"]["optional-dependencies"]
    assert dynamic == {"node": {"file": ["federation/node/requirements.txt"]}}
    assert project["project"]["dependencies"] == []
    assert "optional-dependencies" in project["project"]["dynamic"]


def test_what_the_container_copies_is_there_and_not_kept_out() -> None:
    text = (FILES / "Containerfile").read_text("utf-8")
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()

    copied = [word for line in re.findall(r"^COPY (.*) \S+$", text, re.M) for word in line.split()]
    assert "federation/node" in copied
    for path in copied:
        assert (ROOT / path).exists(), path
        assert f"!{path.split('/')[0]}" in ignored, path
    assert not re.search(r"://|--index-url", text)
    assert "\nUSER 10001:10001\n" in text
    assert "EXPOSE" not in text
