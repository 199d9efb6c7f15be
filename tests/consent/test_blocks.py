"""The block list of a community: what it stops, what it holds, and who ever reads it."""

import pytest
from django.utils import timezone

from consent.actions import blocks, requests
from consent.actions.blocks import Named
from consent.blocking import names_blocked
from consent.errors import Incomplete, TransitionRefused
from consent.models import Block
from consent.queries.holdups import what_holds
from consent.rules import BlockKind, ReviewState
from governance.errors import NotAllowed
from governance.models import AccessEvent, Alert
from tests.consent.factories import JOB, make_draft, make_request, review_of, say_yes
from tests.consent.named import BEN, CHI
from tests.factories import make_charter, make_membership, make_passkey, make_user

pytestmark = pytest.mark.django_db

ORCID = "0000-0002-1825-0097"
ROR = "https://ror.org/04gyf1771"
SECRET = "He sold our blood"


def person(**changes: str) -> Named:
    return Named(BlockKind.PERSON, **({"name": "Ben", "email": BEN["email"]} | changes))


def institution(**changes: str) -> Named:
    return Named(BlockKind.INSTITUTION, **({"name": "Lakeside University"} | changes))


def block(cast, *named: Named) -> Block:
    [made] = blocks.add(
        cast.river.pk, actor=cast.amina.user, named=named or [person()], reason=SECRET
    )
    return made


def submit(cast, **changes):
    draft = make_draft(cast.chi.user, **changes)
    return requests.submit(draft.pk, actor=cast.chi.user, job=JOB)


def document(**changes):
    return {
        "people": [CHI, BEN],
        "institution": {"name": "Lakeside University", "ror": ROR, "type": "public"},
        "partners": [{"name": "Hillside Hospital", "ror": "", "type": "company"}],
        "funding": [{"name": "Big Pharma", "type": "company", "conditions": "-"}],
    } | changes


@pytest.mark.parametrize(
    ("named", "changes", "fits"),
    [
        (person(), {}, True),
        (person(email="BEN@university.example"), {}, True),
        (person(email="", orcid=ORCID), {"people": [CHI | {"orcid": ORCID}]}, True),
        (person(email="", orcid=ORCID), {}, False),
        (person(name="Chi", email="somebody@else.example"), {}, False),
        (person(email="ben@university.example.org"), {}, False),
        (institution(name="lakeside  university"), {}, True),
        (institution(name="Other", ror=ROR), {}, True),
        (institution(name="Hillside Hospital"), {}, True),
        (institution(name="Big Pharma"), {}, True),
        (institution(name="Lakeside"), {}, False),
        (institution(name="Lakeside University"), {"institution": {}, "funding": None}, False),
        (person(), {"people": None}, False),
    ],
)
def test_people_are_known_by_address_or_number_and_institutions_by_name_too(named, changes, fits):
    assert names_blocked(named, document(**changes)) is fits


def test_a_request_that_names_somebody_blocked_does_not_reach_the_community(cast, dataset):
    block(cast)

    with pytest.raises(Incomplete) as refusal:
        submit(cast, people=[CHI, BEN])

    # No name, no reason: only which community it is.
    assert refusal.value.fields == {"datasets": "River does not take this request."}
    assert submit(cast, people=[CHI]).state == "in review"


def test_the_account_that_sends_it_is_looked_at_too(cast, dataset):
    block(cast, person(name="Chi", email=cast.chi.user.email))

    with pytest.raises(Incomplete, match="River does not take"):
        submit(cast)


def test_another_communitys_list_stops_nothing_here(cast, dataset):
    coast = cast.coast
    blocks.add(coast.pk, actor=cast.zed.user, named=[institution()], reason=SECRET)

    assert submit(cast).state == "in review"


def test_what_is_open_or_agreed_is_held_and_nothing_is_decided(cast, dataset):
    request = make_request(cast.chi.user)
    review = review_of(request)
    made = block(cast, institution())

    review.refresh_from_db()
    assert review.state == ReviewState.OPEN
    say_yes(review, [cast.amina, cast.bo])
    assert what_holds(request, at=timezone.now()) == ["River does not take this request."]

    blocks.lift(made.pk, actor=cast.bo.user)
    assert what_holds(request, at=timezone.now()) == []


def test_the_page_of_a_request_tells_stewards_who_is_blocked_and_nobody_else(cast, dataset):
    request = make_request(cast.chi.user, people=[CHI, BEN])
    block(cast)
    page = f"/reviews/{review_of(request).public_id}/"
    told = "names somebody on your block list"

    assert told in cast.amina.client().get(page).content.decode()
    for role in ("convenor", "custodian", "observer"):
        assert told not in cast.everybody[role].client().get(page).content.decode(), role
    own = cast.chi.client().get(f"/requests/{request.public_id}/").content.decode()
    assert "block list" not in own
    assert SECRET not in own


def test_neither_name_nor_reason_goes_into_the_log_or_an_alert(cast):
    made = block(cast)
    blocks.lift(made.pk, actor=cast.bo.user)

    for event in AccessEvent.objects.filter(subject=f"block:{made.public_id}"):
        assert not {"Ben", SECRET, BEN["email"]} & {event.reason, event.subject, event.verb}
    assert AccessEvent.objects.filter(subject=f"block:{made.public_id}").count() == 2
    told = Alert.objects.filter(key=f"block:{made.public_id}:add")
    assert {alert.user for alert in told} == {cast.bo.user, cast.cleo.user}


@pytest.mark.parametrize(
    ("named", "field"),
    [
        (person(name=" "), "name"),
        (person(email="", orcid=""), "email"),
        (person(email="ben at home"), "email"),
        (person(orcid="12"), "orcid"),
        (institution(ror="12"), "ror"),
    ],
)
def test_what_names_nobody_is_refused_at_its_field(cast, named, field):
    with pytest.raises(Incomplete) as refusal:
        block(cast, named)

    assert list(refusal.value.fields) == [field]
    assert not Block.objects.exists()


def test_who_is_on_the_list_is_not_put_on_it_twice(cast):
    block(cast)

    again = blocks.add(
        cast.river.pk, actor=cast.bo.user, named=[person(), institution()], reason="Again."
    )

    assert [made.kind for made in again] == ["institution"]


def test_a_block_is_lifted_once(cast):
    made = block(cast)
    blocks.lift(made.pk, actor=cast.amina.user)

    with pytest.raises(TransitionRefused, match="lifted before"):
        blocks.lift(made.pk, actor=cast.bo.user)


@pytest.mark.parametrize(
    "who", ["convenor", "custodian", "observer", "researcher", "outsider", "auditor", "admin"]
)
def test_nobody_but_a_steward_blocks_or_lifts(cast, who):
    made, actor = block(cast), cast.everybody[who].user

    with pytest.raises(NotAllowed):
        blocks.add(cast.river.pk, actor=actor, named=[institution()], reason="No.")
    with pytest.raises(NotAllowed):
        blocks.lift(made.pk, actor=actor)


def test_a_steward_whom_the_charter_does_not_name_does_neither(cast):
    make_charter(cast.river, cast.signers)
    newcomer = make_user("Nia")
    make_passkey(newcomer)
    make_membership(newcomer, cast.river)
    made = block(cast)

    with pytest.raises(NotAllowed, match="charter in force does not name you"):
        blocks.add(cast.river.pk, actor=newcomer, named=[institution()], reason="No.")
    with pytest.raises(NotAllowed):
        blocks.lift(made.pk, actor=newcomer)


def test_the_list_asks_no_more_of_the_database_with_more_entries(cast, django_assert_num_queries):
    browser = cast.amina.client()
    block(cast)
    with django_assert_num_queries(QUERIES):
        browser.get("/communities/river/blocks/")
    block(cast, institution())
    block(cast, institution(name="Other"))

    with django_assert_num_queries(QUERIES):
        page = browser.get("/communities/river/blocks/")
    assert page.content.decode().count(SECRET) == 3


QUERIES = 7


def test_a_form_that_fails_keeps_what_was_typed(cast):
    answer = cast.amina.client().post(
        "/communities/river/blocks/new/", {"kind": "person", "name": "Ben", "reason": SECRET}
    )

    assert answer.status_code == 400
    page = answer.content.decode()
    assert 'value="Ben"' in page
    assert SECRET in page
    assert "Give the e-mail address, the ORCID, or both." in page


def test_from_a_grant_its_people_are_chosen_one_by_one(cast, dataset):
    request = make_request(cast.chi.user, people=[CHI, BEN])
    grant = say_yes(review_of(request), [cast.amina, cast.bo])
    browser = cast.amina.client()
    assert (
        f"/communities/river/blocks/from/{grant.public_id}/"
        in browser.get(f"/grants/{grant.public_id}/").content.decode()
    )
    address = f"/communities/river/blocks/from/{grant.public_id}/"
    page = browser.get(address).content.decode()
    for name in ("Chi", "Ben", "Lakeside University", "Hillside Hospital", cast.chi.user.email):
        assert name in page
    assert "checked" not in page

    assert browser.post(address, {"reason": SECRET}).status_code == 400
    answer = browser.post(address, {"chosen": ["1", "3"], "reason": SECRET})

    assert answer.status_code == 302
    assert set(Block.objects.values_list("name", flat=True)) == {"Ben", "Lakeside University"}
    assert cast.zed.client().get(address).status_code == 404


def test_lifting_asks_first(cast):
    made, browser = block(cast), cast.amina.client()
    address = f"/communities/river/blocks/{made.public_id}/lift/"

    assert "Lift the block of Ben?" in browser.get(address).content.decode()
    made.refresh_from_db()
    assert made.lifted_at is None
    browser.post(address)
    made.refresh_from_db()
    assert made.lifted_by == cast.amina.membership
