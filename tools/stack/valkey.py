"""A real Valkey (Redis protocol) server as a child process, on loopback with a password."""

from dataclasses import dataclass
from pathlib import Path

import redis

from tools.stack import binaries, files, ports


@dataclass(frozen=True)
class Broker:
    home: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def command(self) -> list[str]:
        return [str(binaries.valkey_server()), str(self.home / "valkey.conf")]


def plan(var: Path) -> Broker:
    return Broker(
        home=var.resolve() / "valkey",
        port=ports.free_port(),
        password=files.kept_secret(var / "secrets" / "valkey"),
    )


def prepare(broker: Broker, *, durable: bool) -> None:
    """Write the configuration; a password on the command line could be read by everybody."""
    files.make_folder(broker.home)
    lines = [
        "bind 127.0.0.1",
        f"port {broker.port}",
        f"requirepass {broker.password}",
        f'dir "{broker.home}"',
        f"appendonly {'yes' if durable else 'no'}",
        'save ""',
        # Its command line is one of the marks by which a leftover is known.
        "set-proc-title no",
    ]
    files.write_private(broker.home / "valkey.conf", "\n".join(lines).encode() + b"\n")


def answers(broker: Broker) -> bool:
    with redis.Redis.from_url(broker.url, socket_timeout=2) as client:
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
            return False
