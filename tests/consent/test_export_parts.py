"""R-13: what goes along with requests and agreements in files, and who may read which of it."""

import json

import pytest
import rfc8785
from django.conf import settings

from consent.actions import exports, reviews
from consent.actions.obligations import promise_all
from consent.grants.acceptance import SignedAcceptance, verify_acceptance
from consent.grants.codec import canonical, digest
from consent.grants.statements import Answer
from consent.models import Obligation
from governance.clauses import library
from governance.exchange import derived
from tests.consent.accepting import accept
from tests.consent.factories import answer, make_request, review_of, say_yes
from tests.consent.test_requests import open_coast
from tests.governance.exchange.making import keeps_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(cast, dataset):
    """Chi asked River, which said yes, and Coast, which said no."""
    open_coast(cast)
    request = make_request(cast.chi.user, datasets=["coast-diabetes", "river-diabetes"])
    say_yes(review_of(request, "river"), [cast.amina, cast.bo])
    answer(review_of(request, "coast"), cast.zed, Answer.NO)
    return request


def request_of(person, request, form="json"):
    return json.loads(exports.take_request(request.public_id, actor=person.user, form=form))


def agreement_of(person, grant, form="json"):
    return json.loads(exports.take_grant(grant.public_id, actor=person.user, form=form))


def test_the_applicant_reads_yes_and_no_of_each_and_a_community_only_its_own(cast, both):
    told = {
        name: {each["community"]: each["decision"] for each in request_of(who, both)["decisions"]}
        for name, who in (("chi", cast.chi), ("river", cast.ola), ("coast", cast.zed))
    }

    assert told == {
        "chi": {"river": "yes", "coast": "no"},
        "river": {"river": "yes"},
        "coast": {"coast": "no"},
    }


def test_every_revision_stands_in_it_with_its_fingerprint(cast, both):
    revision = both.revisions.get()

    [told] = request_of(cast.chi, both)["revisions"]

    assert (told["number"], told["digest"], told["note"]) == (1, revision.digest, "")


def test_what_is_read_back_from_a_file_has_the_fingerprint_that_it_names(cast, grant):
    request = request_of(cast.ola, grant.review.revision.request)
    agreement = agreement_of(cast.ola, grant)
    policy = agreement_of(cast.ola, grant, "odrl")

    assert digest(rfc8785.dumps(request["request"])) == request["digest"]
    assert digest(canonical(agreement["agreement"])) == agreement["digest"]
    assert policy["kinhold:agreement"]["statement"] == agreement["agreement"]
    assert canonical(agreement["agreement"]).decode() == grant.statement.text


def test_the_acceptance_can_be_verified_from_the_file_alone(cast, review):
    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    grant = say_yes(review, [cast.amina, cast.bo])
    before = agreement_of(cast.ola, grant)["accepted"]
    accept(grant, cast.chi)

    for person in (cast.ola, cast.chi):
        own = agreement_of(person, grant)
        policy = agreement_of(person, grant, "odrl")
        said = verify_acceptance(
            SignedAcceptance.from_json(json.dumps(own["accepted"])),
            grant=canonical(own["agreement"]),
            rp_id=settings.KINHOLD_RP_ID,
            origins=(settings.KINHOLD_ORIGIN,),
        )
        assert said.name == cast.chi.user.name
        assert policy["kinhold:agreement"]["accepted"] == own["accepted"]
        keeps_to(policy, "odrl.schema.json")
    assert before is None


def test_what_is_owed_stands_in_it_and_as_duties(cast, grant):
    if not Obligation.objects.filter(grant=grant).exists():
        promise_all(grant)
    rows = Obligation.objects.filter(grant=grant)
    first = rows[0]

    own, policy = agreement_of(cast.chi, grant), agreement_of(cast.chi, grant, "odrl")

    assert len(own["obligations"]) == rows.count() > 0
    assert own["obligations"][0]["text"] == first.text
    duty = policy["permission"][0]["duty"][0]
    assert duty["action"] == "kinhold:keepPromise"
    assert duty["kinhold:kind"] == first.kind
    assert duty["constraint"][0]["rightOperand"]["@value"] == first.due_on.isoformat()
    keeps_to(policy, "odrl.schema.json")


def test_terms_of_duo_are_told_as_derived_and_from_what(cast, grant):
    wanted = request_of(cast.ola, grant.review.revision.request, "odrl")["kinhold:request"]
    agreed = agreement_of(cast.ola, grant)

    assert wanted["derived"] == {
        "note": "Derived from the text. The text is what counts; DUO cannot say all of it.",
        "duo": [
            {"id": "DUO:0000037", "label": wanted["derived"]["duo"][0]["label"], "from": "purpose"},
            {"id": "DUO:0000007", "label": "disease specific research", "from": "diseases"},
        ],
    }
    found = {each["from"]: each["id"] for each in agreed["derived"]["duo"]}
    assert found["purpose"] == "DUO:0000037"
    assert found["clause NO_COMM in main"] == "DUO:0000046"
    assert all("DUO" in term for term in found.values())


def test_a_term_that_says_only_a_part_says_so():
    clause = {"code": "SCOPE_DISEASE", "params": {}}
    told = derived.of_grant(
        {"purpose": {"code": "unheard-of"}}, [{"line": "main", "clauses": [clause, {"code": "X"}]}]
    )

    exact = library()["SCOPE_DISEASE"].duo_exact
    [term] = told["duo"]
    assert (term["id"], term.get("in_part", False)) == ("DUO:0000007", not exact)


def test_files_tell_no_votes_no_names_of_stewards_and_no_talk(cast, both):
    grant = both.revisions.get().reviews.get(community=cast.river).grant
    texts = [
        exports.take_request(both.public_id, actor=who.user, form=form)
        for who in (cast.chi, cast.ola)
        for form in ("json", "odrl")
    ] + [
        exports.take_grant(grant.public_id, actor=cast.chi.user, form=form)
        for form in ("json", "odrl")
    ]

    for text in texts:
        for word in ("ballot", "credential_id", "Amina", "Cleo", cast.bo.membership.steward_id):
            assert word not in text, word
