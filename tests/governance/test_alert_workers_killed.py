"""A worker that is killed while it speaks to the mail server: its mail is never sent twice."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from governance.actions.alerts import tell
from governance.models import Alert
from governance.queries.alerts import alert_counts
from tests.cast import Cast
from tests.federation.processes import ROOT, environment
from tests.governance.smtp_here import Box, certificate, serving

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[tuple[Box, Path]]:
    public, context = certificate(tmp_path)
    with serving(ssl_context=context) as box:
        yield box, public


def worker(box: Box, trusted: Path) -> subprocess.Popen[str]:
    """A process that sends what is due, with the settings that an operator writes."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.governance.alert_worker"],
        cwd=ROOT,
        env=environment(
            KINHOLD_EMAIL_URL=f"smtps://127.0.0.1:{box.port}", SSL_CERT_FILE=str(trusted)
        ),
        stdout=subprocess.PIPE,
        text=True,
    )


def said(process: subprocess.Popen[str]) -> str:
    return process.communicate(timeout=60)[0].strip()


@pytest.mark.parametrize(("stalls", "mails"), [("EHLO", 0), ("DATA", 1)])
def test_killed_between_claim_and_answer_it_is_sent_once_at_most(
    stalls: str, mails: int, cast: Cast, box: tuple[Box, Path]
) -> None:
    server, trusted = box
    server.stalls = stalls
    tell([cast.amina.user], key="a", path="/", community=cast.river)
    first = worker(server, trusted)
    assert server.reached.wait(60)

    first.kill()
    first.wait(timeout=30)
    server.stalls = ""

    assert said(worker(server, trusted)) == "0"
    assert len(server.got) == mails
    alert = Alert.objects.get()
    assert alert.claimed_at is not None
    assert alert.sent_at is None
    assert alert_counts(timezone.now())["maybe_sent"] == 0
    assert alert_counts(timezone.now() + timedelta(minutes=31))["maybe_sent"] == 1


def test_processes_at_once_send_one_mail(cast: Cast, box: tuple[Box, Path]) -> None:
    server, trusted = box
    server.slow_s = 1.0
    for key in ("a", "b"):
        tell([cast.amina.user], key=key, path="/", community=cast.river)

    processes = [worker(server, trusted) for _ in range(3)]

    assert sorted(said(process) for process in processes) == ["0", "0", "1"]
    assert len(server.got) == 1
    assert Alert.objects.filter(sent_at__isnull=False).count() == 2
