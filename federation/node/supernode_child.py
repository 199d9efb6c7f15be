"""The SuperNode as a child of the node: started, asked whether it lives, stopped."""

import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path

from federation.node import keys, supernode
from federation.node.home import Home, NodeConfig

_STOP_S = 6.0
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV")


class SuperNode:
    """One run of Flower's SuperNode; a new one is made after each end.

    Attributes:
        address: host:port of its Runtime API, on loopback.
        secret: what the executor proves itself with; new for each start.
        wake: descriptor that becomes readable when the SuperNode has something to tell.
    """

    def __init__(self, home: Home, config: NodeConfig) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.address = f"127.0.0.1:{port}"
        self.secret = secrets.token_bytes(32)
        secret_file = home.run / "superexec.secret"
        secret_file.unlink(missing_ok=True)
        keys.write_private(secret_file, self.secret)
        self.wake, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        with (home.log / "supernode.log").open("ab") as output:
            self._process = subprocess.Popen(
                _command(home, config, port, secret_file),
                env=_environment(home, writer),
                pass_fds=[writer],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        os.close(writer)

    @property
    def pid(self) -> int:
        return self._process.pid

    def alive(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """End it, in a few seconds at most."""
        self._process.terminate()
        try:
            self._process.wait(timeout=_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self.wake)


def _environment(home: Home, writer: int) -> dict[str, str]:
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "FLWR_HOME": str(home.folder / "flwr"),
        "FLWR_TELEMETRY_ENABLED": "0",
        "FLWR_DISABLE_UPDATE_CHECK": "1",
        supernode.WAKE: str(writer),
    }


def _command(home: Home, config: NodeConfig, port: int, secret_file: Path) -> list[str]:
    ca = config.superlink_ca
    return [
        *(sys.executable, "-m", "federation.node.supernode"),
        *("--superlink", config.superlink),
        *(("--root-certificates", str(ca)) if ca else ()),
        *("--auth-supernode-private-key", str(home.supernode_key)),
        *("--host", "127.0.0.1", "--port", str(port)),
        *("--isolation", "process", "--superexec-auth-secret-file", str(secret_file)),
        *("--node-config", f'community="{config.community}"'),
    ]
