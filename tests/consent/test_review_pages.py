import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.actions import requests
from consent.grants.statements import Answer
from consent.models import Grant
from governance.models import Ballot
from tests.cast import Person
from tests.consent.accepting import posted, text_for
from tests.consent.factories import answer, fields, make_request, review_of
from tests.factories import (
    form_fields,
    make_charter,
    make_membership,
    make_passkey,
    make_protocol,
    make_user,
    threshold,
)

pytestmark = pytest.mark.django_db


def url(review, name="review"):
    return reverse(f"consent:{name}", args=[review.public_id])


def page(person, review):
    return person.client().get(url(review)).content.decode()


def sign(person, review, choice, **more):
    review.refresh_from_db()
    data = form_fields(person.passkey, review.statement, choice) | more
    return person.client().post(url(review, "review_sign"), data, follow=True)


def test_the_page_tells_everything_a_steward_needs_in_order(cast, review):
    # Below the list of what is on the page.
    text = page(cast.amina, review).rpartition("</nav>")[2]

    headings = [
        "In one sentence",
        "What would leave our node",
        "Who they are",
        "Good for us",
        "Harm that could come",
        "Our rules against their request",
        "How private is it",
        "What happens afterwards",
        "If we change our mind",
        "When we stop: what can be undone, and what cannot",
        "What our yes would say",
        "Questions and answers",
        "How we decide",
        "What others decided",
        "Our answer",
        "The exact text that you sign",
    ]
    places = [text.index(heading) for heading in headings]
    assert places == sorted(places)


def test_the_page_says_what_the_request_says(cast, review):
    text = page(cast.amina, review)

    for said in (
        "Lakeside University asks to compute a Linear regression on our data",
        "How many people have all the needed values.",
        "At most 3 rounds.",
        "chi@university.example",
        "A plain report within a year.",
        "A person might be guessed from the sums.",
        "Noise is added: privacy loss (epsilon) 1, delta 0.00001, counted for each person.",
        "Mixing would protect nothing here; only noise can hide people.",
        "100-199",
        "The model is kept for two years.",
        "Then it is destroyed, with a witness.",
        "The national science fund (public).",
        "Due 12 months after the yes.",
        "Who looks: The health committee.",
        "We publish no result by community.",
        "2 of 3 stewards must sign yes.",
    ):
        assert said in text, said


def test_conflicts_with_our_rules_come_first(cast, dataset):
    company = {"name": "Firm", "ror": "", "type": "company"}
    review = review_of(make_request(cast.chi.user, institution=company, max_rounds=30))

    text = page(cast.amina, review)

    assert text.index("They are a company.") < text.index("only a promise")
    assert text.index("They ask for 30 rounds.") < text.index("only a promise")


def test_what_researchers_write_is_shown_as_text_and_not_as_markup(cast, dataset):
    review = review_of(make_request(cast.chi.user, question="<script>alert(1)</script>"))

    text = page(cast.amina, review)

    assert "<script>alert(1)</script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_nobody_sees_others_answers_or_how_many_before_answering(cast, review):
    answer(review, cast.amina)

    text = page(cast.bo, review)

    assert "You see this once you have answered yourself" in text
    assert "signed so far" not in text
    assert "Amina" not in text


def test_after_her_own_answer_a_steward_sees_the_others(cast, review):
    sign(cast.amina, review, Answer.YES, comment="Our children gain.")
    sign(cast.bo, review, Answer.NOT_YET)

    text = page(cast.bo, review)

    assert "Amina: Yes" in text
    assert "Our children gain." in text
    assert "Your answer:</strong> Not yet, let us talk" in text
    assert "2 of 3 stewards must sign yes; 1 signed so far." in text


@pytest.mark.parametrize("who", ["convenor", "custodian", "observer"])
def test_members_who_do_not_decide_see_no_answers_and_no_form(cast, review, who):
    sign(cast.amina, review, Answer.NO, comment="Not for us.")

    text = page(cast.everybody[who], review)

    assert "Amina" not in text
    assert "Not for us." not in text
    assert "signed so far" not in text
    assert 'name="signature"' not in text


def test_a_yes_is_signed_through_the_page_and_the_second_one_decides(cast, review):
    first = sign(cast.amina, review, Answer.YES)
    second = sign(cast.bo, review, Answer.YES)

    assert "Your community is still deciding." in first.content.decode()
    assert "With it your community has said yes." in second.content.decode()
    assert Grant.objects.get(review=review).state == "active"


def test_a_signature_for_another_answer_is_refused_on_the_page(cast, review):
    result = sign(cast.amina, review, Answer.NO, answer="yes")

    assert not Ballot.objects.filter(statement=review.statement).exists()
    assert "message-error" in result.content.decode()


@pytest.mark.parametrize(
    "change", [{"answer": "maybe"}, {"signature": ""}, {"signature": "!"}, {"credential_id": "="}]
)
def test_a_form_that_no_passkey_sent_is_shown_again(cast, review, change):
    result = sign(cast.amina, review, Answer.YES, **change)

    assert result.status_code == 400
    assert not Ballot.objects.filter(statement=review.statement).exists()


def test_conditions_are_wished_then_put_into_the_text_then_signed_then_accepted(cast, review):
    sign(cast.amina, review, Answer.YES_WITH_CONDITIONS, conditions="Tell us first.")
    sign(cast.bo, review, Answer.NOT_YET)
    form = cast.bo.client().get(url(review, "review_conditions")).content.decode()
    put = cast.bo.client().post(
        url(review, "review_conditions"), {"conditions": "Tell us first."}, follow=True
    )
    for steward in (cast.amina, cast.bo):
        sign(steward, review, Answer.YES)
    grant = Grant.objects.get(review=review)
    accept = reverse("consent:grant_accept", args=[grant.public_id])
    asked = cast.chi.client().get(accept).content.decode()
    signed = posted(text_for(grant, cast.chi), cast.chi.passkey)
    accepted = cast.chi.client().post(accept, signed, follow=True).content.decode()

    assert "Tell us first.</textarea>" in form
    assert "Conditions were put into the agreement" in put.content.decode()
    assert "<li>Tell us first.</li>" in asked
    assert "You accepted the conditions." in accepted
    grant.refresh_from_db()
    assert grant.state == "active"


def test_a_yes_with_conditions_that_names_none_is_shown_again(cast, review):
    result = sign(cast.amina, review, Answer.YES_WITH_CONDITIONS)

    assert result.status_code == 400
    assert "Please say which conditions" in result.content.decode()


def test_conditions_that_change_nothing_are_shown_again(cast, review):
    result = cast.amina.client().post(url(review, "review_conditions"), {"conditions": ""})

    assert result.status_code == 400
    assert "says exactly this already" in result.content.decode()


def test_a_steward_named_in_the_request_is_offered_to_step_aside_only(cast, dataset):
    people = [*fields()["people"], {"name": "A", "email": cast.amina.user.email, "orcid": ""}]
    review = review_of(make_request(cast.chi.user, people=people))

    text = page(cast.amina, review)
    refused = sign(cast.amina, review, Answer.YES)
    taken = sign(cast.amina, review, Answer.RECUSE)

    assert "You are named in this request" in text
    assert 'value="yes" required' not in text
    assert refused.status_code == 400
    assert "Your answer:</strong> I step aside" in taken.content.decode()


def test_after_a_new_charter_the_text_is_put_anew_first(cast, review):
    make_charter(cast.river, cast.signers[:2], rules=threshold(2))

    before = page(cast.amina, review)
    refused = sign(cast.amina, review, Answer.YES).content.decode()
    signed = sign(cast.amina, review, Answer.YES).content.decode()

    assert "It must be put anew before anybody signs." in before
    assert 'name="signature"' not in before
    assert "your answer was not taken" in refused
    assert "Your answer is signed." in signed


def test_the_text_can_be_put_anew_by_a_button(cast, review):
    make_charter(cast.river, cast.signers[:2], rules=threshold(2))

    result = cast.amina.client().post(url(review, "review_renew"), follow=True).content.decode()

    assert "A new text is here." in result
    assert 'name="signature"' in result


def test_a_steward_whom_the_charter_does_not_name_is_told_so(cast, review):
    user = make_user("New")
    make_membership(user, cast.river)
    text = page(Person(user, make_passkey(user)), review)

    assert "The charter in force does not name you as a steward" in text
    assert 'name="signature"' not in text


def test_the_list_shows_open_ones_first_and_is_kind_when_empty(cast, review, charter):
    requests.withdraw(review.revision.request.pk, actor=cast.chi.user)
    make_request(cast.chi.user, question="Another?")

    text = cast.amina.client().get(reverse("consent:reviews")).content.decode()
    empty = cast.zed.client().get(reverse("consent:reviews")).content.decode()

    assert text.index("badge-open") < text.index("badge-withdrawn")
    assert "You have not answered." in text
    assert "Nothing waits for you" in empty


def queries_of(client, address):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_the_list_costs_the_same_for_one_and_for_three(cast, review):
    client, address = cast.amina.client(), reverse("consent:reviews")
    one = queries_of(client, address)

    for number in range(2):
        make_request(cast.chi.user, question=f"Another {number}?")

    assert queries_of(client, address) == one


def test_the_page_costs_the_same_for_one_and_for_three_answers(cast, review):
    client = cast.amina.client()
    answer(review, cast.amina, Answer.YES_WITH_CONDITIONS, conditions="One.")
    one = queries_of(client, url(review))

    answer(review, cast.bo, Answer.YES_WITH_CONDITIONS, conditions="Two.\nThree.")
    answer(review, cast.cleo, Answer.NOT_YET)

    assert queries_of(client, url(review)) == one


def test_an_outdated_text_that_cannot_be_renewed_says_why(cast, dataset):
    review = review_of(make_request(cast.chi.user))
    make_protocol(cast.river, cast.signers, min_nodes=3)

    result = cast.amina.client().post(url(review, "review_renew"), follow=True).content.decode()

    assert "at least 3 communities together" in result
    review.refresh_from_db()
    assert review.state == "open"
