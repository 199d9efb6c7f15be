"""What people read of labels: lists, the desk, what researchers see and hear, what the Hub said."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from governance import hub
from governance.actions import labels
from governance.models import AppliedLabel, Dataset, DatasetHolder, HubProject, Protocol
from governance.navigation import desk_of
from governance.queries.labels import labels_shown
from governance.rules import Offer
from tests import factories
from tests.cast import Cast, Person
from tests.governance.hub_here import LABEL, PROJECT, answer
from tests.governance.sounds import MP3

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def dataset(cast: Cast, protocol: Protocol) -> Dataset:
    return factories.make_dataset(cast.river, cast.amina.user)


def page_of(name: str, applied: AppliedLabel) -> str:
    return reverse(f"governance:{name}", args=["river", applied.public_id])


def spoken(cast: Cast, dataset: Dataset, code: str = "bcnc") -> AppliedLabel:
    return labels.put_on(
        community_id=cast.river.pk,
        dataset_id=dataset.pk,
        actor=cast.amina.user,
        code=code,
        words=labels.Words("en", "Ask us first.", MP3),
    )


def recording_of(applied: AppliedLabel) -> str:
    return reverse("governance:label-audio", args=[applied.public_id, applied.texts.get().pk])


def hears(cast: Cast, applied: AppliedLabel) -> set[str]:
    here = recording_of(applied)
    return {who for who, one in cast.everybody.items() if one.client().get(here).status_code == 200}


LIST_QUERIES = 10
MEMBERS = {"steward", "convenor", "custodian", "observer"}


def test_who_hears_a_recording(cast: Cast, dataset: Dataset) -> None:
    open_one, sacred = spoken(cast, dataset), spoken(cast, dataset, "tkwg")

    assert hears(cast, open_one) == MEMBERS | {"researcher"}
    assert hears(cast, sacred) == MEMBERS
    Dataset.objects.update(listed=False)
    assert hears(cast, open_one) == MEMBERS
    DatasetHolder.objects.create(dataset=dataset, community=cast.coast, named_by=cast.amina.user)
    assert hears(cast, open_one) == MEMBERS | {"outsider"}
    assert hears(cast, sacred) == MEMBERS
    labels.take_off(open_one.pk, actor=cast.amina.user, reason="no more")
    assert hears(cast, open_one) == MEMBERS


def test_a_recording_is_sent_as_sound_and_as_nothing_else(cast: Cast, dataset: Dataset) -> None:
    applied = spoken(cast, dataset)

    answer = cast.chi.client().get(recording_of(applied))

    assert b"".join(answer.streaming_content) == MP3
    assert answer.headers["Content-Type"] == "audio/mpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    disposition = answer.headers["Content-Disposition"]
    assert disposition == f'inline; filename="label-{applied.texts.get().pk}.mpeg"'
    assert Path(applied.texts.get().audio.name).stem not in disposition
    assert "no-store" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "media-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_player_may_jump(cast: Cast, dataset: Dataset) -> None:
    here = recording_of(spoken(cast, dataset))
    client = cast.chi.client()

    part = client.get(here, headers={"Range": "bytes=0-3"})
    whole = client.get(here, headers={"Range": "lines=1-2"})

    assert (part.status_code, part.content) == (206, MP3[:4])
    assert part.headers["Content-Range"] == f"bytes 0-3/{len(MP3)}"
    assert part.headers["Content-Type"] == "audio/mpeg"
    assert whole.status_code == 200


def test_a_recording_that_is_not_there_is_not_found(cast: Cast, dataset: Dataset) -> None:
    silent, lost = factories.make_label(dataset, cast.amina.user, "bcr"), spoken(cast, dataset)
    Path(lost.texts.get().audio.path).unlink()
    client = cast.amina.client()

    assert client.get(recording_of(silent)).status_code == 404
    assert client.get(recording_of(lost)).status_code == 404
    # The number of a text counts only together with its own label.
    other = reverse("governance:label-audio", args=[silent.public_id, lost.texts.get().pk])
    assert client.get(other).status_code == 404


def read_by_researcher(dataset: Dataset, *languages: str) -> str:
    shown = labels_shown(dataset, languages)
    return render_to_string("governance/_labels.html", {"labels": shown})


def test_a_researcher_reads_labels_in_her_language_and_not_those_that_are_not_for_her(
    cast: Cast, dataset: Dataset
) -> None:
    applied = spoken(cast, dataset)
    words = labels.Words("fr", "Demandez-nous d'abord.")
    labels.write_text(applied.pk, actor=cast.amina.user, words=words, new_version=False)
    spoken(cast, dataset, "tkss")

    french, other = read_by_researcher(dataset, "fr-CA"), read_by_researcher(dataset, "de")

    assert '<blockquote lang="fr" dir="auto">' in french
    assert "Ask us first." not in french
    assert '<blockquote lang="en" dir="auto">' in other
    assert f'src="{recording_of_first(applied)}"' in other
    assert "TK Secret" not in french
    assert "/communities/" not in french
    assert "Held back" not in french


def recording_of_first(applied: AppliedLabel) -> str:
    text = applied.texts.get(language="en")
    return reverse("governance:label-audio", args=[applied.public_id, text.pk])


def desk(person: Person) -> list[str]:
    return [
        str(waiting.text)
        for waiting in desk_of(person.user)
        if "label" in str(waiting.text) or "clause" in str(waiting.text)
    ]


def test_clauses_and_holds_wait_on_the_desk_of_those_who_can_answer(
    cast: Cast, dataset: Dataset
) -> None:
    offering = factories.make_label(dataset, cast.dov.user)
    holding = factories.make_label(dataset, cast.amina.user, "tknv")
    clause = "BC Non-Commercial on River Diabetes asks for a clause: confirm or decline."
    hold = "A label holds River Diabetes back. A second steward must look at it."

    assert desk(cast.amina) == [clause]
    assert desk(cast.bo) == [hold, clause]
    for nobody in (cast.dov, cast.ola, cast.eli, cast.zed, cast.chi, cast.aud, cast.max):
        assert desk(nobody) == []
    labels.review_hold(holding.pk, actor=cast.bo.user, note="seen")
    labels.answer_clause(offering.clauses.get().pk, actor=cast.bo.user, answer=Offer.DECLINED)
    assert desk(cast.bo) == []


@pytest.mark.parametrize("more", [[], ["tknv", "tks"]], ids=["1 row", "3 rows"])
def test_more_labels_do_not_mean_more_queries(
    cast: Cast,
    dataset: Dataset,
    more: list[str],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for code in ["bcnc", *more]:
        factories.make_label(dataset, cast.amina.user, code)
    client = cast.amina.client()

    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("governance:labels", args=["river"]))
    with django_assert_num_queries(2):
        labels_shown(dataset, ["en"])


def test_the_list_is_searched_filtered_and_says_what_to_do_when_empty(
    cast: Cast, dataset: Dataset
) -> None:
    here = reverse("governance:labels", args=["river"])
    client = cast.dov.client()
    assert "Choose a dataset above" in client.get(here).content.decode()
    assert "A steward or a custodian can" in cast.ola.client().get(here).content.decode()
    held = factories.make_label(dataset, cast.dov.user, "tknv")
    taken = factories.make_label(dataset, cast.dov.user, "bcnc")
    labels.take_off(taken.pk, actor=cast.dov.user, reason="no")

    def found(**asked: str) -> set[str]:
        html = client.get(here, asked).content.decode()
        return {each.code for each in (held, taken) if page_of("label", each) in html}

    assert found() == {"tknv", "bcnc"}
    assert found(q="diabetes") == {"tknv", "bcnc"}
    assert found(q="nowhere") == set()
    assert found(state="on") == {"tknv"}
    assert found(state="holds") == {"tknv"}
    assert found(state="off") == {"bcnc"}
    assert found(code="bcnc") == {"bcnc"}
    assert found(dataset="river-diabetes", sort="dataset") == {"tknv", "bcnc"}


def test_the_library_is_searched_and_tells_what_each_label_does(
    cast: Cast, dataset: Dataset
) -> None:
    here = reverse("governance:label-choose", args=["river", dataset.slug])
    factories.make_label(dataset, cast.dov.user, "bcnc")
    client = cast.dov.client()

    page = client.get(here).content.decode()
    assert "is on it already" in page
    assert reverse("governance:label-new", args=["river", dataset.slug, "bcnc"]) not in page
    assert page.count("Holds the data back:") == 6
    assert page.count("Researchers never see that this label is there.") == 8
    narrowed = client.get(here, {"q": "bc consent non-verified"}).content.decode()
    assert narrowed.count(f'href="{here}') == 2  # one label, and the way back to all
    assert "Nothing fits." in client.get(here, {"q": "zzz"}).content.decode()


def test_a_text_of_the_hub_is_taken_over_by_a_person(cast: Cast, dataset: Dataset) -> None:
    applied = factories.make_label(dataset, cast.dov.user)
    form = {"project_uuid": str(PROJECT), "label_uuid": ""}
    client = cast.dov.client()
    client.post(page_of("label-numbers", applied), form)
    body = hub.read(json.dumps(answer()).encode(), PROJECT).body()
    HubProject.objects.create(project_uuid=PROJECT, body=body, fetched_at=applied.applied_at)

    page = client.get(page_of("label", applied)).content.decode()
    prefilled = client.get(
        page_of("label-text", applied), {"from": str(LABEL), "language": "fr"}
    ).content.decode()

    assert "as of" in page
    assert "Pas à vendre." in page
    assert "This platform is not set up to ask the Hub." in page
    assert "elsewhere.example" not in page
    assert 'value="fr"' in prefilled
    assert "Pas à vendre.</textarea>" in prefilled
    assert applied.texts.count() == 1
    other = client.get(page_of("label-text", applied), {"from": str(uuid4()), "language": "fr"})
    assert "Pas à vendre." not in other.content.decode()


def test_the_button_says_when_no_hub_is_set_up(cast: Cast, dataset: Dataset) -> None:
    applied = factories.make_label(dataset, cast.dov.user)

    page = cast.dov.client().post(page_of("label-hub", applied), follow=True)

    assert "Nothing is missing without it." in page.content.decode()
