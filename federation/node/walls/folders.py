"""Private folders of jobs: made for one message, handed to the job's user, gone afterwards."""

import contextlib
import itertools
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from federation.node.walls.job_user import JobUser

_PREFIX = "job-"
BUNDLE = "bundle"


def prepare_work(work: Path, user: JobUser | None) -> None:
    """Make the folder that all jobs' folders lie in, empty."""
    remove(work)
    work.mkdir(mode=0o700, exist_ok=True)
    if user is not None:
        user.may_pass(work)


@contextlib.contextmanager
def private_folder(work: Path) -> Iterator[Path]:
    """Make a folder for one message; it is removed whatever happens in it."""
    folder = Path(tempfile.mkdtemp(dir=work, prefix=_PREFIX))
    try:
        yield folder
    finally:
        remove(folder)


def give_to(user: JobUser | None, folder: Path) -> Path:
    """Make the job's home in its folder; return it. Code that lies there may only be read.

    Args:
        user: whom the job runs as; None is the node's own user, who owns all of it anyway.
    """
    home = folder / "home"
    home.mkdir(mode=0o700)
    if user is not None:
        user.may_pass(folder)
        user.owns(home)
        if (folder / BUNDLE).exists():
            user.may_read(folder / BUNDLE)
    return home


def remove_left_over(work: Path) -> None:
    """Remove what a guard left behind that was killed. No job runs now."""
    for folder in work.glob(f"{_PREFIX}*"):
        remove(folder)


def left_over(work: Path) -> bool:
    """Say whether something of a message that is over could not be removed."""
    return any(work.glob(f"{_PREFIX}*"))


def remove(folder: Path) -> None:
    """Remove a folder in which a job may have made things hard to remove.

    A job can take its folders' rights away, and nest them deeper than any function may call
    itself. What cannot be removed at all stays, for the next start.
    """
    with contextlib.suppress(OSError, RecursionError):
        shutil.rmtree(folder)
    if folder.exists():
        with contextlib.suppress(OSError):
            _take_apart(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _take_apart(folder: Path) -> None:
    """Lift what lies deep to the top, level by level, until nothing is nested any more."""
    folder.chmod(0o700)
    numbers = itertools.count()
    while children := _folders(folder):
        for child in children:
            child.chmod(0o700)
            for inner in _folders(child):
                inner.chmod(0o700)
                inner.rename(folder / f"kinhold-lifted-{next(numbers)}")
            shutil.rmtree(child)


def _folders(folder: Path) -> list[Path]:
    with os.scandir(folder) as entries:
        return [
            Path(e.path) for e in entries if stat.S_ISDIR(e.stat(follow_symlinks=False).st_mode)
        ]
