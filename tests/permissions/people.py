"""Who asks: one person for each column of the table, each with a browser of her own."""

from dataclasses import dataclass

from django.test import Client

from governance.models import Community, User
from governance.rules import CommunityRole, PlatformRole
from tests import factories
from tests.cast import Person
from tests.permissions.asking import Visitor
from tests.permissions.table import PEOPLE

_ROLES = {
    "steward": CommunityRole.STEWARD,
    "convenor": CommunityRole.CONVENOR,
    "custodian": CommunityRole.CUSTODIAN,
    "observer": CommunityRole.OBSERVER,
}
_PLATFORM = {
    "member": PlatformRole.MEMBER,
    "applicant": PlatformRole.RESEARCHER,
    "researcher": PlatformRole.RESEARCHER,
    "auditor": PlatformRole.AUDITOR,
    "admin": PlatformRole.ADMIN,
}


@dataclass(frozen=True)
class Everybody:
    """By column of the table. The stewards' colleagues sign with them and ask for nothing."""

    people: dict[str, Person]
    colleagues: dict[str, list[Person]]
    visitors: dict[str, Visitor]

    def stewards_of(self, slug: str) -> list[Person]:
        """The three stewards of a community, the one with a column first."""
        column = {"river": "steward", "coast": "o. steward", "hill": "holder"}[slug]
        return [self.people[column], *self.colleagues[slug]]

    def applicant_at(self, slug: str) -> Person:
        """Each researcher has asked one community only."""
        return self.people["researcher" if slug == "coast" else "applicant"]


def make_everybody(river: Community, coast: Community, hill: Community) -> Everybody:
    people = {
        column: _with_passkey(factories.make_user(column, role))
        for column, role in _PLATFORM.items()
    }
    for column, role in _ROLES.items():
        people[column] = _member(f"River {column}", river, role)
        people[f"o. {column}"] = _member(f"Coast {column}", coast, role)
    people["holder"] = _member("Hill steward", hill)
    colleagues = {
        place.slug: [_member(f"{place.name} steward {number}", place) for number in (2, 3)]
        for place in (river, coast, hill)
    }
    visitors = {column: Visitor(person.client()) for column, person in people.items()}
    visitors["stranger"] = Visitor(Client())
    assert set(visitors) == set(PEOPLE)
    return Everybody(people, colleagues, visitors)


def _with_passkey(user: User) -> Person:
    return Person(user, factories.make_passkey(user))


def _member(name: str, community: Community, role: CommunityRole = CommunityRole.STEWARD) -> Person:
    person = _with_passkey(factories.make_user(name))
    membership = factories.make_membership(person.user, community, role)
    return Person(person.user, person.passkey, membership)
