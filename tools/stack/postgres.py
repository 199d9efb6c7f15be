"""A real PostgreSQL server as a child process, reached through a Unix socket only."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import psycopg
from psycopg import sql

from tools.stack import files, processes
from tools.stack.cluster import DATABASE, PORT, ROLE, Cluster, make_owned
from tools.stack.errors import StackError

ADMIN = "kinhold_admin"


def prepare(cluster: Cluster, log: Path) -> None:
    """Stop a server that an earlier run left behind, and make the data folder the first time."""
    _clear_leftover(cluster)
    _drop_data_of_a_removed_var(cluster)
    version = cluster.data / "PG_VERSION"
    if version.is_file():
        return
    fresh = cluster.home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    make_owned(fresh, cluster.account)
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


def _drop_data_of_a_removed_var(cluster: Cluster) -> None:
    """Begin anew where data outside ``var`` was left by a ``var`` that was removed since.

    Its passwords went with it, so nobody could open the data any more.
    """
    if not cluster.owner:
        return
    note = cluster.home / "owner"
    if note.is_file() and note.read_text(encoding="utf-8") == cluster.owner:
        return
    shutil.rmtree(cluster.data, ignore_errors=True)
    files.write_private(note, cluster.owner.encode())


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
