"""Descriptions of data that stays at a node: registered, listed for researchers, hidden again."""

import re
from collections.abc import Mapping, Sequence

from django.db import transaction

from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.errors import NotReady
from governance.models import Community, Dataset, User
from governance.rules import SIZE_BANDS, VARIABLE_TYPES, Verb

MAX_VARIABLES = 500

# As grants and nodes spell them (docs/grant-format.md).
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")


@transaction.atomic
def register(
    *,
    community_id: int,
    actor: User,
    slug: str,
    title: str,
    description: str,
    variables: Sequence[Mapping[str, str]],
    size_band: str,
    listed: bool = False,
) -> Dataset:
    """Describe a dataset of the community. The data itself never comes here.

    Args:
        variables: ``{"name", "type", "unit", "label"}`` each, in the file's order.
        size_band: number of people as one of ``SIZE_BANDS``; fewer than 21 cannot take part.
    Raises:
        NotAllowed: no role here carries this.
        NotReady: a name is taken or not spelled as nodes need it.
    """
    community = Community.objects.get(pk=community_id)
    require_member(actor, Verb.DESCRIBE_DATASET, community)
    if not _SLUG.fullmatch(slug):
        raise NotReady("A dataset's short name has only a-z, 0-9 and single dashes.")
    if Dataset.objects.filter(slug=slug).exists():
        raise NotReady(f"The short name {slug} is taken. Names must differ in all of Kinhold.")
    if size_band not in SIZE_BANDS:
        raise NotReady("The number of people must be one of the bands.")
    dataset = Dataset.objects.create(
        community=community,
        slug=slug,
        title=title,
        description=description,
        variables=_variables(variables),
        size_band=size_band,
        listed=listed,
    )
    _record("dataset.register", dataset, actor)
    return dataset


def list_publicly(dataset_id: int, *, actor: User) -> Dataset:
    """Show the description to signed-in researchers.

    Raises:
        NotAllowed: no role here carries this.
    """
    return _set_listed(dataset_id, actor, True)


def hide(dataset_id: int, *, actor: User) -> Dataset:
    """Stop showing the description to researchers. Grants that name it stay as they are.

    Raises:
        NotAllowed: no role here carries this.
    """
    return _set_listed(dataset_id, actor, False)


@transaction.atomic
def _set_listed(dataset_id: int, actor: User, listed: bool) -> Dataset:
    dataset = (
        Dataset.objects.select_for_update(of=("self",))
        .select_related("community")
        .get(pk=dataset_id)
    )
    require_member(actor, Verb.DESCRIBE_DATASET, dataset.community)
    if dataset.listed == listed:
        return dataset
    dataset.listed = listed
    dataset.save(update_fields=["listed"])
    _record("dataset.list" if listed else "dataset.hide", dataset, actor)
    return dataset


def _variables(variables: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    if not 1 <= len(variables) <= MAX_VARIABLES:
        raise NotReady(f"A dataset has 1 to {MAX_VARIABLES} variables.")
    names = [variable["name"] for variable in variables]
    for variable in variables:
        if not _NAME.fullmatch(variable["name"]):
            raise NotReady(f"The variable name {variable['name']!r} needs letters, digits, _ . -")
        if variable["type"] not in VARIABLE_TYPES:
            raise NotReady(
                f"The type of {variable['name']} must be one of {', '.join(VARIABLE_TYPES)}."
            )
    if len(set(names)) != len(names):
        raise NotReady("Two variables have the same name.")
    return [
        {key: str(variable.get(key, "")) for key in ("name", "type", "unit", "label")}
        for variable in variables
    ]


def _record(verb: str, dataset: Dataset, actor: User) -> None:
    record(verb, actor=actor, subject=f"dataset:{dataset.slug}", community=dataset.community)
