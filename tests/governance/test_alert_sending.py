"""Alerts leave once, say nothing, and what a server refuses is tried again: a real mail server."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config import env
from governance.actions.alert_sending import BACKOFF, send_due
from governance.actions.alerts import tell
from governance.models import Alert, AlertChoice, User
from governance.queries.alerts import alert_counts
from tests.cast import Cast
from tests.consent.test_at_once import at_once
from tests.governance.smtp_here import USER, WORD, Box, certificate, login, serving

pytestmark = pytest.mark.django_db

MARKS = ("Marked-River", "marked-river", "Marked-Title", "marked-path", "Steward", "steward")


@pytest.fixture
def box(settings: Any) -> Iterator[Box]:
    with serving() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 5
        yield box


def wait_for(cast: Cast, *keys: str, user: User | None = None) -> None:
    for key in keys or ("review:1:opened",):
        tell([user or cast.amina.user], key=key, path="/marked-path/", community=cast.river)


def later(**by: int) -> datetime:
    return timezone.now() + timedelta(**by)


def test_one_mail_tells_of_all_that_waits_and_only_of_how_much(cast: Cast, box: Box) -> None:
    cast.river.name, cast.river.slug = "Marked-River", "marked-river"
    cast.river.save()
    wait_for(cast, "Marked-Title:1", "Marked-Title:2", "Marked-Title:3")
    wait_for(cast, "Marked-Title:1", user=cast.bo.user)

    assert send_due(timezone.now()) == 2

    assert sorted(box.to) == sorted([cast.amina.user.email, cast.bo.user.email])
    subjects = {mail["To"]: mail["Subject"] for mail in box.mails}
    assert subjects[cast.amina.user.email] == "Kinhold: 3 things wait for you"
    assert subjects[cast.bo.user.email] == "Kinhold: something waits for you"
    for raw in box.got:
        for mark in (*MARKS, "Amina ", "Bo "):
            assert mark.encode() not in raw
    assert Alert.objects.filter(sent_at__isnull=True).count() == 0


def test_the_mail_is_plain_text_with_one_link_and_honest_headers(
    cast: Cast, box: Box, settings: Any
) -> None:
    wait_for(cast)
    send_due(timezone.now())

    [mail] = box.mails
    assert mail.get_content_type() == "text/plain"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["From"] == settings.DEFAULT_FROM_EMAIL
    assert mail["Message-ID"].endswith(f"@{settings.KINHOLD_RP_ID}>")
    assert mail["Date"]
    assert mail["List-Unsubscribe"] is None
    text = str(mail.get_payload())
    assert re.findall(r"https?://\S+", text) == [settings.KINHOLD_ORIGIN + "/"]
    allowed = {
        "Content-Type",
        "MIME-Version",
        "Content-Transfer-Encoding",
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "Auto-Submitted",
    }
    assert {name for name in mail if not name.startswith("X-")} == allowed


def test_who_is_told_already_is_not_told_again(cast: Cast, box: Box) -> None:
    wait_for(cast)

    assert [send_due(later(minutes=n)) for n in range(3)] == [1, 0, 0]
    wait_for(cast)
    assert send_due(later(days=9)) == 0
    assert len(box.got) == 1


def test_who_chose_letters_or_nothing_or_left_gets_no_mail(cast: Cast, box: Box) -> None:
    AlertChoice.objects.create(user=cast.amina.user, channel="letter")
    AlertChoice.objects.create(user=cast.bo.user, channel="none")
    for person in cast.stewards:
        wait_for(cast, user=person.user)
    User.objects.filter(pk=cast.cleo.user.pk).update(is_active=False)

    assert send_due(later(days=30)) == 0
    assert box.got == []


def test_a_refusal_is_tried_again_less_and_less_often_and_given_up_at_last(
    cast: Cast, box: Box
) -> None:
    wait_for(cast)
    box.answers = ["550 No such person."] * 9
    now = timezone.now()

    for tries, pause in enumerate(BACKOFF, start=1):
        assert send_due(now) == 0
        alert = Alert.objects.get()
        assert (alert.tries, alert.claimed_at, alert.given_up_at) == (tries, None, None)
        asked = len(box.answers)
        send_due(now + pause - timedelta(seconds=1))
        assert len(box.answers) == asked, "it was tried too early"
        now += pause
    send_due(now)

    assert len(box.answers) == 9 - 5
    assert Alert.objects.get().given_up_at == now
    assert send_due(now + timedelta(days=30)) == 0
    assert alert_counts(now) == {"given_up": 1, "maybe_sent": 0}


def test_a_refused_mail_leaves_when_the_server_takes_it(cast: Cast, box: Box) -> None:
    wait_for(cast)
    wait_for(cast, user=cast.bo.user)
    box.answers = ["451 Later, please."]

    assert send_due(timezone.now()) == 1
    assert send_due(later(minutes=6)) == 1

    assert sorted(box.to) == sorted([cast.amina.user.email, cast.bo.user.email])


def test_a_server_that_is_down_is_asked_for_one_person_and_takes_all_when_it_is_back(
    cast: Cast, box: Box, settings: Any
) -> None:
    for person in cast.stewards:
        wait_for(cast, user=person.user)
    settings.EMAIL_PORT = 9  # nobody listens there
    assert send_due(timezone.now()) == 0
    assert sorted(Alert.objects.values_list("tries", flat=True)) == [0, 0, 1]

    settings.EMAIL_PORT = box.port
    assert send_due(later(minutes=6)) == 3


def test_a_line_that_breaks_after_the_text_is_not_used_again(
    cast: Cast, box: Box, settings: Any
) -> None:
    """The server has it, but its answer did not come: a second mail would be one too many."""
    settings.EMAIL_TIMEOUT = 1
    wait_for(cast)
    box.stalls = "DATA"

    assert send_due(timezone.now()) == 0
    box.stalls = ""
    assert send_due(later(days=2)) == 0

    assert len(box.got) == 1
    assert alert_counts(timezone.now()) == {"given_up": 0, "maybe_sent": 0}
    assert alert_counts(later(minutes=31)) == {"given_up": 0, "maybe_sent": 1}


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_it_works_with_encryption_and_a_login_as_the_setting_says(
    scheme: str, cast: Cast, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``smtp`` begins in clear and changes over before the login; ``smtps`` is closed at once."""
    public, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    kind = (
        {"ssl_context": context, "auth_require_tls": False}
        if scheme == "smtps"
        else {"tls_context": context, "require_starttls": True}
    )
    with serving(authenticator=login, auth_required=True, **kind) as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        url = f"{scheme}://{USER}:a%20word%20with%20%2F%20and%20%40@127.0.0.1:{box.port}"
        for name, value in env.mail(url).items():
            setattr(settings, name, value)
        assert settings.EMAIL_HOST_PASSWORD == WORD
        wait_for(cast)

        assert send_due(timezone.now()) == 1
        settings.EMAIL_HOST_PASSWORD, settings.EMAIL_TIMEOUT = "wrong", 1
        wait_for(cast, "another")
        assert send_due(timezone.now()) == 0

        assert len(box.got) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_the_same_moment_send_one_mail(cast: Cast, box: Box) -> None:
    box.slow_s = 0.5
    wait_for(cast, "a", "b")
    now = timezone.now()

    sent = at_once(*[lambda: send_due(now)] * 4)

    assert sorted(sent) == [0, 0, 0, 1]
    assert len(box.got) == 1
