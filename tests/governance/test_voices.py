"""Clauses in the community's own words: who writes and confirms, what is refused and shown."""

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from consent.grants.codec import digest
from governance.actions import voices
from governance.clauses import library
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, Charter, ClauseVoice, Protocol
from governance.navigation import desk_of
from governance.queries.voices import progress_in, spoken_in, voices_seen, words_of, words_on
from governance.rules import CommunityRole
from governance.voices import direction, language_name
from tests import factories
from tests.cast import Cast, Person
from tests.governance.sounds import MP3

pytestmark = pytest.mark.django_db


def write(cast: Cast, who: Person, **changed: object) -> ClauseVoice:
    told = {"language": "en", "text": "Nobody earns money with it."} | changed
    clause = str(told.pop("clause", "NO_COMM"))
    return voices.write(
        community_id=cast.river.pk,
        actor=who.user,
        clause=clause,
        wording=voices.Wording(**told),  # type: ignore[arg-type]  # what a test changes
    )


@pytest.mark.parametrize("who", ["amina", "eli"])
def test_stewards_and_convenors_write(cast: Cast, charter: Charter, who: str) -> None:
    voice = write(cast, getattr(cast, who), language="EN-ca", text=" Ask us.\r\nTwice. \n")

    voice.refresh_from_db()
    assert (voice.version, voice.language, voice.text) == (1, "en-CA", "Ask us.\nTwice.")
    assert (voice.written_by, voice.confirmed_at) == (getattr(cast, who).membership, None)
    event = AccessEvent.objects.get(subject=f"voice:{voice.public_id}")
    assert (event.verb, event.reason) == ("voice.write", "NO_COMM in en-CA, version 1")
    assert event.document_digest == digest(b"Ask us.\nTwice.")


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_nobody_else_touches_the_words(cast: Cast, charter: Charter, who: str) -> None:
    voice = write(cast, cast.eli)
    actor: Person = getattr(cast, who)

    with pytest.raises(NotAllowed):
        write(cast, actor)
    with pytest.raises(NotAllowed):
        voices.confirm(voice.pk, actor=actor.user)
    with pytest.raises(NotAllowed):
        voices.remove(voice.pk, actor=actor.user, reason="no")


def test_who_works_for_the_platform_writes_nothing_even_with_a_role(cast: Cast) -> None:
    factories.make_membership(cast.max.user, cast.river, CommunityRole.CONVENOR)

    with pytest.raises(NotAllowed):
        write(cast, cast.max)


def test_a_second_steward_of_the_charter_confirms(cast: Cast, charter: Charter) -> None:
    voice = write(cast, cast.amina)
    late = factories.make_user("Late")
    factories.make_membership(late, cast.river)

    with pytest.raises(NotAllowed, match="another steward must confirm"):
        voices.confirm(voice.pk, actor=cast.amina.user)
    with pytest.raises(NotAllowed, match="does not name you"):
        voices.confirm(voice.pk, actor=late)
    with pytest.raises(NotAllowed):
        voices.confirm(voice.pk, actor=cast.eli.user)
    voices.confirm(voice.pk, actor=cast.bo.user)

    voice.refresh_from_db()
    assert voice.confirmed_by == cast.bo.membership
    with pytest.raises(NotReady, match="confirmed already"):
        voices.confirm(voice.pk, actor=cast.cleo.user)


def test_a_steward_who_wrote_as_convenor_is_no_second_person(cast: Cast, charter: Charter) -> None:
    voice = write(cast, cast.bo)
    convening = factories.make_membership(cast.bo.user, cast.river, CommunityRole.CONVENOR)
    ClauseVoice.objects.filter(pk=voice.pk).update(written_by=convening)

    with pytest.raises(NotAllowed, match="another steward"):
        voices.confirm(voice.pk, actor=cast.bo.user)


def test_what_a_machine_made_is_never_confirmed(cast: Cast, charter: Charter) -> None:
    """R-19: machine translation is labelled and never becomes a community's word."""
    voice = write(cast, cast.amina, language="fr", text="Pas d'argent.", machine=True)

    with pytest.raises(NotReady, match="never confirmed"):
        voices.confirm(voice.pk, actor=cast.bo.user)
    with (
        pytest.raises(IntegrityError, match="voice_confirmed_is_no_machines"),
        transaction.atomic(),
    ):
        ClauseVoice.objects.filter(pk=voice.pk).update(
            confirmed_by=cast.bo.membership, confirmed_at=timezone.now()
        )
    assert spoken_in(cast.river, ["fr"]) == {}


def test_a_machines_words_do_not_become_a_persons_by_writing_them_again(
    cast: Cast, charter: Charter
) -> None:
    made = write(cast, cast.amina, language="fr", text="Pas d'argent.", machine=True)
    voices.remove(made.pk, actor=cast.amina.user, reason="to try again")

    with pytest.raises(NotReady, match="A machine made these very words"):
        write(cast, cast.bo, language="fr", text=" pas   d'argent !")
    assert write(cast, cast.bo, language="fr", text="Personne n'y gagne rien.").version == 2


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"clause": "NO_SUCH"}, "no such clause"),
        ({"language": "english language"}, "must be a tag"),
        ({"text": "  "}, "Write the words"),
        ({"text": "a\x00b"}, "Write the words"),
        ({"text": "x" * 2001}, "at most 2000"),
        ({"audio": b"<script>"}, "must be MP3"),
    ],
    ids=["clause", "language", "empty", "zero", "too long", "no sound"],
)
def test_what_cannot_be_kept_is_told_and_leaves_nothing(
    cast: Cast, changed: dict[str, object], sentence: str
) -> None:
    with pytest.raises(NotReady, match=sentence):
        write(cast, cast.amina, **changed)

    assert not ClauseVoice.objects.exists()
    assert not AccessEvent.objects.filter(verb__startswith="voice.").exists()


def test_a_recording_is_stored_with_its_words_or_not_at_all(
    cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path

    voice = write(cast, cast.amina, audio=MP3)
    with pytest.raises(NotReady):
        write(cast, cast.amina, audio=MP3, text="")

    assert voice.audio_type == "audio/mpeg"
    assert [path.read_bytes() for path in tmp_path.rglob("*.mp3")] == [MP3]


def test_versions_are_added_and_the_newest_confirmed_is_shown(cast: Cast, charter: Charter) -> None:
    first = factories.make_voice(cast.river, cast.eli.user, cast.amina.user, text="First.")
    second = write(cast, cast.eli, text="Second.")
    with pytest.raises(NotReady, match="newest version already"):
        write(cast, cast.bo, text="Second.")

    assert spoken_in(cast.river, [])["NO_COMM"].first == first
    voices.confirm(second.pk, actor=cast.bo.user)
    assert spoken_in(cast.river, [])["NO_COMM"].first == second
    voices.remove(second.pk, actor=cast.bo.user, reason="not how we say it")
    assert spoken_in(cast.river, [])["NO_COMM"].first == first
    assert write(cast, cast.eli, text="Second.").version == 3
    with pytest.raises(NotReady, match="taken away"):
        voices.confirm(second.pk, actor=cast.amina.user)
    with pytest.raises(NotReady, match="taken away"):
        voices.remove(second.pk, actor=cast.amina.user, reason="twice")


def test_an_older_version_is_not_confirmed_after_a_newer_one(cast: Cast, charter: Charter) -> None:
    first, second = write(cast, cast.eli, text="First."), write(cast, cast.eli, text="Second.")
    voices.confirm(second.pk, actor=cast.amina.user)

    with pytest.raises(NotReady, match="newer version is confirmed"):
        voices.confirm(first.pk, actor=cast.bo.user)


def test_what_two_confirmed_a_convenor_alone_does_not_take_away(
    cast: Cast, charter: Charter
) -> None:
    voice = factories.make_voice(cast.river, cast.amina.user, cast.bo.user)
    open_one = write(cast, cast.eli, text="Another way.")

    with pytest.raises(NotAllowed):
        voices.remove(voice.pk, actor=cast.eli.user, reason="no")
    with pytest.raises(NotReady, match="Write why"):
        voices.remove(open_one.pk, actor=cast.eli.user, reason=" ")
    voices.remove(open_one.pk, actor=cast.eli.user, reason="a private quarrel")

    open_one.refresh_from_db()
    assert open_one.removed_because == "a private quarrel"
    assert not AccessEvent.objects.filter(reason__contains="quarrel").exists()


def test_the_readers_language_comes_first(cast: Cast, charter: Charter) -> None:
    for language, text in [("en", "No money."), ("fr", "Pas d'argent."), ("x-ours", "...")]:
        factories.make_voice(
            cast.river, cast.amina.user, cast.bo.user, language=language, text=text
        )

    spoken = spoken_in(cast.river, ["fr-CA", "en"])["NO_COMM"]

    assert spoken.first.language == "fr"
    assert [voice.language for voice in spoken.others] == ["en", "x-ours"]
    assert spoken_in(cast.river, ["x-ours"])["NO_COMM"].first.language == "x-ours"
    assert spoken_in(cast.river, ["de"])["NO_COMM"].first.language == "en"


def test_the_words_of_one_community_are_not_anothers(cast: Cast, charter: Charter) -> None:
    factories.make_voice(cast.river, cast.amina.user, cast.bo.user)

    assert spoken_in(cast.coast, ["en"]) == {}
    assert list(voices_seen(cast.coast, keeper=True)) == []
    assert progress_in(words_of(cast.coast, keeper=True)) == []


def test_what_is_missing_and_what_waits_is_counted(cast: Cast, charter: Charter) -> None:
    factories.make_voice(cast.river, cast.amina.user, cast.bo.user)
    write(cast, cast.eli, clause="SEASON", text="Not in winter.")
    write(cast, cast.eli, clause="SEASON", text="Pas en hiver.", language="fr", machine=True)

    rows = words_of(cast.river, keeper=True)

    assert len(rows) == len(library()) == 38
    assert [(each.language, each.confirmed, each.waiting) for each in progress_in(rows)] == [
        ("en", 1, 1),
        ("fr", 0, 0),
    ]
    missing = [sum(row.only(tag).languages[0].missing for row in rows) for tag in ("en", "fr")]
    assert missing == [36, 38]  # what only a machine said is missing
    seen = words_of(cast.river, keeper=False)
    assert [(each.language, each.waiting) for each in progress_in(seen)] == [("en", 0)]


def test_removed_words_stay_readable_for_their_keepers(cast: Cast) -> None:
    voice = write(cast, cast.amina, language="fr")
    voices.remove(voice.pk, actor=cast.amina.user, reason="wrong")

    (words,) = words_on(cast.river, library()["NO_COMM"], keeper=True).languages
    assert (words.missing, words.rest) == (True, (voice,))
    assert words_on(cast.river, library()["NO_COMM"], keeper=False).languages == ()
    assert words_of(cast.river, keeper=True)[0].languages == ()


def test_the_desk_says_how_many_wait_for_this_steward(cast: Cast, protocol: Protocol) -> None:
    write(cast, cast.amina, text="An old try.")
    write(cast, cast.eli, text="A new try.")
    write(cast, cast.amina, clause="SEASON", text="Not in winter.")
    write(cast, cast.eli, clause="SEASON", text="Pas en hiver.", language="fr", machine=True)

    def told(who: Person) -> list[str]:
        return [str(each.text) for each in desk_of(who.user) if "own words" in str(each.text)]

    assert told(cast.amina) == ["1 clause in our own words waits for a second person (River)."]
    assert told(cast.bo) == ["2 clauses in our own words wait for a second person (River)."]
    assert told(cast.eli) == told(cast.zed) == told(cast.chi) == []


def test_all_words_come_in_one_query(
    cast: Cast, charter: Charter, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for clause in ("NO_COMM", "SEASON", "PLACE"):
        factories.make_voice(cast.river, cast.amina.user, cast.bo.user, clause=clause)
        with django_assert_num_queries(1):
            spoken_in(cast.river, ["en"])
        with django_assert_num_queries(1):
            [voice.written_by.shown_name for voice in voices_seen(cast.river, keeper=True)]


@pytest.mark.parametrize(
    ("tag", "runs"),
    [
        ("ar", "rtl"),
        ("pa-Arab", "rtl"),
        ("uz-Latn", "ltr"),
        ("fr", "auto"),
        ("x-arab", "auto"),
        ("en-x-arab", "auto"),
    ],
)
def test_a_language_runs_as_its_script_does(tag: str, runs: str) -> None:
    assert direction(tag) == runs


def test_a_language_is_called_by_its_own_name_where_it_is_known() -> None:
    assert [language_name(tag) for tag in ("fr-CA", "x-ours")] == ["français (fr-CA)", "x-ours"]
