"""R-13: requests and agreements as files, for those who may see them."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from consent.actions import exports
from consent.errors import NotAllowed
from governance.models import AccessEvent
from tests.consent import factories
from tests.governance.exchange.making import keeps_to

IN_RIVER = {"steward", "custodian", "observer", "convenor"}
MAY = IN_RIVER | {"researcher"}
ENDINGS = {
    "json": "application/json; charset=utf-8",
    "jsonld": "application/ld+json; charset=utf-8",
}


def address(name, thing, *more):
    return reverse(f"consent:{name}", args=[thing, *more])


@pytest.fixture
def wanted(grant):
    return grant.review.revision.request


def places(grant, wanted):
    yield address("request_export", wanted.public_id)
    for ending in ENDINGS:
        yield address("request_file", wanted.public_id, ending)
        yield address("grant_file", grant.public_id, ending)


def test_the_communitys_people_and_the_applicant_take_files_and_nobody_else(cast, grant, wanted):
    for place in places(grant, wanted):
        for role, person in cast.everybody.items():
            status = person.client().get(place).status_code
            assert status == (200 if role in MAY else 404), (role, place)
        assert Client().get(place).status_code == 302


def test_another_researcher_gets_nothing(cast, grant, wanted):
    from governance.rules import PlatformRole
    from tests.factories import make_passkey, make_user

    other = make_user("Uma", PlatformRole.RESEARCHER)
    make_passkey(other)
    client = Client()
    client.force_login(other, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert {client.get(place).status_code for place in places(grant, wanted)} == {404}


@pytest.mark.parametrize("ending", ENDINGS)
def test_files_are_ones_to_keep_and_each_is_told_in_the_log(cast, grant, wanted, ending):
    for name, thing, verb in (
        ("request_file", wanted.public_id, "request.export"),
        ("grant_file", grant.public_id, "grant.export"),
    ):
        page = cast.ola.client().get(address(name, thing, ending))

        told = AccessEvent.objects.get(verb=verb)
        assert page["Content-Type"] == ENDINGS[ending]
        assert page["Content-Disposition"].startswith("attachment; ")
        assert (told.actor, told.community) == (cast.ola.user, cast.river)


def test_a_request_goes_out_as_odrl_and_as_json(cast, grant, wanted):
    revision = grant.review.revision
    client = cast.chi.client()

    policy = json.loads(client.get(address("request_file", wanted.public_id, "jsonld")).content)
    own = json.loads(client.get(address("request_file", wanted.public_id, "json")).content)

    keeps_to(policy, "odrl.schema.json")
    assert policy["@type"] == "Request"
    assert policy["uid"] == f"urn:kinhold:request:{wanted.public_id}:1"
    assert policy["assignee"]["dct:title"] == "Lakeside University"
    held = {each["leftOperand"]: each for each in policy["permission"][0]["constraint"]}
    assert held["purpose"]["rightOperand"] == {"@id": "obo:DUO_0000037"}
    assert held["kinhold:disease"]["rightOperand"] == [{"@id": "obo:MONDO_0005148"}]
    assert held["spatial"]["rightOperand"] == ["CH"]
    assert held["count"]["rightOperand"] == {"@value": "3", "@type": "xsd:integer"}
    assert held["kinhold:epsilon"]["rightOperand"] == {"@value": "1", "@type": "xsd:decimal"}
    assert "kinhold:secureAggregation" not in held
    assert policy["kinhold:request"]["document"] == own["request"] == json.loads(revision.text)
    assert policy["kinhold:request"]["digest"] == own["digest"] == revision.digest


def test_an_agreement_goes_out_as_odrl_and_as_json_without_who_signed_it(cast, grant):
    client = cast.chi.client()

    policy = json.loads(client.get(address("grant_file", grant.public_id, "jsonld")).content)
    own = json.loads(client.get(address("grant_file", grant.public_id, "json")).content)

    keeps_to(policy, "odrl.schema.json")
    assert policy["@type"] == "Agreement"
    assert policy["assigner"] == "urn:kinhold:community:river"
    assert policy["permission"][0]["target"] == "urn:kinhold:dataset:river-diabetes"
    held = [
        (each["leftOperand"], each["operator"]) for each in policy["permission"][0]["constraint"]
    ]
    assert ("dateTime", "gteq") in held and ("dateTime", "lt") in held
    assert {("kinhold:epsilon", "lteq"), ("kinhold:privacyUnit", "eq")} <= set(held)
    statement = json.loads(grant.statement.text)
    assert policy["kinhold:agreement"]["statement"] == own["agreement"] == statement
    assert own["digest"] == grant.statement.digest
    for text in (json.dumps(policy), json.dumps(own)):
        assert "signature" not in text
        assert not any(steward.user.name in text for steward in cast.stewards)


def test_conditions_are_duties_of_the_agreement(cast, review):
    from consent.actions import reviews

    reviews.put_conditions(review.pk, actor=cast.amina.user, conditions=["Tell us first."])
    grant = factories.say_yes(review, [cast.amina, cast.bo])

    policy = json.loads(exports.take_grant(grant.public_id, actor=cast.amina.user, form="odrl"))

    keeps_to(policy, "odrl.schema.json")
    assert policy["permission"][0]["duty"][0] == {
        "action": "kinhold:keepCondition",
        "dct:description": "Tell us first.",
    }


def test_the_page_says_what_there_is(cast, review):
    place = address("request_export", review.revision.request.public_id)

    page = cast.amina.client().get(place).content.decode()

    assert "Request as ODRL" in page
    assert "There is no agreement yet." in page


def test_a_draft_is_not_there_to_be_taken(cast, dataset):
    draft = factories.make_draft(cast.chi.user)

    assert cast.chi.client().get(address("request_export", draft.public_id)).status_code == 404


def test_the_actions_ask_for_themselves(cast, grant, wanted):
    with pytest.raises(NotAllowed):
        exports.take_request(wanted.public_id, actor=cast.zed.user, form="json")
    with pytest.raises(NotAllowed):
        exports.take_grant(grant.public_id, actor=cast.max.user, form="json")


def test_a_file_in_another_form_does_not_exist(cast, grant):
    assert cast.chi.client().get(address("grant_file", grant.public_id, "pdf")).status_code == 404
