"""The platform's own Celery application, with the test's gateway in the place of SuperLink:
``celery -A tests.federation.celery_worker worker``; ``KINHOLD_TEST_LINE`` names the socket.
"""

import os
from functools import cache
from typing import Any

import django

from config.celery import app
from tests.federation.worker_process import KEY, Killed, Line

__all__ = ["app"]

django.setup()


@cache
def gateway() -> Any:
    line = Line(address=os.environ["KINHOLD_TEST_LINE"], authkey=KEY)
    line.connect()
    return Killed(line.gateway(), os.environ.get("KINHOLD_TEST_KILLED", "never"))  # type: ignore[attr-defined]  # registered


from federation import tasks  # noqa: E402  Django is set up only now

tasks.gateway_from_settings = gateway
