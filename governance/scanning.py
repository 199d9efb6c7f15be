"""Asking a scanner of the operator's own about a file, if there is one."""

import shlex
import subprocess
from tempfile import NamedTemporaryFile

from django.conf import settings
from django.utils.translation import gettext as _

from governance.errors import NotReady

TIME_LIMIT_S = 30
_CLEAN, _FOUND = 0, 1  # exit codes, as clamdscan and clamscan have them


def scanner_on() -> bool:
    return bool(settings.KINHOLD_SCAN_COMMAND)


def scan(content: bytes) -> None:
    """Hand the file to the command of KINHOLD_SCAN_COMMAND. Without one nothing is looked at.

    The command gets the name of a temporary file as its last argument; no shell reads it, and the
    name is made here. Whatever it prints is dropped.

    Raises:
        NotReady: it found something; or it gave no answer in time, or another than these two, so
            nobody knows, and the file is not taken.
    """
    if not scanner_on():
        return
    with NamedTemporaryFile(prefix="kinhold-scan-") as file:
        file.write(content)
        file.flush()
        code = _run([*shlex.split(settings.KINHOLD_SCAN_COMMAND), file.name])
    if code == _FOUND:
        raise NotReady(_("The scanner found something harmful in this file, so it is not taken."))
    if code != _CLEAN:
        raise NotReady(_("This file could not be checked, so it is not taken. Try again later."))


def _run(command: list[str]) -> int | None:
    """Return the exit code, or None if there is none: too slow, or it could not be started."""
    # The operator's own setting, without a shell.
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.returncode
