"""A stolen passkey stops at once, a false report can be undone, and nobody is shut out for good."""

import pytest
from django.test import Client
from django.urls import reverse

from consent.grants.codec import b64u
from consent.grants.statements import Answer
from governance import queries
from governance.actions import charters, stolen
from governance.errors import NotAllowed, NotReady, SignatureRefused
from governance.models import AccessEvent, StoppedPasskey
from tests import factories
from tests.cast import Cast, Person
from tests.governance.browser import ADD, add_passkey, reauthenticate, sign_in, signed_in, soft
from tests.governance.pages import answer_text, draft_protocol, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("charter")]


def _report(
    whose: Person, by: Person, *, credential_id: bytes = b"", keep: str | None = None
) -> StoppedPasskey:
    assert whose.membership
    return stolen.report(
        whose.membership.pk,
        credential_id or whose.passkey.credential_id,
        actor=by.user,
        reason="Her bag was taken.",
        keep_session=keep,
    )


def test_a_stolen_passkey_signs_nothing_from_that_moment(cast: Cast) -> None:
    text = draft_protocol(cast).statement
    _report(cast.bo, by=cast.amina)

    with pytest.raises(SignatureRefused, match="reported as stolen"):
        answer_text(text, cast.bo)
    assert not answer_text(text, cast.amina).adopted
    assert answer_text(text, cast.cleo).adopted


def test_what_it_signed_on_open_texts_counts_no_more(cast: Cast) -> None:
    text = draft_protocol(cast).statement
    answer_text(text, cast.bo)
    _report(cast.bo, by=cast.cleo)

    assert queries.answers_of(text) == {}
    assert not answer_text(text, cast.amina).adopted


def test_what_was_adopted_with_it_stays(cast: Cast) -> None:
    protocol = factories.make_protocol(cast.river, cast.signers)
    _report(cast.bo, by=cast.amina)

    assert len(queries.signed(protocol.statement).ballots) == 2


def test_it_opens_no_session_and_ends_those_that_it_opened(cast: Cast) -> None:
    thief, amina = Client(), cast.amina.client()
    sign_in(thief, cast.bo.passkey, cast.bo.user)
    assert signed_in(thief)

    _report(cast.bo, by=cast.amina)

    home = reverse("governance:communities")
    assert thief.get(home).status_code == 302
    assert amina.get(home).status_code == 200
    sign_in(thief, cast.bo.passkey, cast.bo.user)
    assert not signed_in(thief)


def test_it_cannot_be_put_on_an_account_again(cast: Cast) -> None:
    _report(cast.bo, by=cast.amina)
    client = cast.zed.client()
    reauthenticate(client)

    assert "belongs to an account already" in add_passkey(client, cast.bo.passkey).content.decode()


def test_she_reports_her_own_on_the_page_and_stays_signed_in_there(cast: Cast) -> None:
    assert cast.bo.membership
    here, elsewhere = cast.bo.client(), cast.bo.client()
    reauthenticate(here)
    add_passkey(here, soft())
    url = url_of("passkey-stolen", cast.bo.membership.pk)
    assert "takes no answer that is signed with it" in here.get(url).content.decode()

    answer = here.post(url, {"key": b64u(cast.bo.passkey.credential_id), "reason": "On the bus"})

    assert answer.headers["Location"] == url_of("passkeys")
    page = here.get(url_of("passkeys")).content.decode()
    assert "stopped on" in page
    assert "“On the bus”" in page
    assert elsewhere.get(url_of("passkeys")).status_code == 302


@pytest.mark.parametrize(
    "sent",
    [{"sent": "yes"}, {"key": "nonsense", "reason": "x"}, {"reason": "x"}],
    ids=["empty", "odd", "none"],
)
def test_a_form_that_says_too_little_stops_nothing(cast: Cast, sent: dict[str, str]) -> None:
    assert cast.bo.membership
    client = cast.amina.client()

    answer = client.post(url_of("passkey-stolen", cast.bo.membership.pk), sent)

    assert answer.status_code == 400
    assert not StoppedPasskey.objects.exists()


@pytest.mark.parametrize("who", ["dov", "ola", "eli", "chi", "zed", "aud", "max"])
def test_only_stewards_of_the_community_report(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        _report(cast.bo, by=getattr(cast, who))

    assert not StoppedPasskey.objects.exists()
    assert AccessEvent.objects.get(verb="passkey.stop").outcome == "refused"


def test_a_membership_put_in_by_hand_lets_an_admin_stop_nobody(cast: Cast) -> None:
    factories.make_membership(cast.max.user, cast.river)

    with pytest.raises(NotAllowed):
        _report(cast.bo, by=cast.max)


@pytest.mark.parametrize("whose", ["another's", "nobody's"])
def test_only_a_passkey_that_the_charter_names_as_hers_is_stopped(cast: Cast, whose: str) -> None:
    key = cast.cleo.passkey.credential_id if whose == "another's" else b"unknown"

    with pytest.raises(NotReady, match="does not name this passkey"):
        _report(cast.bo, by=cast.amina, credential_id=key)


def test_a_third_steward_undoes_a_false_report(cast: Cast) -> None:
    stop = _report(cast.bo, by=cast.amina)
    text = draft_protocol(cast).statement
    url = url_of("passkey-undo", stop.pk)
    client = cast.cleo.client()
    assert client.post(url, {"reason": ""}).status_code == 400

    client.post(url, {"reason": "She had it all the time"})

    answer_text(text, cast.bo)
    assert [answer.membership for answer in queries.answers_of(text).values()] == [
        cast.bo.membership
    ]
    bo = Client()
    sign_in(bo, cast.bo.passkey, cast.bo.user)
    assert signed_in(bo)


@pytest.mark.parametrize("who", ["amina", "bo", "dov", "zed", "max"])
def test_neither_reporter_nor_owner_nor_stranger_undoes_it(cast: Cast, who: str) -> None:
    stop = _report(cast.bo, by=cast.amina)

    with pytest.raises(NotAllowed):
        stolen.undo(stop.pk, actor=getattr(cast, who).user, reason="No.")

    assert queries.is_stopped(cast.bo.passkey.credential_id)


def test_nobody_stops_the_same_passkey_over_and_over(cast: Cast) -> None:
    stop = _report(cast.bo, by=cast.amina)
    with pytest.raises(NotReady, match="stopped already"):
        _report(cast.bo, by=cast.cleo)
    stolen.undo(stop.pk, actor=cast.cleo.user, reason="A mistake.")
    with pytest.raises(NotReady, match="undone before"):
        stolen.undo(stop.pk, actor=cast.cleo.user, reason="Again.")

    with pytest.raises(NotReady, match="Another steward may report it"):
        _report(cast.bo, by=cast.amina)
    _report(cast.bo, by=cast.cleo)


def test_without_a_passkey_she_is_in_no_charter_until_she_makes_one(cast: Cast) -> None:
    _report(cast.bo, by=cast.amina)

    with pytest.raises(NotReady, match="Bo has no passkey yet"):
        charters.draft(
            community_id=cast.river.pk,
            actor=cast.amina.user,
            nodes=[],
            rules=factories.threshold(2),
            floor=2,
        )


def test_her_own_report_does_not_spare_anothers_session(cast: Cast) -> None:
    """The key of a session that is to stay is heeded for one's own report only."""
    bo = cast.bo.client()

    _report(cast.bo, by=cast.amina, keep=bo.session.session_key)

    assert bo.get(reverse("governance:communities")).status_code == 302


def test_each_step_stands_in_the_log(cast: Cast) -> None:
    stop = _report(cast.bo, by=cast.amina)
    stolen.undo(stop.pk, actor=cast.cleo.user, reason="A mistake.")

    events = AccessEvent.objects.filter(verb__startswith="passkey.").order_by("pk")
    assert [(e.verb, e.actor_label, e.reason) for e in events] == [
        ("passkey.stop", "Amina", "Her bag was taken."),
        ("passkey.undo-stop", "Cleo", "A mistake."),
    ]


def test_a_thief_with_an_old_session_cannot_make_a_passkey(cast: Cast) -> None:
    thief = Client()
    sign_in(thief, cast.bo.passkey, cast.bo.user)

    _report(cast.bo, by=cast.amina)

    assert thief.get(ADD).status_code == 302
    assert queries.credentials_of(cast.bo.user) == []


def test_the_answer_of_a_stopped_passkey_is_refused_on_the_page_too(cast: Cast) -> None:
    draft = charters.draft(
        community_id=cast.river.pk,
        actor=cast.amina.user,
        nodes=[],
        rules=factories.threshold(3),
        floor=2,
    )
    _report(cast.bo, by=cast.amina)
    fields = factories.form_fields(cast.bo.passkey, draft.statement, Answer.YES)

    page = cast.bo.client()
    reply = page.post(url_of("charter-sign", draft.pk), fields)

    # Without a second factor she is not let through to it at all.
    assert reply.headers["Location"] == ADD
    assert queries.answers_of(draft.statement) == {}
