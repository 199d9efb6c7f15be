"""A steward who is named in a request stays out of it after the yes as before (R-22)."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from consent.actions import (
    advice,
    attending,
    blocks,
    incidents,
    notices,
    obligations,
    publications,
)
from consent.actions.blocks import Named
from consent.errors import ConflictOfInterest
from consent.models import Grant
from consent.queries import grants_active
from consent.rules import BlockKind, Completeness, ObligationKind, PublicationAnswer
from tests.cast import Cast
from tests.consent import promising
from tests.consent.factories import make_request, review_of, say_yes, sign_notice
from tests.consent.incidents import by_researcher

pytestmark = pytest.mark.django_db


@pytest.fixture
def hers(cast: Cast, dataset: object) -> Grant:
    """Cleo, a steward of River, is one of the researchers."""
    people = [
        {"name": "Chi", "email": "chi@university.example", "orcid": ""},
        {"name": "Cleo", "email": cast.cleo.user.email, "orcid": ""},
    ]
    return say_yes(review_of(make_request(cast.chi.user, people=people)), [cast.amina, cast.bo])


def test_she_does_not_say_that_her_own_promises_are_kept(cast: Cast, hers: Grant) -> None:
    row = promising.reported(promising.promise_of(hers, ObligationKind.RESULTS), cast.chi)

    acts: list[Callable[[], object]] = [
        lambda: obligations.confirm(row.pk, actor=cast.cleo.user),
        lambda: obligations.send_back(row.pk, actor=cast.cleo.user, reason="Not whole."),
        lambda: obligations.let_off(row.pk, actor=cast.cleo.user, reason="It was enough."),
    ]
    for act in acts:
        with pytest.raises(ConflictOfInterest):
            act()

    page = reverse("consent:promise", args=["river", row.public_id])
    done = reverse("consent:promise_done", args=["river", row.public_id])
    assert done in cast.amina.client().get(page).content.decode()
    assert done not in cast.cleo.client().get(page).content.decode()
    assert obligations.confirm(row.pk, actor=cast.amina.user).done_at


def test_she_does_not_answer_her_own_paper(cast: Cast, hers: Grant) -> None:
    paper = promising.make_publication(hers, cast.chi)

    with pytest.raises(ConflictOfInterest):
        publications.answer(paper.pk, actor=cast.cleo.user, answer=PublicationAnswer.OK)
    page = reverse("consent:publication", args=["river", paper.public_id])
    assert cast.cleo.client().post(page, {"answer": "ok", "text": ""}).status_code == 302

    paper.refresh_from_db()
    assert paper.answer == ""
    assert promising.answered(paper, cast.amina).answer == "ok"


def test_she_neither_deals_with_an_incident_of_hers_nor_reads_what_is_noted_on_it(
    cast: Cast, hers: Grant
) -> None:
    incident = by_researcher(hers.review.revision.request, "river")
    at = {"community_id": cast.river.pk}
    for text, to_all in (("We fear she hides it.", False), ("Please tell us more.", True)):
        incidents.note(incident.pk, **at, actor=cast.amina.user, text=text, to_all=to_all)

    acts: list[Callable[[], object]] = [
        lambda: incidents.see(incident.pk, **at, actor=cast.cleo.user),
        lambda: incidents.close(incident.pk, **at, actor=cast.cleo.user),
        lambda: incidents.note(incident.pk, **at, actor=cast.cleo.user, text="No.", to_all=True),
    ]
    for act in acts:
        with pytest.raises(ConflictOfInterest):
            act()

    page = reverse("consent:incident", args=["river", incident.public_id])
    amina, cleo = (one.client().get(page).content.decode() for one in (cast.amina, cast.cleo))
    assert "We fear she hides it." in amina
    assert "We fear she hides it." not in cleo
    assert "Please tell us more." in cleo
    assert incidents.close(incident.pk, **at, actor=cast.bo.user).closed_at


def test_she_does_not_sign_that_work_of_hers_goes_on(cast: Cast, hers: Grant) -> None:
    pause = notices.pause(community_id=cast.river.pk, actor=cast.amina.user, reason="", grant=hers)
    sign_notice(pause, [cast.amina])
    resume = notices.propose_resume(community_id=cast.river.pk, actor=cast.amina.user)
    assert not sign_notice(resume, [cast.amina]).adopted

    with pytest.raises(ConflictOfInterest):
        sign_notice(resume, [cast.cleo])

    assert grants_active(hers.review.revision) == []
    assert sign_notice(resume, [cast.bo]).adopted


def test_she_takes_no_entry_about_herself_off_the_block_list(cast: Cast, hers: Grant) -> None:
    named = [Named(BlockKind.PERSON, "Cleo", email=cast.cleo.user.email)]
    [block] = blocks.add(cast.river.pk, actor=cast.amina.user, named=named, reason="Trust broken.")

    with pytest.raises(ConflictOfInterest):
        blocks.lift(block.pk, actor=cast.cleo.user)

    assert blocks.lift(block.pk, actor=cast.bo.user).lifted_at


def test_she_reads_neither_the_note_on_the_check_nor_who_was_asked_for_advice(
    cast: Cast, hers: Grant
) -> None:
    request = make_request(cast.chi.user, people=hers.review.revision.request.draft["people"])
    review = review_of(request)
    found = Completeness.INCOMPLETE
    attending.check(review.pk, actor=cast.amina.user, found=found, note="She hides a funder.")
    about = {"name": "Dr Ash", "email": "ash@clinic.example", "question": "What harm could come?"}
    advice.ask(review.pk, actor=cast.amina.user, **about)

    page = reverse("consent:review_care", args=[review.public_id])
    amina, cleo = (one.client().get(page).content.decode() for one in (cast.amina, cast.cleo))

    for words in ("She hides a funder.", "Dr Ash"):
        assert words in amina
        assert words not in cleo
