"""What is decided before the first part starts: places, ports, secrets, and the environment."""

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.stack import certificates, files, ports, processes, valkey
from tools.stack.cluster import Cluster, plan

# What a child may take over from whoever starts the stack. PGHOST and its like stay out.
INHERITED = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Ground:
    """Everything the table of parts is made from."""

    var: Path
    durable: bool
    ports: Mapping[str, int]
    urls: Mapping[str, str]
    env: Mapping[str, str]
    cluster: Cluster | None
    broker: valkey.Broker | None

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def tls(self) -> Path:
        return self.var / "tls"

    def process_env(self, name: str) -> dict[str, str]:
        """Return the whole environment of the part ``name``."""
        inherited = {key: os.environ[key] for key in INHERITED if key in os.environ}
        return {
            **inherited,
            "PYTHONUNBUFFERED": "1",
            "FLWR_TELEMETRY_ENABLED": "0",
            "FLWR_DISABLE_UPDATE_CHECK": "1",
            "FLWR_HOME": str(self.var / "flwr" / name),
        }

    def django_env(self, name: str) -> dict[str, str]:
        # No KINHOLD_ENV_FILE: everything is here, nothing is to come from a file left elsewhere.
        return {**self.process_env(name), **self.env, "KINHOLD_ENV_FILE": ""}

    def notes(self) -> dict[str, object]:
        """Return what others may want to know, and by which mark they know us."""
        mark = processes.mark_of(os.getpid())
        return {
            "pid": os.getpid(),
            "started": mark.started if mark else "",
            "command": mark.command if mark else "",
            "ports": dict(self.ports),
            "urls": dict(self.urls),
            "env": dict(self.env),
        }


def lay(
    var: Path,
    chosen: Collection[str],
    web_port: int | None,
    urls: tuple[str, str],
    durable: bool,
) -> Ground:
    """Choose ports, make the secrets that are missing, and say where everything will be."""
    cluster = plan(var, durable=durable) if "postgres" in chosen else None
    broker = valkey.plan(var) if "valkey" in chosen else None
    # The same as last time where possible: nodes have SuperLink's address in their settings.
    numbers = ports.kept_ports(var / "ports.json", ("web", "superlink", "celery-flower"))
    numbers["web"] = web_port or numbers["web"]
    addresses = {
        "web": f"http://localhost:{numbers['web']}",
        "celery-flower": f"http://localhost:{numbers['celery-flower']}/celery",
    }
    certificates.ensure_server_certificate(var / "tls")
    certificates.ensure_checkpoint_key(var / "secrets" / "checkpoint.pem")
    for name in ("django", "aggregator", "superexec"):
        files.kept_secret(var / "secrets" / name, length=48)
    files.kept_secret(var / "secrets" / "sealing", length=32)  # a key: the length is fixed
    files.kept_secret(var / "secrets" / "celery-flower", before="admin:")
    database_url = cluster.url if cluster else urls[0]
    redis_url = broker.url if broker else urls[1]
    env = {
        "KINHOLD_ENV": "development",
        **({"DATABASE_URL": database_url} if database_url else {}),
        **({"REDIS_URL": redis_url} if redis_url else {}),
        "KINHOLD_SECRET_KEY_FILE": str(var / "secrets" / "django"),
        "KINHOLD_ORIGIN": addresses["web"],
        "KINHOLD_CHECKPOINT_KEY_FILE": str(var / "secrets" / "checkpoint.pem"),
        "KINHOLD_SUPERLINK_ADDRESS": f"127.0.0.1:{numbers['superlink']}",
        "KINHOLD_SUPERLINK_CA_FILE": str(var / "tls" / "ca.crt"),
        "KINHOLD_AGGREGATOR_TOKEN_FILE": str(var / "secrets" / "aggregator"),
        "KINHOLD_SEALING_KEY_FILE": str(var / "secrets" / "sealing"),
        "KINHOLD_CELERY_FLOWER_URL": addresses["celery-flower"],
    }
    return Ground(var, durable, numbers, addresses, env, cluster, broker)
