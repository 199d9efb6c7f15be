"""Questions to a server whose answer tells that it is ready. None takes longer than 2 seconds."""

import http.client
import ssl
from pathlib import Path

from celery import Celery
from celery.exceptions import OperationalError

PATIENCE_S = 2.0


def http_status(port: int, path: str, *, ca_file: Path | None = None) -> int | None:
    """Return the status of a GET on loopback, or None when nothing answers.

    With ``ca_file`` the question goes over TLS, and a certificate that it does not vouch for
    counts as no answer.
    """
    if ca_file is None:
        connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE_S)
    else:
        context = ssl.create_default_context(cafile=str(ca_file))
        connection = http.client.HTTPSConnection(
            "127.0.0.1", port, timeout=PATIENCE_S, context=context
        )
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def worker_answers(redis_url: str) -> bool:
    """Say whether a Celery worker answers a ping on this broker."""
    with Celery(broker=redis_url, set_as_current=False) as app:
        try:
            return bool(app.control.ping(timeout=0.5, limit=1))
        except (OperationalError, OSError):
            return False
