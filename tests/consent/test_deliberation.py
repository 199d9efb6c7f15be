"""What a community says among itself: who reads it, and that nobody else can (R-22, R-50)."""

import re
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.encoding import force_bytes

from consent.actions import deliberation, requests, reviews
from consent.errors import Incomplete, NotNow, ReadersChanged, StandsBack
from consent.grants.statements import Answer
from consent.models import Advice, Message, Review
from consent.queries.deliberation import private_talk, stands_back
from consent.queries.readers import readers_among_themselves
from governance.errors import NotAllowed
from governance.models import AccessEvent, Alert, CommunityKey
from governance.rules import CommunityRole
from tests import factories as people
from tests.cast import Cast, Person
from tests.consent.factories import answer, make_request, review_of
from tests.consent.talking import ask_outside, say

pytestmark = pytest.mark.django_db

WORDS = "Heronwort: I fear for our elders."


def page_of(review: Review) -> str:
    return reverse("consent:review_deliberation", args=[review.public_id])


def read(person: Person, review: Review) -> Any:
    return person.client().get(page_of(review))


def test_stewards_and_convenors_read_what_was_said_with_the_speakers_name(
    cast: Cast, review: Review
) -> None:
    say(review, cast.amina, WORDS)

    for person in (*cast.stewards, cast.eli):
        page = read(person, review).content.decode()
        assert WORDS in page
        assert "Amina" in page


@pytest.mark.parametrize("name", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_to_everybody_else_there_is_no_such_page(cast: Cast, review: Review, name: str) -> None:
    say(review, cast.amina, WORDS)
    person: Person = getattr(cast, name)

    assert read(person, review).status_code == 404
    assert person.client().post(page_of(review), {"text": "x"}).status_code == 404
    with pytest.raises(NotAllowed):
        say(review, person, "x")
    assert (
        "Among us"
        not in person.client()
        .get(reverse("consent:review", args=[review.public_id]))
        .content.decode()
    )


@pytest.mark.parametrize("name", ["aud", "max", "chi"])
def test_a_membership_written_by_hand_does_not_open_it(
    cast: Cast, review: Review, name: str
) -> None:
    person: Person = getattr(cast, name)
    for role in CommunityRole:
        people.make_membership(person.user, cast.river, role)

    assert read(person, review).status_code == 404
    with pytest.raises(NotAllowed):
        say(review, person, "x")


def test_who_reads_it_is_named_before(cast: Cast, review: Review) -> None:
    page = read(cast.amina, review).content.decode()

    assert "Only stewards and convenors of River: Eli, Amina, Bo and Cleo." in page
    answer(review, cast.cleo, Answer.RECUSE)
    page = read(cast.amina, review).content.decode()
    assert "Only stewards and convenors of River: Eli, Amina and Bo." in page


def test_what_others_would_read_by_now_is_not_kept(cast: Cast, review: Review) -> None:
    mark = readers_among_themselves(review).mark
    people.make_membership(people.make_user("Fay"), cast.river, CommunityRole.CONVENOR)

    with pytest.raises(ReadersChanged):
        deliberation.say(review.pk, actor=cast.amina.user, text="x", readers=mark)
    answered = cast.amina.client().post(page_of(review), {"text": WORDS, "readers": mark})
    assert answered.status_code == 400
    page = answered.content.decode()
    assert WORDS in page, "what was typed is kept"
    assert "Who reads this has changed." in page
    assert "Fay" in page
    assert not Message.objects.exists()


def test_the_form_keeps_it(cast: Cast, review: Review) -> None:
    mark = readers_among_themselves(review).mark

    done = cast.eli.client().post(page_of(review), {"text": WORDS, "readers": mark})

    assert done["Location"] == page_of(review)
    [said] = private_talk(review)
    assert (said.by, said.text) == ("Eli", WORDS)


def test_who_stepped_aside_neither_reads_nor_writes_and_is_told_why(
    cast: Cast, review: Review
) -> None:
    say(review, cast.amina, WORDS)
    answer(review, cast.cleo, Answer.RECUSE)

    page = read(cast.cleo, review)
    assert page.status_code == 403
    assert "You stepped aside from this request" in page.content.decode()
    assert WORDS not in page.content.decode()
    assert cast.cleo.client().post(page_of(review), {"text": "x"}).status_code == 403
    with pytest.raises(StandsBack):
        say(review, cast.cleo, "x")
    assert read(cast.bo, review).status_code == 200


def test_a_new_text_does_not_open_it_to_who_stepped_aside(cast: Cast, review: Review) -> None:
    answer(review, cast.cleo, Answer.RECUSE)
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])

    assert read(cast.cleo, review).status_code == 403

    answer(review, cast.cleo, Answer.NOT_YET)
    assert read(cast.cleo, review).status_code == 200


def test_a_recusal_that_was_set_aside_still_keeps_her_out(cast: Cast, review: Review) -> None:
    answer(review, cast.cleo, Answer.RECUSE)
    review.statement.ballots.update(replaced_at=review.opened_at)

    assert stands_back(review, cast.cleo.user)


def test_stepping_aside_from_one_request_leaves_the_others_open(cast: Cast, review: Review) -> None:
    other = review_of(make_request(cast.chi.user, title="Zinc"))
    answer(review, cast.cleo, Answer.RECUSE)

    assert read(cast.cleo, other).status_code == 200


def test_who_is_named_in_the_request_neither_reads_nor_writes(cast: Cast, dataset: Any) -> None:
    named = [{"name": "E", "email": cast.eli.user.email, "orcid": ""}]
    review = review_of(make_request(cast.chi.user, people=named))
    say(review, cast.amina, WORDS)

    page = read(cast.eli, review)
    assert page.status_code == 403
    assert "You are named in this request" in page.content.decode()
    with pytest.raises(StandsBack):
        say(review, cast.eli, "x")
    assert "Eli" not in readers_among_themselves(review).sentence


def test_another_communitys_people_do_not_read_it(cast: Cast, review: Review) -> None:
    people.make_membership(cast.zed.user, cast.coast, CommunityRole.CONVENOR)

    assert read(cast.zed, review).status_code == 404


def test_the_others_are_told_once_a_day_and_who_stands_back_is_not(
    cast: Cast, review: Review
) -> None:
    answer(review, cast.cleo, Answer.RECUSE)
    say(review, cast.amina)
    say(review, cast.amina)

    alerts = Alert.objects.filter(path=page_of(review))
    assert sorted(alert.user.name for alert in alerts) == ["Bo", "Eli"]


@pytest.mark.parametrize("text", ["", " \n", "x" * 4001, "a\u202eb"])
def test_a_text_that_cannot_be_kept_is_refused(cast: Cast, review: Review, text: str) -> None:
    with pytest.raises(Incomplete):
        say(review, cast.amina, text)
    assert not Message.objects.exists()


def test_talk_goes_on_after_the_decision_and_ends_with_a_newer_text(
    cast: Cast, review: Review
) -> None:
    requests.withdraw(review.revision.request.pk, actor=cast.chi.user)
    say(review, cast.amina, "What a pity.")

    Review.objects.filter(pk=review.pk).update(state="replaced")
    with pytest.raises(NotNow):
        say(review, cast.amina)
    page = read(cast.amina, review).content.decode()
    assert "What a pity." in page
    assert "The talk goes on there." in page


def breaks(review: Review, message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(sealed=b"x" + bytes(message.sealed or b"")[1:])


def loses_its_key(review: Review, message: Message) -> None:
    CommunityKey.objects.all().delete()


def is_moved(review: Review, message: Message) -> None:
    other = Message.objects.exclude(pk=message.pk).get()
    Message.objects.filter(pk=message.pk).update(sealed=other.sealed)


@pytest.mark.parametrize("harm", [breaks, loses_its_key, is_moved])
def test_what_cannot_be_opened_is_said_so_and_the_page_stands(
    cast: Cast, review: Review, harm: Any
) -> None:
    say(review, cast.bo, "Samphire")
    harm(review, say(review, cast.amina, WORDS))

    page = read(cast.amina, review)

    assert page.status_code == 200
    assert "This text cannot be read any more." in page.content.decode()
    assert WORDS not in page.content.decode()


def test_it_cannot_be_kept_under_another_master_key_and_that_is_said(
    cast: Cast, review: Review, settings: Any
) -> None:
    say(review, cast.bo)
    settings.KINHOLD_SEALING_KEY = urlsafe_b64encode(b"k" * 32).decode()
    mark = readers_among_themselves(review).mark

    answered = cast.amina.client().post(page_of(review), {"text": WORDS, "readers": mark})

    assert answered.status_code == 400
    assert WORDS in answered.content.decode()
    assert "This text cannot be read any more." in answered.content.decode()


def test_the_page_is_kept_in_no_cache(cast: Cast, review: Review) -> None:
    assert "no-store" in read(cast.amina, review)["Cache-Control"]


def test_the_log_tells_that_somebody_spoke_and_not_what(cast: Cast, review: Review) -> None:
    say(review, cast.amina, WORDS)

    row = AccessEvent.objects.get(verb="deliberation.say")
    assert (row.reason, row.document_digest) == ("", "")


def everything_in_the_database() -> dict[str, bytes]:
    """Each table's rows as text; bytes stand there in hexadecimal."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608  names from the catalogue
            found[table] = b"\n".join(force_bytes(row[0]) for row in cursor.fetchall())
    return found


def test_no_table_no_session_and_no_log_holds_the_words(
    cast: Cast, review: Review, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    """A dump of the database tells nothing of what was said; words typed and refused neither."""
    from consent.actions import advice

    plain = "told to everybody"
    mark = readers_among_themselves(review).mark
    amina = cast.amina.client()
    with caplog.at_level("DEBUG"):
        amina.post(page_of(review), {"text": WORDS, "readers": mark})
        amina.post(page_of(review), {"text": WORDS, "readers": "wrong"})
        amina.post(page_of(review), {"text": WORDS * 200, "readers": mark})
        amina.get(page_of(review))
        _asked, token = ask_outside(review, cast.amina)
        advice.give(token, interests=plain, text=WORDS)
        amina.get(reverse("consent:review_advice", args=[review.public_id]))
    assert Message.objects.count() == Advice.objects.filter(given_at__isnull=False).count() == 1

    dump = everything_in_the_database()

    assert plain.encode() in dump["consent_advice"], "the search itself finds what is there"
    word = b"Heronwort"
    told = caplog.text + "".join(capfd.readouterr())
    for written in (word, word.hex().encode(), b64encode(word)[:-2], word[::-1]):
        assert not [table for table, rows in dump.items() if written in rows], written
        assert written.decode() not in told
    assert re.search(r"\\x[0-9a-f]{40}", dump["consent_message"].decode())
