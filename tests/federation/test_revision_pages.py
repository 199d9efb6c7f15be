"""A researcher changes her request: on the pages, by script, and nobody else's."""

import pytest
from django.test import Client
from django.urls import reverse

from consent.models import RequestRevision, TrainingRequest
from federation.queries.readiness import CHANGED
from governance.rules import PlatformRole
from tests.cast import ROLES, Person
from tests.consent.revising import send_back
from tests.factories import make_passkey, make_user
from tests.federation.calls import Script
from tests.federation.factories import agree
from tests.federation.revising import NOTE, rewrite
from tests.federation.story import Three


def url(name: str, request: TrainingRequest) -> str:
    return reverse(f"federation:{name}", args=[request.public_id])


def text_of(client: Client, address: str) -> str:
    answered = client.get(address)
    assert answered.status_code == 200
    return str(answered.content.decode())


@pytest.mark.parametrize("name", ["request_change", "request_keep", "request_revise"])
def test_only_the_applicant_finds_the_pages(
    asked: TrainingRequest, three: Three, client: Client, name: str
) -> None:
    rewrite(asked, three.chi, months=5)
    other = make_user("Other", PlatformRole.RESEARCHER)
    everybody = three.cast.everybody | {"other": Person(other, make_passkey(other))}
    assert set(ROLES) <= set(everybody)

    for role, person in everybody.items():
        status = person.client().get(url(name, asked)).status_code
        assert (role, status) == (role, 200 if role == "researcher" else 404)
        if role != "researcher":
            assert person.client().post(url(name, asked)).status_code == 404
    assert client.get(url(name, asked)).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "being changed"


def test_she_changes_it_says_why_and_submits_it(asked: TrainingRequest, three: Three) -> None:
    agree(asked, *three.all)
    chi = three.chi.client()
    assert "decides anew on the changed part" in text_of(chi, url("request_change", asked))

    begun = chi.post(url("request_change", asked))
    assert begun["Location"] == url("request_edit", asked)
    assert "Nothing differs yet." in text_of(chi, url("request_revise", asked))
    page = text_of(chi, url("request", asked))
    assert "Submit the change, or leave the request as it was." in page
    assert url("request_keep", asked) in page

    rewrite(asked, three.chi, months=5)
    assert "<ins>" in text_of(chi, url("request_revise", asked))
    without = chi.post(url("request_revise", asked), {"note": " "})
    assert without.status_code == 400
    sent = chi.post(url("request_revise", asked), {"note": NOTE})
    assert sent["Location"] == url("request", asked)
    page = text_of(chi, url("request", asked))
    assert "Changed: needs a new decision." in page
    assert "Until then runs go by revision 1" in page
    assert RequestRevision.objects.get(request=asked, number=2).note == NOTE


def test_she_leaves_it_as_it_was(asked: TrainingRequest, three: Three) -> None:
    rewrite(asked, three.chi, months=5)
    chi = three.chi.client()

    assert chi.post(url("request_keep", asked))["Location"] == url("request", asked)

    asked.refresh_from_db()
    assert asked.state == "in review"
    assert chi.get(url("request_revise", asked)).status_code == 404


def test_what_was_sent_back_is_told_and_cannot_be_kept(
    asked: TrainingRequest, three: Three
) -> None:
    review = asked.revisions.get().reviews.get(community__slug="river")
    send_back(review, three.river.stewards[0], note="Too many words.")
    chi = three.chi.client()

    page = text_of(chi, url("request", asked))
    assert "Too many words." in page
    assert url("request_keep", asked) not in page
    assert "cannot stay as it was" in text_of(chi, url("request_keep", asked))
    chi.post(url("request_keep", asked))
    asked.refresh_from_db()
    assert asked.state == "being changed"


def test_a_script_does_all_of_it(asked: TrainingRequest, three: Three) -> None:
    agree(asked, *three.all)
    script = Script(three.chi.user, "requests:read", "requests:write")
    at = f"requests/{asked.public_id}/"

    assert script.post(f"{at}keep/").status_code == 409
    begun = script.post(f"{at}change/").json()
    assert (begun["state"], begun["in_use"], begun["can_start"]) == ("being changed", 1, True)
    assert script.post(f"{at}change/").status_code == 409
    same = script.post(f"{at}submit/", {"note": NOTE})
    assert (same.status_code, list(same.json()["errors"])) == (400, ["request"])
    assert script.patch(at, {"months": 5}).status_code == 200
    assert list(script.post(f"{at}submit/").json()["errors"]) == ["note"]

    sent = script.post(f"{at}submit/", {"note": NOTE}).json()
    assert (sent["state"], sent["in_use"]) == ("in review", 1)
    assert (sent["revision"]["number"], sent["revision"]["note"]) == (2, NOTE)
    assert sent["changed"].startswith(CHANGED)
    assert sent["can_start"] is True
    first, second = script.get(f"{at}revisions/").json()
    assert (first["number"], first["in_use"], first["changes"]) == (1, True, [])
    assert (second["number"], second["in_use"], second["note"]) == (2, False, NOTE)
    [change] = second["changes"]
    assert (change["field"], change["kind"], change["before"], change["after"]) == (
        "months",
        "changed",
        "6",
        "5",
    )
    assert change["words"] == [{"mark": "del", "text": "6"}, {"mark": "ins", "text": "5"}]


def test_a_script_reads_what_a_community_asks_for_and_runs_by_what_is_agreed(
    asked: TrainingRequest, three: Three
) -> None:
    agree(asked, *three.all)
    script = Script(three.chi.user, "requests:read", "requests:write")
    at = f"requests/{asked.public_id}/"
    script.post(f"{at}change/")
    script.patch(at, {"months": 5})
    script.post(f"{at}submit/", {"note": NOTE})
    review = asked.revisions.get(number=2).reviews.get(community__slug="river")
    send_back(review, three.river.stewards[0], note="Why shorter?")

    told = script.get(at).json()
    assert told["state"] == "being changed"
    assert [(each["community"], each["note"]) for each in told["asked_changes"]] == [
        ("river", "Some of it is unclear to us. Please write it in plainer words.\nWhy shorter?")
    ]
    assert script.post(f"{at}keep/").status_code == 409

    started = script.post(f"{at}runs/")

    assert started.status_code == 201
