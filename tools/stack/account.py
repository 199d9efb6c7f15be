"""Whose rights a server runs with. PostgreSQL refuses to run as root."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from tools.stack.errors import StackError

# The first that exists is taken. None is ever created.
CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()


def server_account() -> Account:
    """Return the account for PostgreSQL: our own, or an existing unprivileged one if we are root.

    Raises:
        StackError: we are root and there is no account to drop to.
    """
    if os.geteuid() != 0:
        entry = pwd.getpwuid(os.geteuid())
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise StackError(
        "PostgreSQL does not run as root, and this machine has no account postgres or nobody to "
        "run it as. Start as an ordinary user, or set DATABASE_URL."
    )


def closed_folder(path: Path, account: Account) -> Path | None:
    """Return the first folder on the way to ``path`` that ``account`` cannot enter, or None.

    Folders that do not exist yet are ours to make, so they count as open.
    """
    if account.uid == 0:
        return None
    for folder in (*reversed(path.parents), path):
        try:
            status = folder.stat()
        except FileNotFoundError:
            return None
        if not _may_enter(status, account):
            return folder
    return None


def _may_enter(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
