"""A real PostgreSQL server as a child process, reached through a Unix socket only."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from tools.stack import binaries, files, processes
from tools.stack.account import Account, closed_folder, server_account
from tools.stack.errors import StackError

ADMIN = "kinhold_admin"
ROLE = "kinhold"
DATABASE = "kinhold"
PORT = 5432  # only the last part of the socket's name; no TCP port is opened
SOCKET_PATH_LIMIT = 100  # the kernel's limit is 107 bytes

# Faster, and enough for data that is thrown away with the server.
NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Cluster:
    """Where one server's things are, and whose rights it runs with."""

    home: Path
    programs: Path
    sockets: Path
    account: Account
    admin_password: str
    password: str
    durable: bool

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
    home = var / "postgres"
    if closed_folder(var, account):
        home = Path("/var/tmp") / f"kinhold-{hashlib.sha256(os.fsencode(var)).hexdigest()[:12]}"  # noqa: S108  checked below
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
    )


def _require_own(home: Path) -> None:
    """Refuse a folder that somebody else put where everybody can write."""
    files.make_folder(home, 0o711)
    status = home.lstat()
    if home.is_symlink() or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise StackError(f"{home} belongs to somebody else. Remove it, or choose another --var.")


def _copied(source: Path, target: Path) -> Path:
    """Copy the programs to where the server's account can reach them, once."""
    done = target / "complete"
    origin = f"{source} {source.stat().st_mtime_ns}"
    if done.is_file() and done.read_text(encoding="utf-8") == origin:
        return target
    shutil.rmtree(target, ignore_errors=True)
    for part in ("bin/postgres", "bin/initdb"):
        (target / part).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        shutil.copy2(source / part, target / part)
    for part in ("lib", "share"):
        shutil.copytree(source / part, target / part, symlinks=True)
    done.write_text(origin, encoding="utf-8")
    return target


def _socket_folder(home: Path, account: Account) -> Path:
    folder = home / "run"
    if len(os.fsencode(folder)) + len(f"/.s.PGSQL.{PORT}") > SOCKET_PATH_LIMIT:
        # The name depends on the home alone, so the next start finds and reuses the folder.
        name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"kinhold-run-{name}"
        _require_owner(folder, account)
    _make_owned(folder, account)
    return folder


def _require_owner(folder: Path, account: Account) -> None:
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid != account.uid):
        raise StackError(f"{folder} belongs to somebody else. Remove it, or choose another --var.")


def _make_owned(folder: Path, account: Account) -> None:
    files.make_folder(folder)
    if not account.is_ours:
        os.chown(folder, account.uid, account.gid)


def prepare(cluster: Cluster, log: Path) -> None:
    """Stop a server that an earlier run left behind, and make the data folder the first time."""
    _clear_leftover(cluster)
    version = cluster.data / "PG_VERSION"
    if version.is_file():
        return
    fresh = cluster.home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    _make_owned(fresh, cluster.account)
    word = cluster.sockets / "first-password"
    files.write_private(word, cluster.admin_password.encode())
    if not cluster.account.is_ours:
        os.chown(word, cluster.account.uid, cluster.account.gid)
    try:
        _initdb(cluster, fresh, word, log)
    finally:
        word.unlink()
    # Only a whole folder gets its name: a start that was killed half-way begins again.
    fresh.rename(cluster.data)


def _initdb(cluster: Cluster, folder: Path, word: Path, log: Path) -> None:
    command = [
        *(str(cluster.programs / "bin/initdb"), "--pgdata", str(folder)),
        *("--username", ADMIN, "--pwfile", str(word)),
        *("--auth-local", "scram-sha-256", "--auth-host", "reject"),
        *("--encoding", "UTF8", "--locale", "C"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"),
        *(() if cluster.durable else ("--no-sync",)),
    ]
    with log.open("ab") as out:
        child = processes.start(
            command,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            log=out,
            cwd=Path("/"),
            account=cluster.account,
            death_signal=signal.SIGKILL,
        )
        try:
            code = child.wait(timeout=60)
        except subprocess.TimeoutExpired:
            processes.stop_group(child.pid)
            child.wait()
            raise StackError(f"Making the database folder took over 60 s; see {log}.") from None
    if code:
        tail = "\n    ".join(files.last_lines(log))
        raise StackError(f"The database folder could not be made; see {log}:\n    {tail}")


def _clear_leftover(cluster: Cluster) -> None:
    """Deal with ``postmaster.pid`` of a run that was killed.

    Its number may meanwhile belong to any other program, which PostgreSQL would wait for and we
    would stop: only a process that runs on this very folder is taken for the old server.
    """
    note = cluster.data / "postmaster.pid"
    try:
        pid = int(note.read_text(encoding="utf-8").split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    mark = processes.mark_of(pid)
    if mark and str(cluster.data) in mark.command.split():
        processes.stop_marked(mark, first=signal.SIGINT, patience_s=5)
    with suppress(FileNotFoundError):
        note.unlink()


def answers(cluster: Cluster) -> bool:
    """Say whether the server takes work; on the way, make the role and the database.

    Raises:
        StackError: it runs but does not accept the passwords under ``var/secrets``.
    """
    try:
        note = (cluster.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    if len(note) < 8 or note[7].strip() != "ready":
        return False
    try:
        _ensure_database(cluster)
        with psycopg.connect(cluster.url, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        if "authentication failed" in str(error):
            raise StackError(
                f"PostgreSQL does not accept the password in var/secrets; it was made for another "
                f"database folder. Remove {cluster.home} to begin anew."
            ) from None
        return False
    return True


def _ensure_database(cluster: Cluster) -> None:
    with psycopg.connect(
        host=str(cluster.sockets),
        port=PORT,
        user=ADMIN,
        password=cluster.admin_password,
        dbname="postgres",
        connect_timeout=2,
        autocommit=True,
    ) as connection:
        found = "SELECT 1 FROM pg_roles WHERE rolname = %s"
        verb = "ALTER" if connection.execute(found, [ROLE]).fetchone() else "CREATE"
        # CREATEDB: the tests make a database of their own.
        connection.execute(
            sql.SQL(verb + " ROLE {} LOGIN CREATEDB NOSUPERUSER PASSWORD {}").format(
                sql.Identifier(ROLE), sql.Literal(cluster.password)
            )
        )
        found = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(found, [DATABASE]).fetchone():
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(ROLE)
                )
            )


def remove_outside(cluster: Cluster, var: Path) -> None:
    """Remove what this server keeps outside ``var``; for runs that are thrown away."""
    for folder in (cluster.home, cluster.sockets):
        if not folder.is_relative_to(var.resolve()):
            shutil.rmtree(folder, ignore_errors=True)
