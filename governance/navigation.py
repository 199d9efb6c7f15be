"""The menu and the desk: each app says what it has, this app shows what the person may see.

An app registers in its ``AppConfig.ready()``, so that this lowest app knows of none above it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise

from governance.models import Community, Statement, User
from governance.queries import membership_for, roles_of
from governance.rules import (
    COMMUNITY_VERBS,
    PLATFORM_VERBS,
    CommunityRole,
    PlatformRole,
    StatementKind,
    Verb,
    community_may,
)

Text = str | Promise


@dataclass(frozen=True)
class Item:
    """One entry of the menu, shown to who may do one of ``verbs`` somewhere.

    Entries stand by ``order``, lowest first, and else as they were registered.
    ``part`` names the section of a community's page that a place belongs to.
    """

    label: Text
    url_name: str
    verbs: frozenset[Verb]
    order: int = 50
    part: str = "people"


@dataclass(frozen=True)
class Link:
    label: Text
    url: str


@dataclass(frozen=True)
class Waiting:
    """One thing on a person's desk: a sentence, and where to do it."""

    text: Text
    url: str


Desk = Callable[[User], list[Waiting]]
Page = Callable[[Statement], str]

_items: list[Item] = []
_places: list[Item] = []
_desks: list[Desk] = []
_pages: dict[StatementKind, Page] = {}


def register(*items: Item) -> None:
    """Add entries to the menu."""
    _items.extend(item for item in items if item not in _items)
    _items.sort(key=lambda item: item.order)


def register_places(*items: Item) -> None:
    """Add links to every community's page; their addresses take the community's short name."""
    _places.extend(item for item in items if item not in _places)
    _places.sort(key=lambda item: item.order)


def register_desk(desk: Desk) -> None:
    """Add a function that tells what waits for a person in one app."""
    if desk not in _desks:
        _desks.append(desk)


def register_page(kind: StatementKind, page: Page) -> None:
    """Say where texts of a kind are read and signed."""
    _pages[kind] = page


def page_of(statement: Statement) -> str:
    """Return where a text is read and signed; the community's page if no app says so."""
    page = _pages.get(StatementKind(statement.kind))
    if page is None:
        return reverse("governance:community", args=[statement.community.slug])
    return page(statement)


def verbs_of(user: User) -> frozenset[Verb]:
    """Return everything the person may do somewhere, whatever the place."""
    if not user.is_authenticated:
        return frozenset()
    if user.platform_role is not PlatformRole.MEMBER:
        return PLATFORM_VERBS[user.platform_role]
    return frozenset().union(*(COMMUNITY_VERBS[role] for role in roles_of(user)))


def menu_of(user: User) -> list[Link]:
    verbs = verbs_of(user)
    return [Link(item.label, reverse(item.url_name)) for item in _items if item.verbs & verbs]


def places_of(user: User, community: Community) -> dict[str, list[Link]]:
    """Return the links that the person may follow from the community's page, by its sections."""
    roles = [CommunityRole(held.role) for held in membership_for(user, community)]
    found: dict[str, list[Link]] = {}
    for place in _places:
        if any(community_may(roles, verb) for verb in place.verbs):
            link = Link(place.label, reverse(place.url_name, args=[community.slug]))
            found.setdefault(place.part, []).append(link)
    return found


def desk_of(user: User) -> list[Waiting]:
    return [waiting for desk in _desks for waiting in desk(user)]
