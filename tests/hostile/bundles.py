"""Bundles whose code leaves a trace, so that a test can tell whether any of it ever ran."""

import zipfile
from io import BytesIO
from pathlib import Path

from federation.catalogue.fab import pack
from federation.catalogue.registry import build_fab

CLIENT = "kinhold_jobs/linear_regression/client_app.py"
ASKING = "kinhold_jobs/shared/asking.py"


_TRACE = """\
CANARY = {canary!r}


def sing(line):
    with open(CANARY, "a") as file:
        file.write(line + "\\n")


sing("imported")
"""


def perch_of(folder: Path) -> tuple[Path, str]:
    """Make the canary's file; give it, and the line of ``node.toml`` that lets jobs write to it."""
    perch = folder / "perch"
    perch.mkdir()
    canary = perch / "canary"
    canary.write_text("")
    # Jobs may run as a user of their own.
    perch.chmod(0o777)
    canary.chmod(0o666)
    return canary, f'job_folders = ["{perch}"]'


def files_of(fab: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(fab)) as archive:
        names = [name for name in archive.namelist() if not name.startswith(".info/")]
        return {name: archive.read(name) for name in names}


def with_canary(canary: Path, *, train: str = "", asking: tuple[str, str] | None = None) -> bytes:
    """Give the linear regression, but its client writes a line to ``canary`` when imported.

    Args:
        train: further code for the beginning of the client's train function.
        asking: a text to replace in the server's questions, and what with.
    """
    files = files_of(build_fab("linear-regression"))
    trace = _TRACE.format(canary=str(canary))
    client = files[CLIENT].decode()
    opening = '    """Reply with the site\'s sums."""\n'
    assert opening in client
    indented = "".join(f"    {line}\n" for line in train.splitlines())
    files[CLIENT] = (trace + client.replace(opening, opening + indented)).encode()
    if asking:
        server = files[ASKING].decode()
        assert asking[0] in server
        files[ASKING] = server.replace(*asking).encode()
    return pack(files)


def one_byte_changed(fab: bytes) -> bytes:
    """Change one byte of the client's code, in a comment, and nothing else of it."""
    files = files_of(fab)
    client = files[CLIENT]
    place = client.index(b"nothing else")
    files[CLIENT] = client[:place] + b"N" + client[place + 1 :]
    return pack(files)
