"""Data that several communities hold, and data under several protocols: who is asked for what."""

import pytest

from consent.errors import Incomplete, TextReplaced
from consent.grants.grant import parse_grant
from consent.grants.statements import Answer
from consent.models import Grant, Review
from consent.queries import grants_active, outcomes_of, text_outdated
from governance.actions import dataset_holders, dataset_protocols
from governance.rules import Combine
from tests import factories as people
from tests.consent.factories import answer, make_request, review_of, say_yes
from tests.factories import make_charter, make_protocol

pytestmark = pytest.mark.django_db


@pytest.fixture
def coast(cast):
    """Coast's two stewards, with a charter and a protocol that is stricter than River's."""
    yan = people.make_user("Yan")
    signers = [cast.zed.signer, (yan, people.make_passkey(yan))]
    people.make_membership(yan, cast.coast)
    make_charter(cast.coast, signers)
    make_protocol(cast.coast, signers, max_rounds=2, min_cohort=200)
    return signers


@pytest.fixture
def shared(cast, coast, dataset):
    """River's dataset, which Coast holds too."""
    dataset_holders.add_holder(dataset.pk, actor=cast.amina.user, community_id=cast.coast.pk)
    dataset_protocols.set_lines(
        dataset.pk, actor=cast.zed.user, community_id=cast.coast.pk, lines=["main"]
    )
    return dataset


def claims_of(review):
    review.refresh_from_db()
    return parse_grant(review.statement.text.encode())


def genomes(cast, **settings):
    return make_protocol(cast.river, cast.signers, line="genomes", title="Genomes", **settings)


def put_under(cast, dataset, combine):
    dataset_protocols.publish(
        dataset.pk, actor=cast.amina.user, lines=["main", "genomes"], combine=combine
    )


def test_each_holder_is_asked_by_its_own_rules(cast, shared):
    request = make_request(cast.chi.user)

    river, coast = (claims_of(review_of(request, slug)) for slug in ("river", "coast"))
    assert (river.dataset, coast.dataset) == ("river-diabetes", "river-diabetes")
    assert (river.max_rounds, coast.max_rounds) == (3, 2)
    assert (river.min_cohort, coast.min_cohort) == (100, 200)
    assert river.communities == ("river",)
    assert coast.communities == ("coast", "river")
    assert Review.objects.count() == 2


def test_the_holder_that_only_holds_does_not_count_as_a_node(cast, shared):
    with pytest.raises(Incomplete, match="at least 2 communities together"):
        make_request(cast.chi.user, min_nodes=2)


def test_one_yes_closes_one_review_and_leaves_the_other_open(cast, coast, shared):
    request = make_request(cast.chi.user)

    say_yes(review_of(request), [cast.amina, cast.bo])

    request.refresh_from_db()
    assert request.state == "in review"
    assert review_of(request, "coast").state == "open"
    assert [(s.community, s.dataset) for s in outcomes_of(request.revisions.get())] == [
        ("coast", "river-diabetes"),
        ("river", "river-diabetes"),
    ]


def test_the_text_is_put_anew_when_the_community_changes_its_protocols_on_the_data(
    cast, review, dataset
):
    genomes(cast, max_rounds=1)
    put_under(cast, dataset, Combine.ALL)

    with pytest.raises(TextReplaced):
        answer(review, cast.amina)

    review.refresh_from_db()
    assert "under other protocols" in review.changed_because
    assert [ref.line for ref in claims_of(review).protocols] == ["genomes", "main"]
    assert claims_of(review).max_rounds == 1


def test_all_means_that_every_protocol_stands_in_the_agreement(cast, dataset):
    genomes(cast, min_cohort=500)
    put_under(cast, dataset, Combine.ALL)

    claims = claims_of(review_of(make_request(cast.chi.user)))

    assert [(ref.line, ref.number) for ref in claims.protocols] == [("genomes", 1), ("main", 1)]
    assert claims.min_cohort == 500


def test_any_means_that_the_researcher_chooses_one(cast, dataset):
    genomes(cast, min_cohort=500)
    put_under(cast, dataset, Combine.ANY)

    with pytest.raises(Incomplete) as refusal:
        make_request(cast.chi.user)
    assert refusal.value.fields == {
        "protocols.river": "Choose under which protocol of River you ask: genomes, main."
    }
    with pytest.raises(Incomplete):
        make_request(cast.chi.user, protocols={"river": "other"})

    request = make_request(cast.chi.user, protocols={"river": "main"})
    claims = claims_of(review_of(request))
    assert [ref.line for ref in claims.protocols] == ["main"]
    assert claims.min_cohort == 100


@pytest.mark.parametrize("protocols", [["main"], {"river": 1}, {"river": "A b"}, "main"])
def test_a_choice_that_is_none_is_told(cast, dataset, protocols):
    with pytest.raises(Incomplete, match="names with a name each"):
        make_request(cast.chi.user, protocols=protocols)


def test_changing_the_protocols_leaves_agreements_as_they_were_signed(cast, dataset, grant):
    before = grant.signed_text
    genomes(cast)
    put_under(cast, dataset, Combine.ALL)
    dataset_protocols.unpublish(dataset.pk, actor=cast.amina.user)

    grant.refresh_from_db()
    assert (grant.state, grant.signed_text) == ("active", before)
    assert grants_active(grant.review.revision) == [grant]


def test_what_was_put_to_a_holder_before_it_left_stays_its_to_answer(cast, coast, shared):
    request = make_request(cast.chi.user)
    review = review_of(request, "coast")

    zed, yan = (user for user, _passkey in coast)
    people.give_up_say(shared, cast.coast, zed, yan)

    assert text_outdated(review, at=review.opened_at) == ""
    answer(review, cast.zed, Answer.NO)
    say_yes(review_of(request), [cast.amina, cast.bo])
    review.refresh_from_db()
    assert review.state == "declined"
    assert Grant.objects.count() == 1


def test_the_page_tells_a_further_holder_where_the_data_lies(cast, shared):
    request = make_request(cast.chi.user)

    own = cast.amina.client().get(f"/reviews/{review_of(request).public_id}/").content.decode()
    other = cast.zed.client().get(f"/reviews/{review_of(request, 'coast').public_id}/")

    assert "What would leave our node" in own
    assert "River keeps this data, and we hold it too" in other.content.decode()
