"""What a community says in private is kept sealed: what opens it, and what does not."""

from base64 import urlsafe_b64encode
from io import StringIO

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from governance.actions.sealing import seal
from governance.errors import CannotUnseal
from governance.models import AccessEvent, CommunityKey
from governance.queries.sealing import unseal
from governance.sealing import closed, new_key, opened
from tests.cast import Cast

WORDS = "Their promise does not help our elders. — ꓘ"
HERE = "message:1"


def text_of(key: bytes) -> str:
    return urlsafe_b64encode(key).decode().rstrip("=")


@given(st.binary(max_size=200), st.text(max_size=20))
def test_what_is_sealed_opens_again_with_its_key_and_context(text: bytes, context: str) -> None:
    key = new_key()

    assert opened(key, closed(key, text, context), context) == text


@given(st.data())
def test_any_changed_byte_is_refused(data: st.DataObject) -> None:
    key = new_key()
    sealed = bytearray(closed(key, WORDS.encode(), HERE))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(CannotUnseal):
        opened(key, bytes(sealed), HERE)


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 12, b"x" * 27])
def test_what_is_no_sealed_text_is_refused(sealed: bytes) -> None:
    with pytest.raises(CannotUnseal):
        opened(new_key(), sealed, HERE)


def test_the_same_words_never_look_the_same_twice() -> None:
    key = new_key()

    assert closed(key, b"yes", HERE) != closed(key, b"yes", HERE)


def test_a_community_reads_what_it_sealed(cast: Cast) -> None:
    sealed = seal(cast.river, WORDS, context=HERE)

    assert unseal(cast.river, sealed, context=HERE) == WORDS
    assert WORDS.encode() not in sealed
    assert CommunityKey.objects.count() == 1


def test_a_second_text_uses_the_same_key_and_another_community_another_one(cast: Cast) -> None:
    seal(cast.river, WORDS, context=HERE)
    seal(cast.river, WORDS, context="message:2")
    seal(cast.coast, WORDS, context=HERE)

    assert CommunityKey.objects.count() == 2


def test_a_text_moved_elsewhere_is_refused(cast: Cast) -> None:
    sealed = seal(cast.river, WORDS, context=HERE)

    with pytest.raises(CannotUnseal, match="changed"):
        unseal(cast.river, sealed, context="message:2")


def test_another_communitys_text_is_refused_whether_or_not_it_has_a_key(cast: Cast) -> None:
    sealed = seal(cast.river, WORDS, context=HERE)

    with pytest.raises(CannotUnseal, match="gone"):
        unseal(cast.coast, sealed, context=HERE)
    seal(cast.coast, WORDS, context=HERE)
    with pytest.raises(CannotUnseal, match="changed"):
        unseal(cast.coast, sealed, context=HERE)


def test_a_wrapped_key_given_to_another_community_does_not_open(cast: Cast) -> None:
    sealed = seal(cast.river, WORDS, context=HERE)
    seal(cast.coast, WORDS, context=HERE)
    rivers = CommunityKey.objects.get(community=cast.river)
    CommunityKey.objects.filter(community=cast.coast).update(wrapped=rivers.wrapped)

    with pytest.raises(CannotUnseal):
        unseal(cast.coast, sealed, context=HERE)


def test_a_destroyed_key_destroys_the_talk(cast: Cast) -> None:
    sealed = seal(cast.river, WORDS, context=HERE)
    CommunityKey.objects.filter(community=cast.river).delete()

    with pytest.raises(CannotUnseal, match="gone"):
        unseal(cast.river, sealed, context=HERE)
    seal(cast.river, "A new beginning.", context="message:2")
    with pytest.raises(CannotUnseal):
        unseal(cast.river, sealed, context=HERE)


def test_another_master_key_opens_nothing(cast: Cast) -> None:
    sealed = seal(cast.river, WORDS, context=HERE)

    with override_settings(KINHOLD_SEALING_KEY=text_of(new_key())):
        with pytest.raises(CannotUnseal):
            unseal(cast.river, sealed, context=HERE)
        with pytest.raises(CannotUnseal):
            seal(cast.river, WORDS, context=HERE)


@pytest.mark.parametrize("key", ["", "c2hvcnQ", "not base64!", "é"])
def test_a_master_key_that_is_none_is_said_so(cast: Cast, key: str) -> None:
    with (
        override_settings(KINHOLD_SEALING_KEY=key),
        pytest.raises(ImproperlyConfigured, match="KINHOLD_SEALING_KEY"),
    ):
        seal(cast.river, WORDS, context=HERE)


def renew(*options: str) -> str:
    told = StringIO()
    call_command("renew_sealing_key", *options, stdout=told)
    return told.getvalue()


def test_the_master_key_is_renewed_and_the_old_one_opens_nothing_any_more(cast: Cast) -> None:
    sealed = {c.pk: seal(c, WORDS, context=HERE) for c in (cast.river, cast.coast)}
    new = text_of(new_key())

    with override_settings(KINHOLD_SEALING_KEY_NEW=new):
        assert renew() == "Keys of communities wrapped anew: 2.\n"

    with pytest.raises(CannotUnseal):
        unseal(cast.river, sealed[cast.river.pk], context=HERE)
    with override_settings(KINHOLD_SEALING_KEY=new):
        for community in (cast.river, cast.coast):
            assert unseal(community, sealed[community.pk], context=HERE) == WORDS
    assert AccessEvent.objects.get(verb="sealing-key.renew").actor_label == "the platform"


def test_a_dry_run_changes_nothing(cast: Cast) -> None:
    sealed = seal(cast.river, WORDS, context=HERE)

    with override_settings(KINHOLD_SEALING_KEY_NEW=text_of(new_key())):
        told = renew("--dry-run")

    assert told == "Keys of communities would be wrapped anew; nothing was changed: 1.\n"
    assert unseal(cast.river, sealed, context=HERE) == WORDS
    assert not AccessEvent.objects.filter(verb="sealing-key.renew").exists()


def test_one_key_that_does_not_open_leaves_all_as_they_were(cast: Cast) -> None:
    sealed = seal(cast.river, WORDS, context=HERE)
    seal(cast.coast, WORDS, context=HERE)
    CommunityKey.objects.filter(community=cast.coast).update(wrapped=b"x" * 60)

    with (
        override_settings(KINHOLD_SEALING_KEY_NEW=text_of(new_key())),
        pytest.raises(CommandError, match="Nothing was changed"),
    ):
        renew()

    assert unseal(cast.river, sealed, context=HERE) == WORDS


def test_renewing_without_a_new_key_is_refused(cast: Cast) -> None:
    seal(cast.river, WORDS, context=HERE)

    assert settings.KINHOLD_SEALING_KEY_NEW == ""
    with pytest.raises(CommandError, match="KINHOLD_SEALING_KEY_NEW must be 32 bytes"):
        renew()
