"""A report of theft stops one passkey; it neither shuts everybody out nor undoes a recusal."""

import pytest
from django.test import Client

from consent.grants.codec import b64u
from consent.grants.statements import Answer
from governance import queries
from governance.actions import stolen
from governance.errors import NotReady, SteppedAside
from governance.models import AccessEvent, StoppedPasskey
from tests import factories
from tests.cast import Cast, Person
from tests.governance.browser import sign_in, signed_in
from tests.governance.pages import answer_text, draft_protocol, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("charter")]


def _report(whose: Person, by: Person, *, credential_id: bytes = b"") -> StoppedPasskey:
    assert whose.membership
    return stolen.report(
        whose.membership.pk,
        credential_id or whose.passkey.credential_id,
        actor=by.user,
        reason="Gone.",
    )


def test_one_person_cannot_shut_out_all_the_others(cast: Cast) -> None:
    """Whoever has Amina's passkey, or Amina: somebody must be left to undo it and report her."""
    stop = _report(cast.bo, by=cast.amina)

    with pytest.raises(NotReady, match="Another steward must report"):
        _report(cast.cleo, by=cast.amina)

    cleo = Client()
    sign_in(cleo, cast.cleo.passkey, cast.cleo.user)
    assert signed_in(cleo)
    stolen.undo(stop.pk, actor=cast.cleo.user, reason="She has it in hand.")
    _report(cast.amina, by=cast.cleo)


def test_the_page_says_why_a_second_person_cannot_be_reported(cast: Cast) -> None:
    assert cast.cleo.membership
    _report(cast.bo, by=cast.amina)
    key = b64u(cast.cleo.passkey.credential_id)

    page = cast.amina.client().post(
        url_of("passkey-stolen", cast.cleo.membership.pk), {"key": key, "reason": "Gone too."}
    )

    assert page.status_code == 400
    assert "Another steward must report" in page.content.decode()


def test_her_own_passkey_can_be_reported_besides_anothers(cast: Cast) -> None:
    _report(cast.bo, by=cast.amina)

    _report(cast.amina, by=cast.amina)

    assert queries.is_stopped(cast.amina.passkey.credential_id)


def test_once_a_charter_names_the_stopped_passkey_no_more_the_next_can_be_reported(
    cast: Cast,
) -> None:
    _report(cast.bo, by=cast.amina)
    factories.make_passkey(cast.bo.user)
    factories.make_charter(cast.river, [cast.amina.signer, cast.cleo.signer])

    _report(cast.cleo, by=cast.amina)


def test_reporting_ones_own_passkey_does_not_undo_a_recusal(cast: Cast) -> None:
    """Else whoever stepped aside could vote after all, with another passkey or the same one."""
    text = draft_protocol(cast).statement
    answer_text(text, cast.bo, Answer.RECUSE)
    stop = _report(cast.bo, by=cast.bo)
    stolen.undo(stop.pk, actor=cast.cleo.user, reason="Found again.")

    with pytest.raises(SteppedAside):
        answer_text(text, cast.bo)

    assert queries.answers_of(text) == {}


def test_other_communities_read_neither_who_reported_nor_why(cast: Cast) -> None:
    factories.make_membership(cast.bo.user, cast.coast)

    stop = _report(cast.bo, by=cast.amina)
    stolen.undo(stop.pk, actor=cast.cleo.user, reason="In River's office.")

    rows = AccessEvent.objects.filter(community=cast.coast, verb__startswith="passkey.")
    assert {row.verb for row in rows} == {"passkey.stop", "passkey.undo-stop"}
    assert {(row.actor, row.actor_label, row.reason) for row in rows} == {
        (None, "another community", "")
    }
