"""The table of parts: each a command, its environment, its needs and the proof that it is ready."""

import signal
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from tools.stack import postgres, valkey
from tools.stack.errors import StackError
from tools.stack.ground import ROOT, Ground
from tools.stack.parts import Part


def _postgres(ground: Ground) -> Part:
    cluster = ground.cluster
    if cluster is None:
        raise StackError("PostgreSQL is not part of this stack.")
    return Part(
        name="postgres",
        command=cluster.command,
        env={"PATH": ground.process_env("postgres").get("PATH", ""), "LC_ALL": "C"},
        prepare=partial(postgres.prepare, cluster, ground.var / "log" / "postgres.log"),
        ready=partial(postgres.answers, cluster),
        # SIGTERM would wait for every client to leave by itself.
        stop_signal=signal.SIGINT,
        account=cluster.account,
        cwd=Path("/"),
        detail=f"socket in {cluster.sockets}",
    )


def _valkey(ground: Ground) -> Part:
    broker = ground.broker
    if broker is None:
        raise StackError("Valkey is not part of this stack.")
    return Part(
        name="valkey",
        command=broker.command,
        env=ground.process_env("valkey"),
        prepare=partial(valkey.prepare, broker, durable=ground.durable),
        ready=partial(valkey.answers, broker),
        cwd=ROOT,
        detail=f"127.0.0.1:{broker.port}",
    )


ROWS: dict[str, Callable[[Ground], Part]] = {
    "postgres": _postgres,
    "valkey": _valkey,
}
NAMES = tuple(ROWS)


def choose(parts: Collection[str] | None, *, database_url: str, redis_url: str) -> frozenset[str]:
    """Return the names of the parts to start: those asked for, less the servers that exist."""
    asked = set(NAMES if parts is None else parts)
    if unknown := asked - set(NAMES):
        raise StackError(f"There is no part {', '.join(sorted(unknown))}; {', '.join(NAMES)} are.")
    there = {"postgres"} if database_url else set()
    there |= {"valkey"} if redis_url else set()
    return frozenset(asked - there)


def rows(ground: Ground, chosen: Collection[str], nodes: Sequence[str]) -> list[Part]:
    return [row(ground) for name, row in ROWS.items() if name in chosen]


def node(ground: Ground, community: str) -> Part:
    raise StackError(f"The node of {community} in {ground.var} cannot be started yet.")
