"""Descriptions of data that stays at a node: written by people here, or sent by the node."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from consent.grants.codec import canonical, digest
from consent.grants.descriptions import SIZE_BANDS, check_variables, variable
from consent.grants.errors import GrantRefused
from consent.grants.provenance import check_record
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.errors import NotReady
from governance.models import Community, Dataset, User
from governance.rules import Verb

# As grants and nodes spell it (docs/grant-format.md).
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")

MAX_SLUG = 60

TAKEN = "This short name cannot be used. Take one that begins with your community's name."
CHANGED = "Somebody changed this since you opened it. Look at it again, then save."


@transaction.atomic
def register(
    *,
    community_id: int,
    actor: User,
    slug: str,
    title: str,
    description: str,
    variables: Sequence[Mapping[str, Any]],
    size_band: str,
) -> Dataset:
    """Describe a dataset of the community. The data itself never comes here.

    Nobody outside the community sees it before it is published.

    Args:
        variables: ``{"name", "type"}`` each and, as far as they are known, ``unit``, ``label``,
            ``range`` and ``categories``; in the file's order.
        size_band: number of people as one of ``SIZE_BANDS``; fewer than 21 cannot take part.
    Raises:
        NotAllowed: no role here carries this.
        NotReady: a name is taken or not spelled as nodes need it.
    """
    community = Community.objects.get(pk=community_id)
    require_member(actor, Verb.DESCRIBE_DATASET, community)
    _require_band(size_band)
    dataset = created(
        community=community,
        slug=slug,
        title=title,
        description=description,
        variables=checked_variables(variables),
        size_band=size_band,
    )
    _record("dataset.register", dataset, actor)
    return dataset


@transaction.atomic
def describe(
    dataset_id: int,
    *,
    actor: User,
    title: str,
    description: str,
    variables: Sequence[Mapping[str, Any]] | None = None,
    size_band: str | None = None,
    seen: str = "",
) -> Dataset:
    """Change a description. Labels, protocols and holders stay as they are.

    Args:
        variables, size_band: as for ``register``; None leaves them. Those of a dataset that a
            node described are the node's, and are changed there.
        seen: ``mark_of`` the dataset when it was opened for this change; "" does not ask.
    Raises:
        NotAllowed: no role here carries this.
        NotReady: somebody else changed it meanwhile, or a value cannot be used.
    """
    dataset = locked(dataset_id)
    require_member(actor, Verb.DESCRIBE_DATASET, dataset.community)
    if seen and seen != mark_of(dataset):
        raise NotReady(CHANGED)
    new: dict[str, Any] = {"title": title, "description": description}
    if not dataset.node:
        if variables is not None:
            new["variables"] = checked_variables(variables)
        if size_band is not None:
            _require_band(size_band)
            new["size_band"] = size_band
    changed = put(dataset, new)
    if changed:
        _note_edited(dataset, changed)
        _record("dataset.describe", dataset, actor, reason=f"Changed: {', '.join(changed)}.")
    return dataset


@transaction.atomic
def set_provenance(
    dataset_id: int, *, actor: User, provenance: Mapping[str, Any], seen: str = ""
) -> Dataset:
    """Write down where the data comes from, and what of that researchers may see.

    Raises:
        NotAllowed: no role here carries this.
        NotReady: somebody else changed it meanwhile, or the record is not a whole one.
    """
    dataset = locked(dataset_id)
    require_member(actor, Verb.DESCRIBE_DATASET, dataset.community)
    if seen and seen != mark_of(dataset):
        raise NotReady(CHANGED)
    try:
        whole = check_record(dict(provenance))
    except GrantRefused as refusal:
        raise NotReady(str(refusal)) from refusal
    if put(dataset, {"provenance": whole}):
        _note_edited(dataset, ["provenance"])
        _record("dataset.provenance", dataset, actor)
    return dataset


def mark_of(dataset: Dataset) -> str:
    """Return a short text that changes whenever the description or its provenance does."""
    told = {name: getattr(dataset, name) for name in _DESCRIBED}
    return digest(canonical(told))[:16]


def locked(dataset_id: int) -> Dataset:
    """Return the dataset, its row locked until the transaction ends."""
    datasets = Dataset.objects.select_for_update(of=("self",)).select_related("community")
    return datasets.get(pk=dataset_id)


def created(**fields: Any) -> Dataset:
    """Make the row of a dataset, whoever described it. Names differ in all of Kinhold.

    Raises:
        NotReady: the name is taken or not spelled as nodes need it.
    """
    if not _SLUG.fullmatch(fields["slug"]):
        raise NotReady("A dataset's short name has only a-z, 0-9 and single dashes.")
    if len(fields["slug"]) > MAX_SLUG:  # of nodes a longer one may come
        raise NotReady(f"A dataset's short name has at most {MAX_SLUG} characters.")
    try:
        with transaction.atomic():
            return Dataset.objects.create(**fields)
    except IntegrityError as error:  # the one constraint that a new row can break
        raise NotReady(TAKEN) from error


def put(dataset: Dataset, new: Mapping[str, Any]) -> list[str]:
    """Save the fields that differ, and return their names. The row is locked."""
    changed = [name for name, value in new.items() if getattr(dataset, name) != value]
    for name in changed:
        setattr(dataset, name, new[name])
    if changed:
        dataset.save(update_fields=changed)
    return changed


def checked_variables(variables: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the variables with all their fields, as a node would send them.

    Raises:
        NotReady: one of them is not sound; the sentence names it.
    """
    whole = [
        variable(str(given.get("name", "")), str(given.get("type", "")))
        | {key: given[key] for key in _OPTIONAL if given.get(key)}
        for given in variables
    ]
    try:
        return list(check_variables(whole))
    except GrantRefused as refusal:
        raise NotReady(str(refusal)) from refusal


_DESCRIBED = ("title", "description", "variables", "size_band", "provenance")
_OPTIONAL = ("unit", "label", "range", "categories")


def _require_band(size_band: str) -> None:
    if size_band not in SIZE_BANDS:
        raise NotReady("The number of people must be one of the bands.")


def _note_edited(dataset: Dataset, names: Sequence[str]) -> None:
    dataset.edited = sorted({*dataset.edited, *names})
    dataset.save(update_fields=["edited"])


def _record(verb: str, dataset: Dataset, actor: User, *, reason: str = "") -> None:
    record(
        verb,
        actor=actor,
        subject=f"dataset:{dataset.slug}",
        community=dataset.community,
        reason=reason,
    )
