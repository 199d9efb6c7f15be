"""A bundle has one digest everywhere, and nothing it holds gets outside its folder."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flwr.cli.install import install_from_fab
from flwr.common.config import get_fab_config

from federation.catalogue import fab
from federation.catalogue.fab import BadBundle, component, pack, unpack
from federation.catalogue.registry import JOBS, build_fab, code_digest, installed_digests

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", JOBS)
def test_another_process_elsewhere_builds_the_same_bytes(name: str, tmp_path: Path) -> None:
    code = f"from federation.catalogue.registry import code_digest; print(code_digest({name!r}))"
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland"}

    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True
    )

    assert answer.stdout.strip() == code_digest(name), answer.stderr
    assert code_digest(name) == hashlib.sha256(build_fab(name)).hexdigest()


@pytest.mark.parametrize("name", JOBS)
def test_flower_itself_installs_the_bundle(name: str, tmp_path: Path) -> None:
    fab = build_fab(name)

    folder = install_from_fab(fab, install_dir=tmp_path, skip_prompt=True)

    assert get_fab_config(fab)["tool"]["flwr"]["app"]["publisher"] == "kinhold"
    for kind in ("serverapp", "clientapp"):
        module = component(folder, kind).partition(":")[0]
        assert (folder / f"{module.replace('.', '/')}.py").is_file()


def test_a_digest_follows_the_files_only_when_they_are_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "catalogue"
    shutil.copytree(ROOT / "federation" / "catalogue", copy)
    monkeypatch.setattr(fab, "_HERE", copy)
    before = installed_digests()
    (copy / "linear_regression" / "maths.py").open("a").write("# updated\n")

    assert code_digest("linear-regression") == before["linear-regression"]

    after = installed_digests()
    assert code_digest("linear-regression") == after["linear-regression"]
    assert after["linear-regression"] != before["linear-regression"]
    assert after["logistic-regression"] == before["logistic-regression"]
    monkeypatch.undo()
    assert installed_digests() == before


def test_nothing_in_a_bundle_is_compressed_or_dated_by_the_machine() -> None:
    with zipfile.ZipFile(BytesIO(build_fab("linear-regression"))) as archive:
        entries = archive.infolist()

    assert {e.compress_type for e in entries} == {zipfile.ZIP_STORED}
    assert {e.date_time for e in entries} == {(2024, 10, 1, 0, 0, 0)}
    assert {e.create_system for e in entries} == {3}
    names = [e.filename for e in entries]
    assert names == [*sorted(names[:-1]), ".info/CONTENT"]


def test_a_bundle_unpacks_to_what_was_packed(tmp_path: Path) -> None:
    unpack(pack({"a/b.py": b"x = 1\n", "pyproject.toml": b""}), tmp_path)

    assert (tmp_path / "a" / "b.py").read_bytes() == b"x = 1\n"


def _named(name: str) -> bytes:
    return pack({name: b"x"})


def _link() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo("way-out")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc")
    return buffer.getvalue()


def _twice() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.py", "one")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.py", "two")
    return buffer.getvalue()


def _bomb() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(70_000_000))
    return buffer.getvalue()


def _lies_about_its_size() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(1_000_000))
    data = buffer.getvalue()
    return data.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))


def _damaged() -> bytes:
    data = bytearray(pack({"a.py": b"abcdef"}))
    data[data.index(b"abcdef")] ^= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: _named("../up.py"), "outside its folder"),
        (lambda: _named("/etc/passwd"), "outside its folder"),
        (lambda: _named("a/../../up.py"), "outside its folder"),
        (lambda: _named("a\\..\\up.py"), "outside its folder"),
        (lambda: _named("C:/up.py"), "outside its folder"),
        (_link, "link or device"),
        (_twice, "twice"),
        (_bomb, "more than"),
        (_lies_about_its_size, "cannot be unpacked|lies about the size"),
        (_damaged, "cannot be unpacked"),
        (lambda: b"not a zip", "cannot be unpacked"),
        (lambda: b"", "cannot be unpacked"),
        (lambda: pack({f"{n}.py": b"" for n in range(2_001)}), "2000 are allowed"),
    ],
)
def test_a_bundle_that_reaches_out_is_not_unpacked(
    tmp_path: Path, make: Callable[[], bytes], reason: str
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()

    with pytest.raises(BadBundle, match=reason):
        unpack(make(), inside)

    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


@pytest.mark.parametrize(
    "text",
    ["", "not toml [", "[tool.flwr.app.components]\nserverapp='a:b'", "tool = 5", None],
)
def test_a_bundle_that_names_no_client_is_refused(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "pyproject.toml").write_text(text)

    with pytest.raises(BadBundle, match="does not name its clientapp"):
        component(tmp_path, "clientapp")
