"""Promises and papers from a script: all that the pages let a researcher do."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from consent.models import Obligation, Publication
from consent.rules import PublicationAnswer
from governance.rules import PlatformRole
from tests import factories as people
from tests.consent import promising
from tests.consent.factories import make_request, review_of, say_yes
from tests.federation.calls import Script

pytestmark = pytest.mark.django_db

ALL = ("requests:read", "requests:write")
FILLED = {
    "community": "river",
    "kind": "paper",
    "title": "By the river",
    "where": "A journal",
    "plain_summary": "Weight goes with it.",
}


@pytest.fixture
def grant(cast, protocol):
    people.make_dataset(cast.river, cast.amina.user)
    return say_yes(review_of(make_request(cast.chi.user)), [cast.amina, cast.bo])


@pytest.fixture
def address(grant):
    return f"requests/{grant.review.revision.request.public_id}/"


@pytest.fixture
def chi(cast):
    return Script(cast.chi.user, *ALL)


def test_a_script_lists_and_reports_promises(cast, chi, grant, address):
    listed = chi.get(f"{address}promises/").json()["results"]
    assert len(listed) == Obligation.objects.count()
    benefit = next(row for row in listed if row["kind"] == "benefit")
    assert benefit["community"] == "river"
    assert [question["name"] for question in benefit["questions"]] == ["text"]
    one = f"{address}promises/{benefit['id']}/"

    missing = chi.post(f"{one}report/", {"answers": {}})
    assert (missing.status_code, list(missing.json()["errors"])) == (400, ["text"])
    told = chi.post(f"{one}report/", {"answers": {"text": "We held it."}})
    assert told.status_code == 200
    assert chi.get(one).json()["standing"] == "reported"
    assert chi.get(one).json()["answers"] == {"text": "We held it."}


def test_a_script_hands_in_a_file_with_its_report(cast, chi, grant, address, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    row = promising.promise_of(grant)
    sent = {"answers.text": "Done.", "evidence": SimpleUploadedFile("a.txt", b"We were there.\n")}

    answer = chi.post_form(f"{address}promises/{row.public_id}/report/", sent)

    assert answer.status_code == 200, answer.content
    row.refresh_from_db()
    assert row.evidence.file_name == "a.txt"


def test_a_script_puts_a_paper_and_notes_it_as_published(cast, chi, grant, address):
    made = chi.post(f"{address}publications/", FILLED)
    assert made.status_code == 201, made.content
    one = f"{address}publications/{made.json()['id']}/"
    assert "has not answered" in made.json()["locks"][0]
    day = {"published_at": promising.today().isoformat()}
    assert chi.post(f"{one}published/", day).status_code == 409

    promising.results_confirmed(grant, cast.chi, cast.amina)
    promising.answered(Publication.objects.get(), cast.amina, PublicationAnswer.WITHHOLD_NAME)
    told = chi.get(one).json()
    assert (told["locks"], told["naming"]["named"]) == ([], False)
    assert chi.post(f"{one}published/", day | {"link": "ftp://x.example"}).status_code == 400
    assert chi.post(f"{one}published/", day).status_code == 200
    assert chi.get(f"{address}publications/").json()["results"][0]["published_at"]


def test_a_script_puts_a_new_version(cast, chi, grant, address):
    first = chi.post(f"{address}publications/", FILLED).json()["id"]
    assert chi.post(f"{address}publications/", FILLED | {"follows": first}).status_code == 409
    promising.answered(Publication.objects.get(), cast.amina, PublicationAnswer.CHANGES)

    newer = chi.post(f"{address}publications/", FILLED | {"follows": first})

    assert (newer.status_code, newer.json()["follows"]) == (201, first)


@pytest.mark.parametrize("changes", [{"community": "coast"}, {"title": ""}, {"kind": "poem"}])
def test_what_does_not_fit_is_told_field_by_field(chi, grant, address, changes):
    answer = chi.post(f"{address}publications/", FILLED | changes)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, list(changes))


def test_another_researcher_finds_nothing(cast, chi, grant, address):
    other = Script(people.make_user("Other", PlatformRole.RESEARCHER), *ALL)
    row = promising.promise_of(grant)
    paper = promising.make_publication(grant, cast.chi)

    for path in (
        "promises/",
        f"promises/{row.public_id}/",
        "publications/",
        f"publications/{paper.public_id}/",
    ):
        assert other.get(address + path).status_code == 404, path
    answers = {"answers": {"text": "x"}}
    assert other.post(f"{address}promises/{row.public_id}/report/", answers).status_code == 404
    assert other.post(f"{address}publications/", FILLED).status_code == 404


def test_reading_does_not_let_a_script_write(cast, grant, address):
    script = Script(cast.chi.user, "requests:read")
    row = promising.promise_of(grant)

    answers = {"answers": {"text": "x"}}
    assert script.post(f"{address}promises/{row.public_id}/report/", answers).status_code == 403
    assert script.post(f"{address}publications/", FILLED).status_code == 403
