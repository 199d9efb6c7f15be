"""Looking after a request: who may, whom it is told, and that it decides nothing."""

import re
from typing import Any

import pytest
from django.urls import reverse

from consent.actions import attending, requests
from consent.errors import ConflictOfInterest, Incomplete, NotNow, StandsBack
from consent.grants.statements import Answer
from consent.models import Grant, Review
from consent.rules import Completeness
from governance.actions import people as roles
from governance.errors import NotAllowed
from governance.models import AccessEvent, Alert
from tests.cast import Cast, Person
from tests.consent.factories import answer, make_request, review_of, say_yes

pytestmark = pytest.mark.django_db


def seat(person: Person) -> int:
    assert person.membership is not None
    return person.membership.pk


def assign(review: Review, by: Person, whom: Person | None) -> Review:
    return attending.assign(review.pk, actor=by.user, membership_id=seat(whom) if whom else None)


def told(person: Person) -> list[str]:
    return list(Alert.objects.filter(user=person.user).values_list("path", flat=True))


def care(review: Review) -> str:
    return reverse("consent:review_care", args=[review.public_id])


def test_a_steward_or_convenor_of_the_community_is_chosen_changed_and_taken_off(
    cast: Cast, review: Review
) -> None:
    for whom in (cast.eli, cast.bo, None):
        assign(review, cast.amina, whom)
        review.refresh_from_db()
        assert review.assigned_to == (whom.membership if whom else None)


def test_who_is_chosen_is_told_and_the_researcher_is_not(cast: Cast, review: Review) -> None:
    before = told(cast.chi)

    assign(review, cast.amina, cast.eli)

    assert care(review) in told(cast.eli)
    assert told(cast.chi) == before


@pytest.mark.parametrize("name", ["dov", "ola", "zed", "chi", "max"])
def test_nobody_else_can_be_chosen(cast: Cast, review: Review, name: str) -> None:
    person = getattr(cast, name)
    membership = person.membership.pk if person.membership else 2**31 - 2

    with pytest.raises(NotNow, match="cannot look after"):
        attending.assign(review.pk, actor=cast.amina.user, membership_id=membership)


def test_whose_role_has_ended_cannot_be_chosen(cast: Cast, review: Review) -> None:
    roles.end_role(seat(cast.eli), actor=cast.amina.user, reason="moved away")

    with pytest.raises(NotNow):
        assign(review, cast.amina, cast.eli)


def test_who_stepped_aside_can_neither_be_chosen_nor_act(cast: Cast, review: Review) -> None:
    answer(review, cast.cleo, Answer.RECUSE)

    with pytest.raises(NotNow):
        assign(review, cast.amina, cast.cleo)
    with pytest.raises(StandsBack, match="stepped aside"):
        assign(review, cast.cleo, cast.eli)
    with pytest.raises(StandsBack):
        attending.acknowledge(review.pk, actor=cast.cleo.user)
    with pytest.raises(StandsBack):
        attending.check(review.pk, actor=cast.cleo.user, found=Completeness.COMPLETE)


def test_who_is_named_in_the_request_can_neither_be_chosen_nor_act(
    cast: Cast, dataset: Any
) -> None:
    named = [{"name": "Eli", "email": cast.eli.user.email, "orcid": ""}]
    review = review_of(make_request(cast.chi.user, people=named))

    with pytest.raises(NotNow):
        assign(review, cast.amina, cast.eli)
    with pytest.raises(StandsBack, match="named in this request"):
        assign(review, cast.eli, cast.amina)


def test_looking_after_it_gives_no_more_say(cast: Cast, review: Review) -> None:
    assign(review, cast.amina, cast.eli)
    assign(review, cast.amina, cast.cleo)

    with pytest.raises(NotAllowed):
        answer(review, cast.eli)
    assert not answer(review, cast.cleo).adopted
    assert answer(review, cast.amina).adopted


ACTS = {
    "assign": lambda review, user: attending.assign(review.pk, actor=user, membership_id=None),
    "acknowledge": lambda review, user: attending.acknowledge(review.pk, actor=user),
    "check": lambda review, user: attending.check(
        review.pk, actor=user, found=Completeness.COMPLETE
    ),
}


@pytest.mark.parametrize("act", ACTS)
def test_only_stewards_and_convenors_of_the_community_look_after_it(
    cast: Cast, review: Review, act: str
) -> None:
    allowed = []
    for role, person in cast.everybody.items():
        try:
            ACTS[act](review, person.user)
        except NotAllowed:
            continue
        except NotNow:
            pass  # let in; somebody did it before
        allowed.append(role)

    assert allowed == ["steward", "convenor"]


def test_the_researcher_is_told_that_somebody_looks_and_nothing_else(
    cast: Cast, review: Review
) -> None:
    attending.acknowledge(review.pk, actor=cast.eli.user)

    address = reverse("consent:messages", args=[review.revision.request.public_id])
    assert told(cast.chi) == [address]
    page = cast.chi.client().get(address).content.decode()
    assert "Somebody of River looks at it" in page
    assert not re.search(r"\bEli\b", page)
    assert AccessEvent.objects.filter(verb="review.seen", actor=cast.eli.user).count() == 1


def test_they_are_told_once(cast: Cast, review: Review) -> None:
    attending.acknowledge(review.pk, actor=cast.eli.user)

    with pytest.raises(NotNow, match="told before"):
        attending.acknowledge(review.pk, actor=cast.amina.user)


def test_a_check_is_noted_with_its_note_and_may_be_done_anew(cast: Cast, review: Review) -> None:
    attending.check(
        review.pk, actor=cast.eli.user, found=Completeness.INCOMPLETE, note=" No letter. "
    )
    review.refresh_from_db()
    assert (review.completeness, review.completeness_note) == ("incomplete", "No letter.")
    assert review.completeness_by == cast.eli.membership

    attending.check(review.pk, actor=cast.amina.user, found=Completeness.COMPLETE)
    review.refresh_from_db()
    assert (review.completeness, review.completeness_note) == ("complete", "")
    assert AccessEvent.objects.filter(verb="review.check").count() == 2


@pytest.mark.parametrize("note", ["x" * 1001, "turned \u202e round"])
def test_a_note_that_cannot_be_kept_is_refused(cast: Cast, review: Review, note: str) -> None:
    with pytest.raises(Incomplete):
        attending.check(review.pk, actor=cast.eli.user, found=Completeness.COMPLETE, note=note)


def test_an_incomplete_request_is_decided_all_the_same(cast: Cast, review: Review) -> None:
    attending.check(review.pk, actor=cast.eli.user, found=Completeness.INCOMPLETE)

    say_yes(review, [cast.amina, cast.bo])

    assert Grant.objects.count() == 1


def test_the_log_does_not_tell_who_was_chosen_nor_the_note(cast: Cast, review: Review) -> None:
    assign(review, cast.amina, cast.eli)
    attending.check(review.pk, actor=cast.amina.user, found=Completeness.COMPLETE, note="Heron")

    rows = AccessEvent.objects.filter(subject=f"review:{review.public_id}", actor=cast.amina.user)
    assert rows.count() == 2
    assert {row.reason for row in rows} == {""}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_looked_after_once_it_is_over(cast: Cast, review: Review, act: str) -> None:
    requests.withdraw(review.revision.request.pk, actor=cast.chi.user)

    with pytest.raises(NotNow):
        ACTS[act](review, cast.amina.user)


def test_the_list_is_narrowed_to_what_one_looks_after(cast: Cast, review: Review) -> None:
    other = review_of(make_request(cast.chi.user, title="Zinc"))
    assign(review, cast.amina, cast.eli)
    eli, url = cast.eli.client(), reverse("consent:reviews")

    def found(query: str) -> list[Any]:
        return list(eli.get(url + query).context["listing"].page)

    assert found("?after=me") == [review]
    assert found("?after=nobody") == [other]
    assert found("?after=elsewhere") == [other, review]
    assert "Eli looks after it." in eli.get(url).content.decode()


def test_the_page_says_that_it_gives_no_more_say_and_decides_nothing(
    cast: Cast, review: Review
) -> None:
    page = cast.amina.client().get(care(review)).content.decode()

    assert "To look after a request gives no more say in it." in page
    assert "The check decides nothing." in page
    assert 'aria-current="step"' in page


def test_the_forms_do_what_they_say_and_keep_what_was_typed(cast: Cast, review: Review) -> None:
    amina = cast.amina.client()

    def to(name: str) -> str:
        return reverse(f"consent:{name}", args=[review.public_id])

    assert cast.eli.membership is not None
    chosen = {"who": str(cast.eli.membership.public_id)}
    assert amina.post(to("review_assign"), chosen)["Location"] == care(review)
    assert amina.post(to("review_assign"), {"who": "x"}).status_code == 400
    assert amina.post(to("review_seen"))["Location"] == care(review)
    wrong = amina.post(to("review_check"), {"note": "No letter of a board."})
    assert wrong.status_code == 400
    assert "No letter of a board." in wrong.content.decode()
    sent = {"found": "incomplete", "note": "No letter of a board."}
    assert amina.post(to("review_check"), sent)["Location"] == care(review)

    page = amina.get(care(review)).content.decode()
    for shown in ("Eli", "something is missing", "No letter of a board.", "Yes, since"):
        assert shown in page, shown


def test_a_steward_who_is_named_is_told_why_she_does_not_look_after_it(
    cast: Cast, dataset: Any
) -> None:
    named = [{"name": "Bo", "email": cast.bo.user.email, "orcid": ""}]
    review = review_of(make_request(cast.chi.user, people=named))

    with pytest.raises(ConflictOfInterest):
        answer(review, cast.bo)
    assert "You are named in this request" in cast.bo.client().get(care(review)).content.decode()
    for name in ("review_assign", "review_seen", "review_check"):
        page = cast.bo.client().get(reverse(f"consent:{name}", args=[review.public_id]))
        assert page.status_code == 403
        assert "You are named in this request" in page.content.decode()
