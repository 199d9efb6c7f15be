"""Writing a request from a script: the whole form, the terms, an old one as a new one."""

import pytest

from consent.models import TrainingRequest
from consent.terms import TERMS, TERMS_DIGEST
from federation.actions.catalogue import publish
from tests.consent.factories import ANSWERS, fields
from tests.federation.calls import Script
from tests.federation.story import Three

SCOPES = ("requests:read", "requests:write")


@pytest.fixture
def chi(three: Three) -> Script:
    publish("linear-regression")
    return Script(three.chi.user, *SCOPES)


def test_every_field_of_the_form_can_be_sent_and_comes_back(chi: Script) -> None:
    sent = fields(title="Weight and illness")

    made = chi.post("requests/", sent)

    assert made.status_code == 201, made.content
    del sent["title"]
    assert made.json()["draft"] == sent


@pytest.mark.parametrize(
    ("privacy", "errors"),
    [
        ({"noise": True}, {"noise": ["There is no such field."]}),
        ({"dp": {"eps": "1"}}, {"dp": {"eps": ["There is no such field."]}}),
        ({"secure_aggregation": "perhaps"}, {"secure_aggregation": ["Must be a valid boolean."]}),
    ],
)
def test_a_misspelt_wish_for_privacy_is_refused_by_name(
    chi: Script, privacy: dict[str, object], errors: dict[str, object]
) -> None:
    answer = chi.post("requests/", {"title": "T", "privacy": privacy})

    assert answer.status_code == 400
    assert answer.json()["errors"] == {"privacy": errors}


@pytest.mark.parametrize("old", ["funders", "benefits", "after", "approvals", "attachments"])
def test_a_field_of_the_first_form_or_of_no_form_is_refused_by_name(chi: Script, old: str) -> None:
    answer = chi.post("requests/", {"title": "T", old: "x"})

    assert answer.status_code == 400
    assert answer.json()["errors"] == {old: ["There is no such field."]}


@pytest.mark.parametrize("name", list(ANSWERS))
def test_a_text_that_is_too_long_is_refused_by_name(chi: Script, name: str) -> None:
    answer = chi.post("requests/", {"title": "T", name: "x" * 2001})

    assert list(answer.json()["errors"]) == [name]


def test_changing_some_fields_leaves_the_others(chi: Script) -> None:
    made = chi.post("requests/", {"title": "T", "question": "Why?", "bias": "None."}).json()

    answer = chi.patch(f"requests/{made['id']}/", {"bias": "Some.", "funding": []})

    assert answer.status_code == 200
    assert answer.json()["draft"] == {"question": "Why?", "bias": "Some."}
    assert answer.json()["title"] == "T"


def test_the_terms_are_told_with_their_digest(chi: Script) -> None:
    assert chi.get("requests/terms/").json() == {"digest": TERMS_DIGEST, "sentences": [*TERMS]}


def test_a_new_draft_is_made_of_an_old_request(chi: Script, asked: TrainingRequest) -> None:
    answer = chi.post(f"requests/{asked.public_id}/copy/")

    assert answer.status_code == 201
    told = answer.json()
    assert (told["state"], told["title"]) == ("draft", "Weight and illness (new)")
    assert told["draft"]["harm_family"] == ANSWERS["harm_family"]
    assert TrainingRequest.objects.get(public_id=told["id"]).copied_from == asked
