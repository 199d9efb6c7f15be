"""The pages of our words: who gets them, who hears a recording, what is done on them."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from governance.actions import voices
from governance.models import ClauseVoice, Protocol
from governance.urls.voices import voice_patterns
from tests import factories
from tests.cast import ROLES, Cast
from tests.governance.said import SAID, shown, url
from tests.governance.sounds import MP3

pytestmark = pytest.mark.django_db


def row(**expected: int) -> dict[str, int]:
    """One row of the table: 404 for everybody who is not named."""
    return dict.fromkeys(ROLES, 404) | expected


MEMBERS = row(steward=200, convenor=200, custodian=200, observer=200)
KEEPERS = row(steward=200, convenor=200)

# Written by hand, about words that are not confirmed. A page missing here fails the test below.
READ = {
    "voices": MEMBERS,
    "voice-clause": MEMBERS,
    "voice-write": KEEPERS,
    "voice-confirm": row(steward=200),
    "voice-remove": KEEPERS,
    "voice-audio": KEEPERS,
}
WRITE = {
    "voice-write": row(steward=400, convenor=400),
    "voice-confirm": row(steward=400),
    "voice-remove": row(steward=400, convenor=400),
}


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def voice(cast: Cast, protocol: Protocol) -> ClauseVoice:
    """Not confirmed, with a recording."""
    return factories.make_voice(cast.river, cast.bo.user, text=SAID, audio=MP3)


@pytest.mark.parametrize("page", READ)
def test_who_may_read_which_page(cast: Cast, voice: ClauseVoice, page: str) -> None:
    assert {
        role: person.client().get(url(page, voice)).status_code
        for role, person in cast.everybody.items()
    } == READ[page]


@pytest.mark.parametrize("page", WRITE)
def test_who_may_send_which_form(cast: Cast, voice: ClauseVoice, page: str) -> None:
    assert {
        role: person.client().post(url(page, voice)).status_code
        for role, person in cast.everybody.items()
    } == WRITE[page]


@pytest.mark.parametrize("page", READ)
def test_strangers_are_sent_to_sign_in(voice: ClauseVoice, page: str) -> None:
    here = url(page, voice)

    told = Client().get(here)
    assert (told.status_code, told.headers["Location"]) == (302, f"/accounts/login/?next={here}")


def test_no_page_is_forgotten() -> None:
    assert {pattern.name for pattern in voice_patterns} == {*READ}


def test_another_communitys_words_are_not_reached_through_ones_own(
    cast: Cast, voice: ClauseVoice
) -> None:
    client = cast.zed.client()

    for name in ("voice-confirm", "voice-remove", "voice-audio"):
        assert client.get(url(name, voice, "coast")).status_code == 404
    assert SAID not in shown(cast.zed, url("voice-clause", voice, "coast"))
    unknown = reverse("governance:voice-clause", args=["river", "NO_SUCH"])
    assert cast.amina.client().get(unknown).status_code == 404


def test_who_hears_a_recording_once_it_is_confirmed(cast: Cast, voice: ClauseVoice) -> None:
    voices.confirm(voice.pk, actor=cast.amina.user)
    here = url("voice-audio", voice)

    heard = {
        role
        for role, person in cast.everybody.items()
        if person.client().get(here).status_code == 200
    }

    assert heard == {"steward", "convenor", "custodian", "observer"}
    answer = cast.ola.client().get(here)
    assert b"".join(answer.streaming_content) == MP3
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    part = cast.ola.client().get(here, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, MP3[:4])
    voices.remove(voice.pk, actor=cast.amina.user, reason="wrong")
    assert cast.ola.client().get(here).status_code == 404


def test_words_are_written_confirmed_and_taken_away_in_the_browser(
    cast: Cast, protocol: Protocol
) -> None:
    here = reverse("governance:voice-write", args=["river", "NO_COMM"])
    assert 'value="fr"' in shown(cast.eli, f"{here}?language=fr")
    form = {
        "language": "ar",
        "text": "لا ربح.",
        "audio": SimpleUploadedFile("picture.png", MP3, "image/png"),
    }

    page = cast.eli.client().post(here, form, follow=True).content.decode()
    voice = ClauseVoice.objects.get()
    assert "as soon as a second steward has confirmed it" in page
    assert '<blockquote lang="ar" dir="rtl"><p>لا ربح.</p></blockquote>' in page
    assert '<audio controls preload="none"' in page
    assert voice.text not in shown(cast.ola, url("voice-clause", voice))

    refused = cast.amina.client().post(url("voice-confirm", voice))
    assert "Tick this if it is so" in refused.content.decode()
    page = cast.amina.client().post(url("voice-confirm", voice), {"same": "on"}, follow=True)
    assert "Confirmed by Amina" in page.content.decode()
    assert voice.text in shown(cast.ola, url("voice-clause", voice))

    assert "no longer sees it" in shown(cast.bo, url("voice-remove", voice))
    page = cast.bo.client().post(url("voice-remove", voice), {"reason": "A slip."}, follow=True)
    assert "A slip." in page.content.decode()
    assert voice.text not in shown(cast.ola, url("voice-clause", voice))


def test_what_is_refused_is_told_beside_what_was_typed(cast: Cast, voice: ClauseVoice) -> None:
    here = url("voice-write", voice)
    form = {"language": "No tag", "text": "Gardez mes mots.", "machine": "on"}

    page = cast.amina.client().post(here, form)
    again = cast.amina.client().post(here, {"language": "en", "text": SAID})
    own = cast.bo.client().post(url("voice-confirm", voice), {"same": "on"})

    assert page.status_code == again.status_code == own.status_code == 400
    html = page.content.decode()
    assert html.count("This is not a language tag") == 2  # in the summary and next to the field
    assert "Gardez mes mots." in html
    assert page.context["form"]["machine"].value() is True
    assert "newest version already" in again.content.decode()
    assert "another steward must confirm it" in own.content.decode()


def test_a_machines_words_are_marked_and_cannot_be_confirmed(
    cast: Cast, protocol: Protocol
) -> None:
    form = {"language": "fr", "text": "Pas d'argent.", "machine": "on"}
    here = reverse("governance:voice-write", args=["river", "NO_COMM"])

    page = cast.eli.client().post(here, form, follow=True).content.decode()
    voice = ClauseVoice.objects.get()

    assert "made by a machine" in page
    assert url("voice-confirm", voice) not in shown(cast.amina, url("voice-clause", voice))
    refused = cast.amina.client().post(url("voice-confirm", voice), {"same": "on"})
    assert (refused.status_code, "never confirmed" in refused.content.decode()) == (400, True)
    for reader in (cast.amina, cast.ola):
        protocol_page = reverse("governance:protocol", args=["river", protocol.pk])
        assert "d&#x27;argent" not in shown(reader, protocol_page, "fr")
    assert "Nothing is written yet." in shown(cast.ola, url("voices", voice))
