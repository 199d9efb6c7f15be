"""The pages of labels: who gets them, what they say, and that a recording is not for everybody."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from governance.actions import labels
from governance.models import AppliedLabel, Dataset, LabelText, Protocol
from governance.rules import Offer
from governance.uploads import MAX_AUDIO_BYTES
from governance.urls.labels import label_patterns
from tests import factories
from tests.cast import ROLES, Cast
from tests.governance.hub_here import PROJECT
from tests.governance.sounds import MP3

pytestmark = pytest.mark.django_db


def row(**expected: int) -> dict[str, int]:
    """One row of the table: 404 for everybody who is not named."""
    return dict.fromkeys(ROLES, 404) | expected


MEMBERS = row(steward=200, convenor=200, custodian=200, observer=200)
KEEPERS = row(steward=200, custodian=200)
STEWARDS = row(steward=200)

# Written by hand. A page that is missing here fails test_no_page_is_forgotten.
READ = {
    "labels": MEMBERS,
    "label-choose": KEEPERS,
    "label-new": KEEPERS,
    "label": MEMBERS,
    "label-text": KEEPERS,
    "label-numbers": KEEPERS,
    "label-clause": STEWARDS,
    "label-review": STEWARDS,
    "label-take-off": KEEPERS,
    # This label is not for researchers, and no other community holds the data.
    "label-audio": MEMBERS,
}
WRITE = {
    "label-new": row(steward=400, custodian=400),
    "label-text": row(steward=400, custodian=400),
    "label-numbers": row(steward=302, custodian=302),
    "label-clause": row(steward=400),
    "label-review": row(steward=400),
    "label-take-off": row(steward=400, custodian=400),
    "label-hub": row(steward=302, custodian=302),
}


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def dataset(cast: Cast, protocol: Protocol) -> Dataset:
    return factories.make_dataset(cast.river, cast.amina.user)


def spoken(cast: Cast, dataset: Dataset, code: str) -> AppliedLabel:
    return labels.put_on(
        community_id=cast.river.pk,
        dataset_id=dataset.pk,
        actor=cast.bo.user,
        code=code,
        words=labels.Words("en", "Ask us first.", MP3),
    )


@pytest.fixture
def applied(cast: Cast, dataset: Dataset) -> AppliedLabel:
    """A label that holds, asks for a clause, and is not for researchers; with a recording."""
    return spoken(cast, dataset, "tkwr")


def url(name: str, applied: AppliedLabel) -> str:
    on = ["river", "river-diabetes"]
    args: dict[str, list[object]] = {
        "labels": ["river"],
        "label-choose": [*on],
        "label-new": [*on, "bcnc"],
        "label-clause": ["river", applied.public_id, applied.clauses.get().pk],
        "label-audio": [applied.public_id, applied.texts.get().pk],
    }
    return reverse(f"governance:{name}", args=args.get(name, ["river", applied.public_id]))


@pytest.mark.parametrize("page", READ)
def test_who_may_read_which_page(cast: Cast, applied: AppliedLabel, page: str) -> None:
    assert {
        role: person.client().get(url(page, applied)).status_code
        for role, person in cast.everybody.items()
    } == READ[page]


@pytest.mark.parametrize("page", WRITE)
def test_who_may_send_which_form(cast: Cast, applied: AppliedLabel, page: str) -> None:
    assert {
        role: person.client().post(url(page, applied), {"sent": "yes"}).status_code
        for role, person in cast.everybody.items()
    } == WRITE[page]


@pytest.mark.parametrize("page", sorted({*READ, *WRITE}))
def test_strangers_are_sent_to_sign_in(applied: AppliedLabel, page: str) -> None:
    here = url(page, applied)

    for told in (Client().get(here), Client().post(here)):
        assert (told.status_code, told.headers.get("Location")) == (
            302,
            f"/accounts/login/?next={here}",
        )


def test_no_page_is_forgotten() -> None:
    assert {pattern.name for pattern in label_patterns} == {*READ, *WRITE}


def test_another_communitys_label_is_not_reached_through_ones_own(
    cast: Cast, applied: AppliedLabel
) -> None:
    client = cast.zed.client()

    for name in ("label", "label-text", "label-review", "label-take-off", "label-numbers"):
        there = reverse(f"governance:{name}", args=["coast", applied.public_id])
        assert client.get(there).status_code == 404
        assert client.post(there).status_code == (405 if name == "label" else 404)
    theirs = reverse("governance:label-choose", args=["coast", "river-diabetes"])
    assert client.get(theirs).status_code == 404


def test_a_label_is_put_on_with_a_recording_and_a_hold_is_told(
    cast: Cast, dataset: Dataset
) -> None:
    client = cast.dov.client()
    here = reverse("governance:label-new", args=["river", dataset.slug, "tknv"])
    told = client.get(here).content.decode()
    assert "researchers no longer find this dataset" in told
    form = {
        "language": "EN-ca",
        "text": "Ask us first.",
        "audio": SimpleUploadedFile("picture.png", MP3, "image/png"),
        "project_uuid": str(PROJECT),
        "label_uuid": "",
    }

    page = client.post(here, form, follow=True).content.decode()

    applied = AppliedLabel.objects.get()
    assert (applied.code, applied.project_uuid, applied.label_uuid) == ("tknv", PROJECT, None)
    assert "You put it on, so another steward must look" in page
    assert '<blockquote lang="en-CA" dir="auto"><p>Ask us first.</p></blockquote>' in page
    assert "<audio controls" in page


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"language": "English language"}, "This is not a language tag"),
        ({"text": ""}, "This field is required"),
        ({"project_uuid": "12"}, "Enter a valid UUID"),
        ({"audio": SimpleUploadedFile("a.mp3", b"<script>")}, "is not a recording"),
        ({"audio": SimpleUploadedFile("a.mp3", b"")}, "is not a recording"),
        ({"audio": SimpleUploadedFile("a.mp3", MP3 * 15000)}, "At most 5 MB are kept"),
    ],
    ids=["language", "text", "number", "no sound", "empty", "too big"],
)
def test_what_does_not_fit_is_told_beside_what_was_typed(
    cast: Cast, dataset: Dataset, changed: dict[str, object], sentence: str
) -> None:
    form = {
        "language": "fr",
        "text": "Gardez ce que j'ai dit.",
        "project_uuid": "",
        "label_uuid": "",
    }
    here = reverse("governance:label-new", args=["river", dataset.slug, "bcnc"])
    assert len(MP3 * 15000) > MAX_AUDIO_BYTES

    page = cast.amina.client().post(here, form | changed)

    html = page.content.decode()
    assert page.status_code == 400
    assert html.count(sentence) == 2  # in the summary and next to the field
    assert "text" in changed or "Gardez ce que j&#x27;ai dit." in html
    assert not AppliedLabel.objects.exists()


def test_a_steward_confirms_on_a_page_of_its_own(cast: Cast, dataset: Dataset) -> None:
    applied = factories.make_label(dataset, cast.dov.user)
    client = cast.amina.client()
    here = url("label-clause", applied)
    assert "waits for a steward" in client.get(url("label", applied)).content.decode()
    assert "In force already: Our protocol 1." in client.get(here).content.decode()

    client.get(here)
    assert applied.clauses.get().state == Offer.OFFERED.value
    assert client.post(here, {"answer": "perhaps"}).status_code == 400
    page = client.post(here, {"answer": "confirmed"}, follow=True).content.decode()

    assert applied.clauses.get().state == Offer.CONFIRMED.value
    assert "It will be ticked when the next protocol is drafted." in page
    assert "Answered by Amina" in page


def test_a_hold_is_looked_at_on_a_page_that_says_what_it_means(
    cast: Cast, applied: AppliedLabel
) -> None:
    here = url("label-review", applied)
    assert "the hold as it is" in cast.amina.client().get(here).content.decode()

    refused = cast.bo.client().post(here, {"note": "I put it on myself"})
    assert refused.status_code == 400
    assert "another steward must look at it" in refused.content.decode()
    page = cast.amina.client().post(here, {"note": "Seen with the aunties."}, follow=True)

    assert "Seen with the aunties." in page.content.decode()
    applied.refresh_from_db()
    assert applied.reviewed_at is not None


def test_a_label_is_taken_off_after_a_question(cast: Cast, dataset: Dataset) -> None:
    applied = factories.make_label(dataset, cast.dov.user)
    here = url("label-take-off", applied)
    client = cast.dov.client()

    assert "a protocol in force does not change" in client.get(here).content.decode()
    page = client.post(here, {"reason": "wrong data"}, follow=True).content.decode()

    assert "Taken off by Dov" in page
    assert "wrong data" in page
    assert "Our own words, made for tests." in page
    assert url("label-text", applied) not in page
    applied.refresh_from_db()
    assert applied.removed_at is not None


def test_versions_stand_side_by_side_and_can_be_added(cast: Cast, dataset: Dataset) -> None:
    applied = factories.make_label(dataset, cast.dov.user)
    client = cast.dov.client()
    here = url("label-text", applied)

    again = client.post(here, {"new_version": "no", "language": "en", "text": "Second."})
    assert "has a text in en already" in again.content.decode()
    page = client.post(
        here, {"new_version": "yes", "language": "en", "text": "Second."}, follow=True
    ).content.decode()

    assert page.index("Second.") < page.index("Our own words, made for tests.")
    assert LabelText.objects.filter(label=applied, language="en").count() == 2
