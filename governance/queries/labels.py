"""Labels on datasets: what stands where, what waits for a steward, what others see of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from governance import clauses, labels
from governance.labels import Label
from governance.models import (
    AppliedLabel,
    Community,
    Dataset,
    HubProject,
    LabelClause,
    LabelText,
    User,
)
from governance.queries.communities import communities_of, communities_where
from governance.queries.documents import protocols_in_force
from governance.rules import Offer, Verb


@dataclass(frozen=True)
class ShownLabel:
    """One label as one reader sees it.

    ``text`` is in the reader's language where there is one. ``newer`` says that a newer version is
    there, in other languages only. ``own`` says that the reader's community put it on.
    """

    applied: AppliedLabel
    label: Label
    text: LabelText
    newer: bool
    own: bool
    holds: bool


@dataclass(frozen=True)
class DatasetLabels:
    """What a page of a dataset shows. ``held`` counts holds the reader may not see, too."""

    rows: tuple[ShownLabel, ...]
    held: bool


@dataclass(frozen=True)
class OfferedClause:
    """A clause that a label asks for, and the titles of the protocols in force that have it."""

    row: LabelClause
    text: str
    already_in: tuple[str, ...]


def labels_of(community: Community) -> QuerySet[AppliedLabel]:
    """Every label that this community put on, those that were removed too."""
    rows = AppliedLabel.objects.filter(community=community)
    return rows.select_related("community", "dataset", "applied_by", "reviewed_by", "removed_by")


def datasets_to_label(community: Community) -> QuerySet[Dataset]:
    """The datasets that a community keeps, or has a say over."""
    holds = Q(community=community) | Q(
        pk__in=community.held_datasets.filter(ended_at__isnull=True).values("dataset")
    )
    rows = Dataset.objects.filter(holds, withdrawn_at__isnull=True)
    return rows.select_related("community").order_by("title", "pk")


def unreviewed_holds() -> QuerySet[AppliedLabel]:
    """Labels that hold their dataset out of requests now."""
    return AppliedLabel.objects.filter(
        code__in=labels.holding(), removed_at__isnull=True, reviewed_at__isnull=True
    )


def holds_on(dataset: Dataset) -> QuerySet[AppliedLabel]:
    """The holds on one dataset, whichever of its communities put them on: any one holds."""
    return unreviewed_holds().filter(dataset=dataset).select_related("community")


def held() -> Exists:
    """A condition on datasets: some hold on it was not reviewed yet."""
    return Exists(unreviewed_holds().filter(dataset=OuterRef("pk")))


def confirmed_clauses(community: Community) -> dict[str, tuple[str, ...]]:
    """Return the clauses that stewards confirmed, each with the labels that ask for it.

    For the protocol builder: these are ticked beforehand. They bind nobody until a protocol with
    them is signed.
    """
    rows = _answered(community, Offer.CONFIRMED)
    asked: dict[str, tuple[str, ...]] = {}
    for row in rows:
        if row.clause in clauses.library():
            by = f"{labels.library()[row.label.code].name}: {row.label.dataset.title}"
            asked[row.clause] = (*asked.get(row.clause, ()), by)
    return asked


def _answered(community: Community, answer: Offer) -> QuerySet[LabelClause]:
    rows = LabelClause.objects.filter(
        state=answer.value,
        label__community=community,
        label__removed_at__isnull=True,
        label__dataset__withdrawn_at__isnull=True,
    )
    return rows.select_related("label__dataset").order_by("clause", "label__dataset__title", "pk")


def offered_clauses(applied: AppliedLabel) -> list[OfferedClause]:
    """Return what a label asks for, with the protocols in force that have it already."""
    rows = list(applied.clauses.select_related("answered_by"))
    holding = _protocols_with(applied.community) if rows else {}
    return [
        OfferedClause(row, labels.clause_text(row.clause), tuple(holding.get(row.clause, ())))
        for row in rows
    ]


def _protocols_with(community: Community) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for protocol in protocols_in_force(community):
        for clause in json.loads(protocol.statement.text)["clauses"]:
            found.setdefault(clause["code"], []).append(f"{protocol.title} {protocol.number}")
    return found


def texts_of(applied: AppliedLabel) -> QuerySet[LabelText]:
    """Every text of a label, the newest version first and in it as they were written."""
    return applied.texts.select_related("written_by").order_by("-version", "pk")


def labels_shown(
    dataset: Dataset, languages: Sequence[str], *, community: Community | None = None
) -> DatasetLabels:
    """Return the labels on a dataset as a reader may see them. Two queries.

    Args:
        languages: the reader's, best first, as BCP 47 tags.
        community: whose member reads. Her own community's labels are all there; those of other
            communities and those that a researcher sees are without the ones that are not for
            outsiders (``Label.shown``).
    """
    rows = AppliedLabel.objects.filter(dataset=dataset, removed_at__isnull=True)
    known = [row for row in rows.select_related("community") if row.code in labels.library()]
    texts: dict[int, list[LabelText]] = {}
    for text in LabelText.objects.filter(label__in=known).order_by("-version", "pk"):
        texts.setdefault(text.label_id, []).append(text)
    shown = [_shown(row, texts[row.pk], languages, community) for row in known]
    return DatasetLabels(
        rows=tuple(row for row in shown if row.own or row.label.shown),
        held=any(row.holds for row in shown),
    )


def _shown(
    row: AppliedLabel,
    texts: Sequence[LabelText],
    languages: Sequence[str],
    community: Community | None,
) -> ShownLabel:
    text = labels.fitting([(text.language, text) for text in texts], languages)
    label = labels.library()[row.code]
    return ShownLabel(
        applied=row,
        label=label,
        text=text,
        newer=text.version < texts[0].version,
        own=community is not None and row.community_id == community.pk,
        holds=label.hold and row.reviewed_at is None,
    )


def texts_visible_to(user: User, listed: QuerySet[Dataset]) -> QuerySet[LabelText]:
    """Texts whose recording this person may hear.

    Args:
        listed: the datasets she may look at as a researcher; none for everybody else.
    """
    own = communities_of(user)
    holders = Q(label__dataset__community__in=own) | Q(
        label__dataset__holders__community__in=own, label__dataset__holders__ended_at__isnull=True
    )
    outside = Q(label__removed_at__isnull=True) & ~Q(label__code__in=labels.not_shown())
    seen = Q(label__community__in=own) | outside & (holders | Q(label__dataset__in=listed))
    return LabelText.objects.filter(seen).distinct()


def offers_waiting(user: User) -> QuerySet[AppliedLabel]:
    """Labels of this steward's communities that ask for a clause nobody answered."""
    offered = LabelClause.objects.filter(label=OuterRef("pk"), state=Offer.OFFERED.value)
    rows = AppliedLabel.objects.filter(
        Exists(offered),
        community__in=communities_where(user, Verb.CONFIRM_LABEL),
        removed_at__isnull=True,
        dataset__withdrawn_at__isnull=True,
    )
    return rows.select_related("community", "dataset").order_by("applied_at", "pk")


def holds_waiting(user: User) -> QuerySet[AppliedLabel]:
    """Holds of this steward's communities that she may lift: those she did not put on herself."""
    rows = unreviewed_holds().filter(
        community__in=communities_where(user, Verb.CONFIRM_LABEL),
        dataset__withdrawn_at__isnull=True,
    )
    rows = rows.exclude(applied_by__user_id=user.pk)
    return rows.select_related("community", "dataset").order_by("applied_at", "pk")


def hub_project(applied: AppliedLabel) -> HubProject | None:
    """Return what the Hub last said about the label's project, if it was ever asked."""
    if applied.project_uuid is None:
        return None
    return HubProject.objects.filter(project_uuid=applied.project_uuid).first()
