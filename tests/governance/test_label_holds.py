"""Labels of doubt and of the sacred hold a dataset out of requests until somebody looked (R-39)."""

import pytest

from governance import labels as library
from governance.actions import labels
from governance.errors import NotAllowed, NotReady
from governance.models import AccessEvent, Dataset, DatasetHolder, DatasetProtocol, Protocol
from governance.queries import datasets_held, datasets_listed
from governance.queries.labels import holds_on, holds_waiting, labels_shown
from governance.rules import CommunityRole
from tests import factories
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(cast: Cast, protocol: Protocol) -> Dataset:
    return factories.make_dataset(cast.river, cast.amina.user)


@pytest.mark.parametrize("code", library.library())
def test_a_dataset_with_a_holding_label_is_not_selectable(
    cast: Cast, dataset: Dataset, code: str
) -> None:
    factories.make_label(dataset, cast.amina.user, code)

    holds = code in ("bccnv", "tknv", "tkss", "tkcs", "tkmr", "tkwr")
    assert list(datasets_listed()) == ([] if holds else [dataset])
    assert list(datasets_held()) == ([dataset] if holds else [])
    assert holds_on(dataset).count() == holds


def test_a_hold_ends_when_another_steward_has_looked(cast: Cast, dataset: Dataset) -> None:
    applied = factories.make_label(dataset, cast.amina.user, "tknv")
    assert [list(holds_waiting(one.user)) for one in cast.stewards] == [[], [applied], [applied]]

    with pytest.raises(NotAllowed, match="another steward"):
        labels.review_hold(applied.pk, actor=cast.amina.user, note="fine")
    with pytest.raises(NotReady, match="Write why"):
        labels.review_hold(applied.pk, actor=cast.bo.user, note=" ")
    assert list(datasets_listed()) == []

    labels.review_hold(applied.pk, actor=cast.bo.user, note="Consent forms read.")

    assert list(datasets_listed()) == [dataset]
    applied.refresh_from_db()
    assert (applied.reviewed_by, applied.review_note) == (cast.bo.membership, "Consent forms read.")
    event = AccessEvent.objects.get(verb="label.review-hold")
    assert (event.reason, event.actor) == ("dataset:river-diabetes", cast.bo.user)
    with pytest.raises(NotReady, match="holds nothing"):
        labels.review_hold(applied.pk, actor=cast.cleo.user, note="again")


def test_a_label_that_holds_nothing_has_nothing_to_review(cast: Cast, dataset: Dataset) -> None:
    applied = factories.make_label(dataset, cast.amina.user, "bcnc")

    with pytest.raises(NotReady, match="holds nothing"):
        labels.review_hold(applied.pk, actor=cast.bo.user, note="seen")


@pytest.mark.parametrize(("who", "error"), [("amina", "another steward"), ("dov", "not let you")])
def test_a_hold_is_not_lifted_by_taking_the_label_off(
    cast: Cast, dataset: Dataset, who: str, error: str
) -> None:
    applied = factories.make_label(dataset, cast.amina.user, "bccnv")

    with pytest.raises(NotAllowed, match=error):
        labels.take_off(applied.pk, actor=getattr(cast, who).user, reason="mistake")
    assert list(datasets_listed()) == []

    labels.take_off(applied.pk, actor=cast.bo.user, reason="put on the wrong dataset")
    assert list(datasets_listed()) == [dataset]


def test_the_one_who_put_it_on_is_a_person_not_a_role(cast: Cast, dataset: Dataset) -> None:
    factories.make_membership(cast.dov.user, cast.river, CommunityRole.STEWARD)
    factories.make_charter(cast.river, cast.signers[:2])  # it names all four stewards
    applied = factories.make_label(dataset, cast.dov.user, "tkcs")
    assert cast.dov.membership is not None
    applied.applied_by = cast.dov.membership  # as custodian
    applied.save()

    with pytest.raises(NotAllowed, match="another steward"):
        labels.review_hold(applied.pk, actor=cast.dov.user, note="I am a steward too")


def test_the_hold_of_any_holder_holds_and_only_she_lifts_it(cast: Cast, dataset: Dataset) -> None:
    pia = factories.make_user("Pia")
    factories.make_membership(pia, cast.coast)
    signers = [cast.zed.signer, (pia, factories.make_passkey(pia))]
    factories.make_charter(cast.coast, signers)
    factories.make_protocol(cast.coast, signers)
    told = {"dataset": dataset, "community": cast.coast}
    DatasetHolder.objects.create(named_by=cast.amina.user, **told)
    DatasetProtocol.objects.create(line="main", added_by=cast.zed.user, **told)
    assert list(datasets_listed()) == [dataset]
    mine = factories.make_label(dataset, cast.amina.user, "tkcs")
    theirs = factories.make_label(dataset, cast.zed.user, "tkss", community=cast.coast)

    with pytest.raises(NotAllowed):
        labels.review_hold(theirs.pk, actor=cast.bo.user, note="not ours")
    labels.review_hold(mine.pk, actor=cast.bo.user, note="ours is fine")

    assert list(datasets_listed()) == []
    assert list(holds_on(dataset)) == [theirs]
    # River learns that it is held, and not by which label of Coast's.
    seen = labels_shown(dataset, ["en"], community=cast.river)
    assert ([row.applied for row in seen.rows], seen.held) == ([mine], True)
    labels.review_hold(theirs.pk, actor=pia, note="looked at together")
    assert list(datasets_listed()) == [dataset]


def test_outsiders_do_not_see_labels_that_are_not_for_them(cast: Cast, dataset: Dataset) -> None:
    open_one = factories.make_label(dataset, cast.amina.user, "bcnc")
    for code in library.not_shown():
        factories.make_label(dataset, cast.amina.user, code)

    for_researchers = labels_shown(dataset, ["en"])
    for_members = labels_shown(dataset, ["en"], community=cast.river)

    assert [row.applied for row in for_researchers.rows] == [open_one]
    assert len(for_members.rows) == 9
    assert {row.own for row in for_members.rows} == {True}
