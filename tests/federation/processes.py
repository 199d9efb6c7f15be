"""What other processes need to work on the same story: the database and the gateway of this one."""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from federation.gateway.memory import MemoryGateway
from tests.federation.worker_process import KEY, Line

ROOT = Path(__file__).parents[2]


@contextmanager
def served(gateway: MemoryGateway) -> Iterator[str]:
    """Let other processes use this process's gateway; give the socket's path."""

    class Serving(Line):
        pass

    Serving.register("gateway", callable=lambda: gateway)
    # A short path: a socket's address has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="kh-") as folder:
        address = str(Path(folder) / "line")
        server = Serving(address=address, authkey=KEY).get_server()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield address
        server.listener.close()


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that works on the test's own database."""
    database = urlsplit(os.environ["DATABASE_URL"])
    name = f"/{connection.settings_dict['NAME']}"
    own = {
        "DATABASE_URL": urlunsplit(database._replace(path=name)),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "KINHOLD_LOG_LEVEL": "WARNING",
    }
    return dict(os.environ) | own | more
