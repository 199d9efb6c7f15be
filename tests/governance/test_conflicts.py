"""Conflicts of interest (R-22): one's own recusal is final, and others may raise one."""

import pytest
from django.urls import reverse

from consent.grants.statements import Answer
from governance.actions import conflicts
from governance.actions.statements import let_fall
from governance.errors import NotAllowed, NotReady, SteppedAside
from governance.models import AccessEvent, Ballot, Charter, Conflict, Statement
from governance.queries import outcome_of
from tests import factories
from tests.cast import Cast, Person
from tests.factories import form_fields
from tests.governance.pages import answer_text, draft_protocol, url_of

pytestmark = pytest.mark.django_db

WHY = "Her sister leads the study."


@pytest.fixture
def text(cast: Cast, charter: Charter) -> Statement:
    return draft_protocol(cast).statement


def raised(text: Statement, by: Person, about: Person, reason: str = WHY) -> Conflict:
    assert about.membership
    return conflicts.raise_conflict(text.pk, actor=by.user, about=about.membership, reason=reason)


@pytest.mark.parametrize("answer", [a for a in Answer if a is not Answer.YES_WITH_CONDITIONS])
def test_a_recusal_is_final_on_its_text(cast: Cast, text: Statement, answer: Answer) -> None:
    answer_text(text, cast.amina, Answer.RECUSE)

    with pytest.raises(SteppedAside, match="That is final"):
        answer_text(text, cast.amina, answer)

    kept = Ballot.objects.filter(statement=text, replaced_at__isnull=True)
    assert [ballot.answer for ballot in kept] == ["recuse"]


def test_a_recused_stewards_vote_is_refused_with_403(cast: Cast, text: Statement) -> None:
    answer_text(text, cast.amina, Answer.RECUSE)
    url = url_of("protocol-sign", text.protocol.pk)

    sent = cast.amina.client().post(url, form_fields(cast.amina.passkey, text, Answer.YES))

    assert sent.status_code == 403
    assert "You stepped aside on this text" in sent.content.decode()
    refused = AccessEvent.objects.get(verb="ballot.cast", outcome="refused")
    assert refused.actor == cast.amina.user


def test_the_page_offers_her_no_further_answer(cast: Cast, text: Statement) -> None:
    answer_text(text, cast.amina, Answer.RECUSE)

    html = cast.amina.client().get(url_of("protocol", text.protocol.pk)).content.decode()

    assert "That is final on this text." in html
    assert 'id="sign"' not in html


def test_a_yes_may_still_turn_into_a_recusal(cast: Cast, text: Statement) -> None:
    answer_text(text, cast.amina)

    result = answer_text(text, cast.amina, Answer.RECUSE)

    assert result.outcome.recused == {cast.amina.membership.steward_id}  # type: ignore[union-attr]
    assert not result.outcome.yes


def test_another_text_asks_her_anew(cast: Cast, text: Statement) -> None:
    answer_text(text, cast.amina, Answer.RECUSE)
    let_fall(text, actor=cast.bo.user, reason="Another one comes.")

    again = draft_protocol(cast, min_cohort=50).statement

    assert answer_text(again, cast.amina).outcome.yes


def test_below_the_floor_it_goes_to_the_full_meeting(cast: Cast, text: Statement) -> None:
    answer_text(text, cast.amina, Answer.RECUSE)
    result = answer_text(text, cast.bo, Answer.RECUSE)

    assert result.outcome.full_meeting
    assert not result.declined
    html = cast.cleo.client().get(url_of("protocol", text.protocol.pk)).content.decode()
    assert "This goes to the full meeting: adopt a charter that seats more people." in html


def test_a_conflict_is_seen_by_the_whole_community_and_changes_no_count(
    cast: Cast, text: Statement
) -> None:
    before = outcome_of(text)

    raised(text, cast.bo, cast.amina)

    assert outcome_of(text) == before
    url = url_of("protocol", text.protocol.pk)
    for person in (cast.ola, cast.dov, cast.eli, cast.cleo):
        html = person.client().get(url).content.decode()
        assert "Bo about Amina:" in html
        assert WHY in html
        assert "Not answered yet." in html
    assert answer_text(text, cast.amina).outcome.yes


def test_the_log_tells_that_one_was_raised_and_not_what(cast: Cast, text: Statement) -> None:
    raised(text, cast.bo, cast.amina)

    event = AccessEvent.objects.get(verb="conflict.raise")
    assert (event.actor, event.reason) == (cast.bo.user, "")


def test_stepping_aside_answers_it(cast: Cast, text: Statement) -> None:
    conflict = raised(text, cast.bo, cast.amina)

    answer_text(text, cast.amina, Answer.RECUSE)

    conflict.refresh_from_db()
    assert conflict.stepped_aside is True
    html = cast.ola.client().get(url_of("protocol", text.protocol.pk)).content.decode()
    assert "Amina stepped aside." in html


def test_saying_why_not_answers_it_too(cast: Cast, text: Statement) -> None:
    conflict = raised(text, cast.bo, cast.amina)
    url = url_of("conflict-answer", conflict.public_id)
    client = cast.amina.client()
    assert WHY in client.get(url).content.decode()

    empty = client.post(url, {"answer": " "})
    sent = client.post(url, {"answer": "She left the study."}, follow=True)

    assert empty.status_code == 400
    assert "Amina sees none:" in sent.content.decode()
    assert "She left the study." in sent.content.decode()
    with pytest.raises(NotReady, match="answered before"):
        conflicts.declare_none(conflict.pk, actor=cast.amina.user, answer="Again.")


@pytest.mark.parametrize("who", ["bo", "cleo"])
def test_nobody_answers_for_another(cast: Cast, text: Statement, who: str) -> None:
    conflict = raised(text, cast.bo, cast.amina)
    person = getattr(cast, who)

    with pytest.raises(NotAllowed):
        conflicts.declare_none(conflict.pk, actor=person.user, answer="None.")
    assert person.client().get(url_of("conflict-answer", conflict.public_id)).status_code == 404


@pytest.mark.parametrize("who", ["dov", "ola", "eli", "chi", "zed", "aud", "max"])
def test_only_stewards_raise_one(cast: Cast, text: Statement, who: str) -> None:
    with pytest.raises(NotAllowed):
        raised(text, getattr(cast, who), cast.amina)


def test_what_cannot_be_raised(cast: Cast, text: Statement) -> None:
    raised(text, cast.bo, cast.amina)

    for by, about, reason, why in [
        (cast.cleo, cast.amina, WHY, "raised before"),
        (cast.bo, cast.bo, WHY, "you can step aside"),
        (cast.bo, cast.dov, WHY, "does not decide on this text"),
        (cast.bo, cast.zed, WHY, "does not decide on this text"),
        (cast.bo, cast.cleo, "  ", "say what the conflict is"),
    ]:
        with pytest.raises(NotReady, match=why):
            raised(text, by, about, reason)


def test_nothing_is_raised_on_what_is_settled(cast: Cast, text: Statement) -> None:
    answer_text(text, cast.amina)
    answer_text(text, cast.bo)

    with pytest.raises(NotReady, match="is settled"):
        raised(text, cast.bo, cast.cleo)
    assert cast.bo.client().get(url_of("conflict-new", text.public_id)).status_code == 404


def test_the_form_keeps_what_was_typed_and_leads_back_to_the_text(
    cast: Cast, text: Statement
) -> None:
    client, url = cast.bo.client(), url_of("conflict-new", text.public_id)

    kept = client.post(url, {"about": "", "reason": WHY})
    sent = client.post(url, {"about": cast.amina.membership.pk, "reason": WHY})  # type: ignore[union-attr]

    assert kept.status_code == 400
    assert f"{WHY}</textarea>" in kept.content.decode()
    assert sent.headers["Location"] == url_of("protocol", text.protocol.pk)


def test_a_newcomer_whom_no_charter_names_raises_nothing(cast: Cast, text: Statement) -> None:
    late = factories.make_user("Late")
    factories.make_membership(late, cast.river)
    assert cast.amina.membership

    with pytest.raises(NotAllowed, match="does not name you"):
        conflicts.raise_conflict(text.pk, actor=late, about=cast.amina.membership, reason=WHY)


def test_another_communitys_text_is_not_there(cast: Cast, text: Statement) -> None:
    url = reverse("governance:conflict-new", args=["coast", text.public_id])

    assert cast.zed.client().get(url).status_code == 404
