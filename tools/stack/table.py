"""The table of parts: each a command, its environment, its needs and the proof that it is ready.

The order of ``ROWS`` is the order in which parts are shown. What waits for what is in ``after``.
"""

import signal
import sys
import tomllib
from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path

from tools.stack import binaries, files, postgres, probes, valkey
from tools.stack.errors import StackError
from tools.stack.ground import Ground
from tools.stack.parts import ROOT, Part

# Python parts take seconds; on a small machine that does other things too, many of them.
PATIENCE_S = 120.0


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
        detail=f"127.0.0.1:{broker.port}",
    )


def _superlink(ground: Ground) -> Part:
    port, home = ground.ports["superlink"], ground.var / "superlink"
    return Part(
        name="superlink",
        command=[
            binaries.script("flower-superlink"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--ssl-ca-certfile", str(ground.tls / "ca.crt")),
            *("--ssl-certfile", str(ground.tls / "server.pem")),
            *("--ssl-keyfile", str(ground.tls / "server.key")),
            *("--database", str(home / "state.db")),
            *("--superexec-auth-secret-file", str(ground.secrets / "superexec")),
            *("--isolation", "process"),
            "--enable-supernode-auth",
            "--disable-runtime-dependency-installation",
        ],
        env=ground.process_env("superlink"),
        prepare=partial(files.make_folders, home, ground.var / "flwr" / "superlink"),
        ready=partial(probes.answers_over_tls, port, ground.tls / "ca.crt"),
        patience_s=PATIENCE_S,
        detail=f"127.0.0.1:{port}",
    )


def _migrate(ground: Ground) -> Part:
    return Part(
        name="migrate",
        command=[sys.executable, "manage.py", "migrate", "--noinput", "--verbosity", "1"],
        env=ground.django_env("migrate"),
        after=("postgres",),
        once=True,
        patience_s=PATIENCE_S,
    )


def _web(ground: Ground) -> Part:
    port = ground.ports["web"]
    return Part(
        name="web",
        command=[
            binaries.script("gunicorn"),
            *("--bind", f"127.0.0.1:{port}"),
            *("--worker-class", "gthread", "--workers", "1", "--threads", "8"),
            *("--graceful-timeout", "3", "--no-control-socket"),
            *("--access-logfile", "-", "--logger-class", "config.weblog.WebLog"),
            "config.wsgi",
        ],
        env=ground.django_env("web"),
        ready=partial(probes.says_200, port, "/healthz"),
        after=("postgres", "valkey"),
        patience_s=PATIENCE_S,
        detail=ground.urls["web"],
    )


def _celery(name: str, words: Sequence[str]) -> list[str]:
    return [binaries.script("celery"), "-A", "config.celery", name, *words]


def _worker(ground: Ground) -> Part:
    # Without mingle and gossip it need not wait for greetings of workers that do not exist.
    options = ["--concurrency", "2", "--loglevel", "INFO", "--without-mingle", "--without-gossip"]
    return Part(
        name="worker",
        command=_celery("worker", options),
        env=ground.django_env("worker"),
        prepare=partial(files.make_folders, ground.var / "flwr" / "worker"),
        ready=partial(probes.worker_answers, ground.env.get("REDIS_URL", "")),
        after=("postgres", "valkey"),
        # When we are killed the broker is gone too, and every polite end of a worker waits for it.
        death_signal=signal.SIGKILL,
        patience_s=PATIENCE_S,
    )


def _beat(ground: Ground) -> Part:
    home = ground.var / "beat"
    options = ["--schedule", str(home / "schedule"), "--pidfile=", "--loglevel", "WARNING"]
    return Part(
        name="beat",
        command=_celery("beat", options),
        env=ground.django_env("beat"),
        prepare=partial(files.empty_folder, home),
        # It writes its table of dates when it has read ours.
        ready=partial(probes.holds_something, home),
        after=("migrate", "valkey"),
        patience_s=PATIENCE_S,
    )


def _celery_flower(ground: Ground) -> Part:
    port = ground.ports["celery-flower"]
    return Part(
        name="celery-flower",
        command=_celery("flower", [f"--conf={ROOT / 'config' / 'celery_flower.py'}"]),
        env={
            **ground.django_env("celery-flower"),
            "KINHOLD_CELERY_FLOWER_AUTH_FILE": str(ground.secrets / "celery-flower"),
            "KINHOLD_CELERY_FLOWER_PORT": str(port),
        },
        # 401: it answers, and it asks who we are.
        ready=partial(probes.says, port, "/celery/", 401),
        after=("valkey",),
        patience_s=PATIENCE_S,
        detail=ground.urls["celery-flower"],
    )


def _aggregator(ground: Ground) -> Part:
    home = ground.var / "aggregator"
    return Part(
        name="aggregator",
        command=[sys.executable, "-m", "federation.aggregator"],
        env={
            **ground.process_env("aggregator"),
            "KINHOLD_AGGREGATOR_HOME": str(home),
            "KINHOLD_RUNTIME_ADDRESS": ground.env["KINHOLD_SUPERLINK_ADDRESS"],
            "KINHOLD_SUPERLINK_CA_FILE": ground.env["KINHOLD_SUPERLINK_CA_FILE"],
            "KINHOLD_SUPEREXEC_SECRET_FILE": str(ground.secrets / "superexec"),
            "KINHOLD_PLATFORM_URL": ground.urls["web"],
            "KINHOLD_AGGREGATOR_TOKEN_FILE": ground.env["KINHOLD_AGGREGATOR_TOKEN_FILE"],
        },
        prepare=partial(files.without, home / "ready"),
        ready=partial(probes.exists, home / "ready"),
        after=("superlink",),
        patience_s=PATIENCE_S,
    )


ROWS: dict[str, Callable[[Ground], Part]] = {
    "postgres": _postgres,
    "valkey": _valkey,
    "superlink": _superlink,
    "migrate": _migrate,
    "web": _web,
    "worker": _worker,
    "beat": _beat,
    "celery-flower": _celery_flower,
    "aggregator": _aggregator,
}
NAMES = tuple(ROWS)


def node(ground: Ground, community: str) -> Part:
    """Return the row of a community's node.

    Raises:
        StackError: nobody has set that node up.
    """
    home = ground.var / "nodes" / community
    command = [sys.executable, "-m", "federation.node", "--home", str(home)]
    if not (home / "node.toml").is_file():
        raise StackError(
            f"The node of {community} is not set up: {home}/node.toml is missing. "
            f"Make it with `kinhold-node --home {home} init`."
        )
    address = ground.env["KINHOLD_SUPERLINK_ADDRESS"]
    if tomllib.loads((home / "node.toml").read_text(encoding="utf-8"))["superlink"] != address:
        raise StackError(
            f"The node of {community} looks for another SuperLink than {address}, where this "
            f"stack's is: its old port was taken. Change `superlink` in {home}/node.toml."
        )
    return Part(
        name=f"node-{community}",
        command=[*command, "run"],
        env=ground.process_env(f"node-{community}"),
        prepare=partial(files.make_folders, ground.var / "flwr" / f"node-{community}"),
        ready=partial(probes.node_is_connected, home, command, ground.process_env("status")),
        after=("superlink", "web"),
        patience_s=PATIENCE_S,
        detail=str(home),
    )


def choose(parts: Collection[str] | None, *, database_url: str, redis_url: str) -> frozenset[str]:
    """Return the names of the parts to start: those asked for, less the servers that exist."""
    asked = set(NAMES if parts is None else parts)
    if unknown := asked - set(NAMES):
        raise StackError(f"There is no part {', '.join(sorted(unknown))}; {', '.join(NAMES)} are.")
    there = {"postgres"} if database_url else set()
    there |= {"valkey"} if redis_url else set()
    return frozenset(asked - there)


def rows(ground: Ground, chosen: Collection[str], nodes: Sequence[str]) -> list[Part]:
    """Return the rows of the chosen parts, then those of the nodes."""
    parts = [row(ground) for name, row in ROWS.items() if name in chosen]
    return [*parts, *(node(ground, community) for community in nodes)]
