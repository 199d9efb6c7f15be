"""The clock's tasks: each exists, and does nothing more when it is delivered twice."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from config.celery import app, configuration
from consent.models import TrainingRequest
from federation import tasks
from federation.gateway.memory import MemoryGateway
from federation.models import Run
from governance.actions.alerts import tell
from governance.models import Alert, Reminder
from tests.cast import Cast
from tests.consent.incidents import by_researcher
from tests.federation.factories import ask
from tests.federation.story import Three
from tests.governance.pages import draft_protocol

SCHEDULE: dict[str, dict[str, Any]] = configuration()["beat_schedule"]

# Written down by hand: what runs by the clock, and how often in seconds.
EXPECTED = {
    "federation.sweep": 5,
    "federation.follow_runs": 2,
    "consent.publish_notices": 10,
    "governance.remind": 3600,
    "governance.let_fall": 3600,
    "consent.clock": 3600,
    "governance.send_alerts": 60,
}


def test_every_task_of_the_clock_is_there() -> None:
    app.loader.import_default_modules()
    planned = {entry["task"]: entry["schedule"] for entry in SCHEDULE.values()}

    assert planned == EXPECTED
    assert set(planned) <= set(app.tasks)


def rows() -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  our own tables
            counts[table] = cursor.fetchone()[0]
    return counts


@pytest.fixture
def busy(
    cast: Cast, three: Three, running: Run, gateway: MemoryGateway, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TrainingRequest]:
    """A run that runs, a request and a protocol that wait for answers, an incident, and mails."""
    monkeypatch.setattr(tasks, "gateway_from_settings", lambda: gateway)
    app.loader.import_default_modules()
    app.conf.task_always_eager = True  # what a task sends on is done at once
    draft_protocol(cast)
    waiting = ask(three.chi, three.all)
    by_researcher(waiting, "river", "coast")
    tell([cast.max.user], key="a", path="/")
    yield waiting
    app.conf.task_always_eager = False


@pytest.mark.django_db
@pytest.mark.parametrize("task", sorted(EXPECTED))
def test_a_task_that_is_delivered_twice_does_its_work_once(
    task: str, busy: TrainingRequest
) -> None:
    later = timezone.now() + timedelta(days=61)
    with patch("django.utils.timezone.now", return_value=later):
        app.tasks[task]()
        once, mails = rows(), len(mail.outbox)
        app.tasks[task]()

    assert rows() == once
    assert len(mail.outbox) == mails


@pytest.mark.django_db
def test_the_seeded_world_gives_the_clock_something_to_do(busy: TrainingRequest) -> None:
    before = Alert.objects.count()
    with patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(days=61)):
        for task in ("governance.remind", "consent.clock"):
            app.tasks[task]()
        assert Reminder.objects.count() > 0
        assert Alert.objects.count() > before
        assert app.tasks["governance.send_alerts"]() > 0
