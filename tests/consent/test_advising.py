"""The adviser's page: a link without an account, and nothing but the request behind it."""

import logging
import re
from base64 import urlsafe_b64encode
from io import StringIO
from logging.config import dictConfig
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from config.logs import logging_settings
from consent.actions import attending
from consent.models import Advice, Review
from consent.rules import Completeness
from consent.views.advising import MOST_AN_HOUR
from governance.models import AccessEvent
from tests.cast import Cast
from tests.consent.factories import answer
from tests.consent.talking import ask_outside, ask_them, say

pytestmark = pytest.mark.django_db


def link_to(token: str) -> str:
    return reverse("consent:advising", args=[token])


def sent_by_form(cast: Cast, review: Review) -> str:
    """Ask through the page; return the path of the link that was mailed."""
    asked = {"name": "Dr. Iris", "email": "dr@clinic.example", "question": "Heronwort?"}
    page = reverse("consent:advice_ask", args=[review.public_id])
    done = cast.eli.client().post(page, asked)
    assert done["Location"] == reverse("consent:review_advice", args=[review.public_id])
    found = re.search(r"https?://[^/]+(/advice/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def test_she_gets_a_mail_that_says_nothing_of_what_it_is_about(cast: Cast, review: Review) -> None:
    path = sent_by_form(cast, review)

    message = mail.outbox[-1]
    assert message.to == ["dr@clinic.example"]
    told = f"{message.subject} {message.body}"
    for word in ("River", "Heronwort", "Weight and illness", "Chi", "Eli", "Lakeside"):
        assert word not in told, word
    assert Client().get(path).status_code == 200


def test_she_reads_who_asks_what_and_the_request(cast: Cast, review: Review) -> None:
    page = Client().get(sent_by_form(cast, review)).content.decode()

    for shown in (
        "River asks for your advice",
        "Eli asks you:",
        "Heronwort?",
        "Lakeside University",
        "The community might be called ill.",
        "what ties you to these researchers",
    ):
        assert shown in page, shown


def test_she_reads_no_votes_no_messages_and_no_other_community(cast: Cast, review: Review) -> None:
    ask_them(review, cast.amina, "Samphire to them")
    say(review, cast.bo, "Seaholly among us")
    attending.check(
        review.pk, actor=cast.amina.user, found=Completeness.INCOMPLETE, note="Quillwort note"
    )
    attending.assign(review.pk, actor=cast.amina.user, membership_id=cast.cleo.membership.pk)
    answer(review, cast.amina)
    other, _token = ask_outside(review, cast.amina, "other@clinic.example")
    Advice.objects.filter(pk=other.pk).update(question="Edelweiss", adviser_name="Dr. Otter")

    page = Client().get(sent_by_form(cast, review)).content.decode()

    for hidden in (
        "Samphire",
        "Seaholly",
        "Quillwort",
        "Edelweiss",
        "Otter",
        "Amina",
        "Bo",
        "Cleo",
        "Communities asked",
        "Looking after",
        "Among us",
    ):
        assert hidden not in page, hidden


def test_the_keeper_of_shared_data_is_not_told(cast: Cast, review: Review) -> None:
    """Of data that another community keeps, its name is no business of an adviser's."""
    from governance.models import Dataset

    _asked, token = ask_outside(review, cast.amina)
    Dataset.objects.filter(pk=review.dataset_id).update(community=cast.coast)

    assert "Coast" not in Client().get(link_to(token)).content.decode()


def test_giving_advice_shows_thank_you_and_so_does_the_link_from_then_on(
    cast: Cast, review: Review
) -> None:
    path = sent_by_form(cast, review)

    given = Client().post(path, {"interests": "none", "text": "Take care."})
    assert given.status_code == 200
    again = Client().get(path)

    for page in (given.content.decode(), again.content.decode()):
        assert "Thank you" in page
        for hidden in ("Lakeside", "River", "Weight", "Take care.", "Iris"):
            assert hidden not in page, hidden
    more = Client().post(path, {"interests": "none", "text": "Once more."})
    assert more.status_code == 404
    assert Advice.objects.get().interests == "none"


def test_what_was_typed_is_kept_when_her_interests_are_missing(cast: Cast, review: Review) -> None:
    path = sent_by_form(cast, review)

    page = Client().post(path, {"interests": "", "text": "Take care."})

    assert page.status_code == 400
    assert "Take care." in page.content.decode()
    assert Advice.objects.get().given_at is None


def test_only_looking_counts_as_opening(cast: Cast, review: Review) -> None:
    path = sent_by_form(cast, review)
    Client().get(path)
    Client().post(path, {"text": "Take care."})

    assert AccessEvent.objects.filter(verb="advice.open").count() == 1


@pytest.mark.parametrize("state", ["open", "given", "unknown", "wrong"])
def test_the_link_is_kept_from_search_engines_caches_and_other_sites(
    cast: Cast, review: Review, state: str
) -> None:
    path = sent_by_form(cast, review) if state != "unknown" else link_to("no-such-thing")
    if state == "given":
        Client().post(path, {"interests": "none", "text": "x"})

    answered = Client().post(path, {}) if state == "wrong" else Client().get(path)

    assert "noindex" in answered["X-Robots-Tag"]
    assert answered["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answered["Cache-Control"]


def test_whoever_is_signed_in_gets_the_same_and_is_told_nothing_more(
    cast: Cast, review: Review
) -> None:
    path = sent_by_form(cast, review)

    for person in cast.everybody.values():
        assert person.client().get(path).status_code == 200


def test_no_other_address_opens_with_the_link(cast: Cast, review: Review) -> None:
    browser = Client()
    browser.get(sent_by_form(cast, review))

    for name in ("review", "review_care", "review_talk", "review_deliberation", "review_advice"):
        answered = browser.get(reverse(f"consent:{name}", args=[review.public_id]))
        assert answered["Location"].startswith("/accounts/login/"), name
    assert "sessionid" not in browser.cookies


def test_a_browser_that_sends_no_origin_may_give_advice(cast: Cast, review: Review) -> None:
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "null"})

    given = browser.post(sent_by_form(cast, review), {"interests": "none", "text": "Take care."})

    assert "Thank you" in given.content.decode()


def test_trying_over_and_over_is_stopped_for_an_hour(cast: Cast, review: Review) -> None:
    path = sent_by_form(cast, review)
    for number in range(MOST_AN_HOUR):
        assert Client().get(link_to(f"guess-{number}")).status_code == 404

    assert Client().get(path).status_code == 429
    assert Client().get(path, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    elsewhere: dict[str, Any] = {"REMOTE_ADDR": "203.0.113.9"}
    assert Client(**elsewhere).get(path).status_code == 200


def test_a_mail_that_could_not_be_sent_is_said_so(
    cast: Cast, review: Review, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = reverse("consent:advice_ask", args=[review.public_id])
    asked = {"name": "Dr. Iris", "email": "dr@clinic.example", "question": "Why?"}

    answered = cast.eli.client().post(page, asked)

    assert answered.status_code == 400
    assert "The mail could not be sent, so nobody was asked." in answered.content.decode()
    assert "dr@clinic.example" in answered.content.decode(), "what was typed is kept"
    assert Advice.objects.get().taken_back_at is not None


def test_no_log_holds_the_link(cast: Cast, review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django writes the path of each request that fails, and of this one it is the secret."""
    path, written = sent_by_form(cast, review), StringIO()
    monkeypatch.setattr("sys.stderr", written)
    before = logging.getLogger().handlers[:]
    # New settings close every handler there is, and some libraries' close the test's own output.
    monkeypatch.setattr(logging, "_handlerList", [])
    dictConfig(logging_settings(level="INFO", as_json=True))
    try:
        assert Client().post(path, {}).status_code == 400
    finally:
        logging.getLogger().handlers[:] = before

    assert "Bad Request: /advice/(secret)" in written.getvalue()
    assert path not in written.getvalue()


def test_advice_that_cannot_be_sealed_is_not_lost(
    cast: Cast, review: Review, settings: Any
) -> None:
    say(review, cast.amina)
    path = sent_by_form(cast, review)
    settings.KINHOLD_SEALING_KEY = urlsafe_b64encode(b"k" * 32).decode()

    page = Client().post(path, {"interests": "none", "text": "Take care."})

    assert page.status_code == 400
    assert "It cannot be kept now." in page.content.decode()
    assert "Take care." in page.content.decode()
    assert Advice.objects.get().given_at is None
