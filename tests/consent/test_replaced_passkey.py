"""A passkey is replaced: the old one counts no more, and what it signed before stays valid."""

from datetime import timedelta

import pytest
from django.utils import timezone

from consent.grants.charter import extend_chain, pin
from consent.grants.codec import b64u, canonical, time_text
from consent.grants.decision import decision_on, require_decided
from consent.grants.errors import BadBallot
from consent.grants.notices import Notices
from consent.grants.statements import Answer, Signed
from consent.grants.verify import RunFacts, allow_run
from consent.models import Grant
from governance import queries
from governance.actions import charters
from governance.errors import NotAllowed, NotReady, SignatureRefused
from governance.models import Charter
from tests import factories
from tests.cast import Cast, Person
from tests.governance.pages import answer_text, draft_protocol, url_of
from tools.soft_passkey import SoftPasskey

pytestmark = pytest.mark.django_db


@pytest.fixture
def new(cast: Cast, charter: Charter) -> SoftPasskey:
    """Bo's new passkey, on her account and in no charter."""
    return factories.make_passkey(cast.bo.user)


def _replace(cast: Cast, by: Person, *keys: SoftPasskey) -> Charter:
    assert cast.bo.membership
    return charters.draft_replacement(
        community_id=cast.river.pk,
        actor=by.user,
        membership_id=cast.bo.membership.pk,
        credential_ids=[key.credential_id for key in keys],
    )


def _adopted(cast: Cast, new: SoftPasskey) -> Charter:
    draft = _replace(cast, cast.amina, new)
    assert factories.sign_charter(draft, [cast.amina.signer, cast.cleo.signer]).adopted
    draft.refresh_from_db()
    return draft


def test_the_draft_is_the_charter_in_force_but_for_her_keys(
    cast: Cast, charter: Charter, new: SoftPasskey
) -> None:
    before = factories.document_of(charter.statement)
    draft = _replace(cast, cast.cleo, new)

    after = factories.document_of(draft.statement)
    assert (after["number"], after["previous"]) == (2, charter.statement.digest)
    for seat in before["stewards"]:
        if seat["name"] == "Bo":
            seat["keys"] = [{"credential_id": b64u(new.credential_id), "cose": b64u(new.cose)}]
    placed = {key: after[key] for key in ("number", "previous", "created")}
    assert after == before | placed


def test_the_rule_of_the_charter_in_force_decides(cast: Cast, new: SoftPasskey) -> None:
    draft = _replace(cast, cast.amina, new)

    assert not factories.sign_charter(draft, [cast.amina.signer]).adopted
    assert factories.sign_charter(draft, [cast.cleo.signer]).adopted


def test_she_may_put_it_herself_and_her_new_key_does_not_vote_on_it(
    cast: Cast, new: SoftPasskey
) -> None:
    draft = _replace(cast, cast.bo, new)

    with pytest.raises(SignatureRefused, match="not in the charter"):
        factories.sign_charter(draft, [(cast.bo.user, new)])


def test_from_the_new_charter_on_the_new_key_counts_and_the_old_one_does_not(
    cast: Cast, new: SoftPasskey
) -> None:
    _adopted(cast, new)
    text = draft_protocol(cast).statement

    with pytest.raises(SignatureRefused, match="not in the charter"):
        answer_text(text, cast.bo)
    answer_text(text, Person(cast.bo.user, new))

    assert len(queries.answers_of(text)) == 1


def test_a_node_follows_and_refuses_the_old_key_under_the_new_charter(
    cast: Cast, charter: Charter, new: SoftPasskey
) -> None:
    second = _adopted(cast, new)
    chain = pin(queries.signed(charter.statement), fingerprint=charter.statement.digest)
    chain = extend_chain(chain, queries.signed(second.statement))
    text = canonical(
        {
            "type": "pause",
            "version": 1,
            "community": "river",
            "id": "7d4d3c3e-7a55-4d7e-9d7a-0f6f1c0d8a11",
            "scope": "all",
            "reason": "x",
            "created": time_text(timezone.now()),
        }
    )
    old = Signed(text, (cast.bo.passkey.sign(text, "pause", Answer.YES),))

    assert decision_on(old, charter=chain[0], statement_type="pause").met
    with pytest.raises(BadBallot):
        decision_on(old, charter=chain[1], statement_type="pause")


def test_a_grant_that_the_old_key_signed_stays_valid_and_runs(
    cast: Cast, charter: Charter, grant: Grant
) -> None:
    """Bo's yes is one of the two under this grant; her key is replaced afterwards."""
    envelope = queries.signed(grant.statement)
    _adopted(cast, factories.make_passkey(cast.bo.user))
    chain = queries.charter_chain(cast.river)
    document = envelope.document
    now = timezone.now() + timedelta(minutes=1)
    run, data = document["run"], document["data"]

    require_decided(envelope, charter=chain[0], statement_type="grant")
    claims = allow_run(
        envelope,
        facts=RunFacts(
            community="river",
            code=run["code"],
            config=run["config"],
            request=document["request"]["digest"],
            keeper=data["keeper"],
            dataset=data["dataset"],
            variables=tuple(data["variables"]),
            message_type="train",
            rounds_used=0,
            communities=tuple(document["communities"]),
        ),
        chain=chain,
        notices=Notices("river", 1, now, frozenset(), frozenset()),
        first_seen=timezone.now(),
        first_seen_charter=1,
        max_notice_age_s=600,
        at=now,
    )

    assert claims.dataset == data["dataset"]


def test_nothing_is_put_when_nothing_would_change(cast: Cast, charter: Charter) -> None:
    with pytest.raises(NotReady, match="Nothing would change"):
        _replace(cast, cast.amina, cast.bo.passkey)


def test_only_passkeys_on_her_own_account_can_be_named(cast: Cast, new: SoftPasskey) -> None:
    with pytest.raises(NotReady, match="not on Bo's account"):
        _replace(cast, cast.amina, new, factories.make_passkey(cast.amina.user))
    with pytest.raises(NotReady, match="at least one passkey"):
        _replace(cast, cast.amina)


def test_one_charter_at_a_time(cast: Cast, new: SoftPasskey) -> None:
    _replace(cast, cast.amina, new)

    with pytest.raises(NotReady, match="already"):
        _replace(cast, cast.cleo, new)


@pytest.mark.parametrize("who", ["dov", "ola", "eli", "chi", "zed", "aud", "max"])
def test_only_stewards_of_the_community_put_it(cast: Cast, new: SoftPasskey, who: str) -> None:
    with pytest.raises(NotAllowed):
        _replace(cast, getattr(cast, who), new)


def test_a_membership_put_in_by_hand_lets_an_admin_put_nothing(
    cast: Cast, new: SoftPasskey
) -> None:
    factories.make_membership(cast.max.user, cast.river)

    with pytest.raises(NotAllowed):
        _replace(cast, cast.max, new)


def test_on_the_page_the_new_key_is_ticked_and_the_old_one_is_not(
    cast: Cast, new: SoftPasskey
) -> None:
    assert cast.bo.membership
    client, url = cast.amina.client(), url_of("passkey-replace", cast.bo.membership.pk)
    form = client.get(url).context["form"]
    assert form["keys"].value() == [b64u(new.credential_id)]
    assert client.post(url, {"sent": "yes"}).status_code == 400

    page = client.post(url, {"keys": [b64u(new.credential_id)]}, follow=True).content.decode()

    assert "The charter is put to the stewards." in page
    assert "Bo signs with other passkeys" in page
