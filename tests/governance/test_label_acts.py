"""Labels on datasets: who puts them on, whose words they hold, and what they ask for."""

from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import Settings

from consent.grants.codec import digest
from governance.actions import labels
from governance.errors import NotAllowed, NotReady
from governance.models import (
    AccessEvent,
    AppliedLabel,
    Charter,
    Dataset,
    DatasetHolder,
    LabelClause,
    LabelText,
    Protocol,
)
from governance.queries.labels import (
    confirmed_clauses,
    labels_shown,
    offered_clauses,
    offers_waiting,
)
from governance.rules import CommunityRole, Offer
from tests import factories
from tests.cast import Cast
from tests.governance.sounds import MP3

pytestmark = pytest.mark.django_db

WORDS = labels.Words("en", "Ask us first.")


@pytest.fixture
def dataset(cast: Cast) -> Dataset:
    return factories.make_dataset(cast.river, cast.amina.user)


def put_on(cast: Cast, dataset: Dataset, who: str = "amina", **changed: object) -> AppliedLabel:
    told = {"community_id": cast.river.pk, "dataset_id": dataset.pk, "code": "bcnc"}
    return labels.put_on(actor=getattr(cast, who).user, **(told | {"words": WORDS} | changed))


@pytest.mark.parametrize("who", ["amina", "dov"])
def test_stewards_and_custodians_put_labels_on(cast: Cast, dataset: Dataset, who: str) -> None:
    numbers = {"project_uuid": uuid4(), "label_uuid": uuid4()}

    applied = put_on(cast, dataset, who, words=labels.Words("EN-ca", " Ask us first.\n"), **numbers)

    applied.refresh_from_db()
    assert (applied.project_uuid, applied.label_uuid) == tuple(numbers.values())
    text = applied.texts.get()
    assert (text.version, text.language, text.text) == (1, "en-CA", "Ask us first.")
    assert applied.applied_by == getattr(cast, who).membership
    events = AccessEvent.objects.filter(subject=f"label:{applied.public_id}").order_by("pk")
    assert [(event.verb, event.reason, event.document_digest) for event in events] == [
        ("label.put-on", "dataset:river-diabetes", ""),
        ("label.write-text", "dataset:river-diabetes", digest(b"Ask us first.")),
    ]


@pytest.mark.parametrize("who", ["eli", "ola", "chi", "zed", "aud", "max"])
def test_nobody_else_touches_a_label(cast: Cast, dataset: Dataset, who: str) -> None:
    applied = put_on(cast, dataset, code="tknv")
    offered = LabelClause.objects.create(label=applied, clause="NO_COMM")
    actor = getattr(cast, who).user

    with pytest.raises(NotAllowed):
        put_on(cast, dataset, who)
    with pytest.raises(NotAllowed):
        labels.write_text(applied.pk, actor=actor, words=WORDS, new_version=True)
    with pytest.raises(NotAllowed):
        labels.identify(applied.pk, actor=actor, project_uuid=uuid4(), label_uuid=None)
    with pytest.raises(NotAllowed):
        labels.answer_clause(offered.pk, actor=actor, answer=Offer.CONFIRMED)
    with pytest.raises(NotAllowed):
        labels.review_hold(applied.pk, actor=actor, note="seen")
    with pytest.raises(NotAllowed):
        labels.take_off(applied.pk, actor=actor, reason="no")


def test_a_custodian_confirms_nothing(cast: Cast, dataset: Dataset) -> None:
    applied = put_on(cast, dataset)

    with pytest.raises(NotAllowed):
        labels.answer_clause(applied.clauses.get().pk, actor=cast.dov.user, answer=Offer.CONFIRMED)


def test_a_community_labels_no_dataset_of_another(cast: Cast, dataset: Dataset) -> None:
    with pytest.raises(NotReady, match="no such dataset"):
        put_on(cast, dataset, "zed", community_id=cast.coast.pk)

    DatasetHolder.objects.create(dataset=dataset, community=cast.coast, named_by=cast.amina.user)
    applied = put_on(cast, dataset, "zed", community_id=cast.coast.pk)
    assert applied.community == cast.coast
    with pytest.raises(NotAllowed):
        labels.take_off(applied.pk, actor=cast.amina.user, reason="theirs")


def test_a_label_is_on_a_dataset_once_for_each_holder(cast: Cast, dataset: Dataset) -> None:
    applied = put_on(cast, dataset)

    with pytest.raises(NotReady, match="on this dataset already"):
        put_on(cast, dataset)
    labels.take_off(applied.pk, actor=cast.amina.user, reason="to try again")
    again = put_on(cast, dataset)

    assert again.pk != applied.pk
    applied.refresh_from_db()
    assert applied.removed_because == "to try again"
    assert applied.texts.count() == 1
    with pytest.raises(NotReady, match="taken off"):
        labels.take_off(applied.pk, actor=cast.amina.user, reason="twice")


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"code": "bcxx"}, "no such label"),
        ({"words": labels.Words("english language", "x")}, "must be a tag"),
        ({"words": labels.Words("en", "  ")}, "Write the label's text"),
        ({"words": labels.Words("en", "a\x00b")}, "Write the label's text"),
        ({"words": labels.Words("en", "x" * 8001)}, "at most 8000"),
        ({"words": labels.Words("en", "x", b"<script>")}, "must be MP3"),
    ],
    ids=["unknown", "language", "empty", "zero", "too long", "no sound"],
)
def test_what_cannot_be_kept_is_told_and_leaves_nothing(
    cast: Cast,
    dataset: Dataset,
    changed: dict[str, object],
    sentence: str,
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(NotReady, match=sentence):
        put_on(cast, dataset, **changed)

    assert not AppliedLabel.objects.exists()
    assert not AccessEvent.objects.filter(verb__startswith="label.").exists()


def test_a_recording_is_stored_with_its_text_or_not_at_all(
    cast: Cast, dataset: Dataset, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    spoken = labels.Words("en", "Ask us first.", MP3)

    text = put_on(cast, dataset, words=spoken).texts.get()
    with pytest.raises(NotReady):
        put_on(cast, dataset, words=spoken)

    assert text.audio_type == "audio/mpeg"
    assert [path.read_bytes() for path in tmp_path.rglob("*.mp3")] == [MP3]


def test_texts_are_added_and_never_changed(cast: Cast, dataset: Dataset) -> None:
    applied = put_on(cast, dataset)

    def write(language: str, text: str, *, new_version: bool) -> LabelText:
        words = labels.Words(language, text)
        return labels.write_text(
            applied.pk, actor=cast.dov.user, words=words, new_version=new_version
        )

    write("fr", "Demandez-nous.", new_version=False)
    with pytest.raises(NotReady, match="Version 1 has a text in fr already"):
        write("fr", "Non.", new_version=False)
    write("en", "Ask all of us first.", new_version=True)
    write("x-ours", "...", new_version=False)

    assert [(text.version, text.language) for text in applied.texts.order_by("version", "pk")] == [
        (1, "en"),
        (1, "fr"),
        (2, "en"),
        (2, "x-ours"),
    ]
    # A reader of French gets the French, and is told that there is a newer version.
    (shown,) = labels_shown(dataset, ["fr"]).rows
    assert (shown.text.text, shown.newer) == ("Demandez-nous.", True)
    (shown,) = labels_shown(dataset, ["de"]).rows
    assert (shown.text.text, shown.newer) == ("Ask all of us first.", False)


def test_a_label_offers_a_clause_that_is_nothing_until_a_steward_confirms(
    cast: Cast, dataset: Dataset, charter: Charter
) -> None:
    applied = put_on(cast, dataset, "dov")
    offered = applied.clauses.get()

    assert (offered.clause, offered.state) == ("NO_COMM", Offer.OFFERED.value)
    assert confirmed_clauses(cast.river) == {}
    assert list(offers_waiting(cast.amina.user)) == [applied]

    labels.answer_clause(offered.pk, actor=cast.amina.user, answer=Offer.CONFIRMED)

    assert confirmed_clauses(cast.river) == {"NO_COMM": ("BC Non-Commercial: River Diabetes",)}
    assert list(offers_waiting(cast.amina.user)) == []
    labels.answer_clause(offered.pk, actor=cast.bo.user, answer=Offer.DECLINED)
    assert confirmed_clauses(cast.river) == {}
    events = AccessEvent.objects.filter(verb__endswith="-clause").order_by("pk")
    assert [(event.verb, event.reason) for event in events] == [
        ("label.confirm-clause", "NO_COMM for dataset:river-diabetes"),
        ("label.decline-clause", "NO_COMM for dataset:river-diabetes"),
    ]


def test_the_log_does_not_tell_which_label_it_is(
    cast: Cast, dataset: Dataset, charter: Charter
) -> None:
    applied = put_on(cast, dataset, "dov", code="tkwr")
    offered = applied.clauses.get()
    labels.answer_clause(offered.pk, actor=cast.amina.user, answer=Offer.CONFIRMED)
    labels.review_hold(applied.pk, actor=cast.amina.user, note="for women only")

    rows = AccessEvent.objects.filter(verb__startswith="label.").values_list("reason", flat=True)
    assert set(rows) == {"dataset:river-diabetes"}
    assert offered.clause == "SUBGROUP"


def test_a_label_that_was_taken_off_asks_for_nothing(
    cast: Cast, dataset: Dataset, charter: Charter
) -> None:
    applied = put_on(cast, dataset)
    offered = applied.clauses.get()
    labels.answer_clause(offered.pk, actor=cast.amina.user, answer=Offer.CONFIRMED)

    labels.take_off(applied.pk, actor=cast.dov.user, reason="by mistake")

    assert confirmed_clauses(cast.river) == {}
    with pytest.raises(NotReady, match="taken off"):
        labels.answer_clause(offered.pk, actor=cast.amina.user, answer=Offer.DECLINED)


def test_a_steward_whom_the_charter_does_not_name_confirms_nothing(
    cast: Cast, dataset: Dataset, charter: Charter
) -> None:
    late = factories.make_user("Late")
    factories.make_membership(late, cast.river)
    applied = put_on(cast, dataset)

    with pytest.raises(NotAllowed, match="does not name you"):
        labels.answer_clause(applied.clauses.get().pk, actor=late, answer=Offer.CONFIRMED)


def test_the_offer_says_which_protocol_in_force_has_the_clause_already(
    cast: Cast, dataset: Dataset, protocol: Protocol
) -> None:
    applied = put_on(cast, dataset)
    other = put_on(cast, dataset, code="tks")

    (asked,) = offered_clauses(applied)
    (not_yet,) = offered_clauses(other)

    assert asked.text == "No commercial use of data, results or model."
    assert asked.already_in == (f"{protocol.title} 1",)
    assert not_yet.already_in == ()


def test_an_ended_membership_carries_no_label(cast: Cast, dataset: Dataset) -> None:
    assert cast.dov.membership is not None
    cast.dov.membership.until = timezone.now()
    cast.dov.membership.save()

    with pytest.raises(NotAllowed):
        put_on(cast, dataset, "dov")


def test_who_works_for_the_platform_labels_nothing_even_with_a_role(
    cast: Cast, dataset: Dataset
) -> None:
    factories.make_membership(cast.max.user, cast.river, CommunityRole.CUSTODIAN)

    with pytest.raises(NotAllowed):
        put_on(cast, dataset, "max")
