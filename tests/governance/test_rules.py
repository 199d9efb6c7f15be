"""The table of who may do what, written out again by hand from docs/adr/0002."""

from pathlib import Path

import pytest

from governance.actions.permissions import require
from governance.errors import NotAllowed
from governance.models import User
from governance.rules import (
    COMMUNITY_VERBS,
    PLATFORM_VERBS,
    ROLE_SCOPES,
    CommunityRole,
    PlatformRole,
    Verb,
    community_may,
    platform_may,
)
from tests.cast import Cast

PERMISSIONS = Path(__file__).parents[2] / "docs" / "permissions.md"

PLATFORM = {
    ("researcher", "send a request"),
    ("auditor", "read the access log"),
    ("admin", "read the access log"),
    ("admin", "see the state of the platform's parts"),
}
COMMUNITY = {
    ("steward", "look after a request"),
    ("steward", "talk in private about a request"),
    ("steward", "write down a meeting"),
    ("steward", "confirm what was promised"),
    ("steward", "keep the block list"),
    ("steward", "deal with an incident"),
    ("steward", "hand letters over"),
    ("convenor", "look after a request"),
    ("convenor", "talk in private about a request"),
    ("convenor", "write down a meeting"),
    ("convenor", "deal with an incident"),
    ("convenor", "hand letters over"),
    ("steward", "read the community's pages"),
    ("steward", "read the community's own log"),
    ("steward", "invite people"),
    ("steward", "propose a charter"),
    ("steward", "propose a protocol"),
    ("steward", "describe a dataset"),
    ("steward", "enrol a node"),
    ("steward", "sign a decision"),
    ("steward", "pause work on the community's data"),
    ("steward", "propose to take a grant back"),
    ("steward", "follow the community's runs"),
    ("steward", "set terms and end roles"),
    ("steward", "help with lost and stolen passkeys"),
    ("steward", "keep the community's own words"),
    ("steward", "keep quiet times"),
    ("steward", "prepare a protocol"),
    ("steward", "put a delegation to the stewards"),
    ("steward", "put labels on data"),
    ("steward", "confirm what a label asks for"),
    ("steward", "publish a dataset under a protocol"),
    ("convenor", "read the community's pages"),
    ("convenor", "read the community's own log"),
    ("convenor", "invite people"),
    ("convenor", "keep the community's own words"),
    ("convenor", "keep quiet times"),
    ("convenor", "prepare a protocol"),
    ("convenor", "follow the community's runs"),
    ("custodian", "read the community's pages"),
    ("custodian", "read the community's own log"),
    ("custodian", "describe a dataset"),
    ("custodian", "enrol a node"),
    ("custodian", "follow the community's runs"),
    ("custodian", "put labels on data"),
    ("observer", "read the community's pages"),
}


def test_platform_roles_carry_these_verbs_and_no_others() -> None:
    assert {
        (role.value, verb.value)
        for role in PlatformRole
        for verb in Verb
        if platform_may(role, verb)
    } == PLATFORM


def test_community_roles_carry_these_verbs_and_no_others() -> None:
    assert {
        (role.value, verb.value)
        for role in CommunityRole
        for verb in Verb
        if community_may([role], verb)
    } == COMMUNITY


def test_no_verb_belongs_to_both_kinds_of_role() -> None:
    platform = frozenset().union(*PLATFORM_VERBS.values())
    community = frozenset().union(*COMMUNITY_VERBS.values())

    assert platform & community == set()
    assert platform | community == set(Verb)


def test_only_researchers_have_anything_for_scripts() -> None:
    assert {role for role, scopes in ROLE_SCOPES.items() if scopes} == {PlatformRole.RESEARCHER}


def _may(user: User, verb: Verb, community: object = None) -> bool:
    try:
        require(user, verb, community=community)  # type: ignore[arg-type]
    except NotAllowed:
        return False
    return True


@pytest.mark.django_db
def test_the_check_of_actions_follows_the_tables(cast: Cast) -> None:
    """Every person x every verb, on the platform, in River and in Coast."""
    for role, person in cast.everybody.items():
        expected = {verb.value for who, verb in _pairs(PLATFORM) if who == role}
        assert {v.value for v in Verb if _may(person.user, v)} == expected

        in_river = {verb.value for who, verb in _pairs(COMMUNITY) if who == role}
        assert {v.value for v in Verb if _may(person.user, v, cast.river)} == in_river

        in_coast = {verb.value for who, verb in _pairs(COMMUNITY) if who == "steward"}
        found = {v.value for v in Verb if _may(person.user, v, cast.coast)}
        assert found == (in_coast if role == "outsider" else set())


@pytest.mark.django_db
def test_a_closed_account_may_nothing(cast: Cast) -> None:
    cast.amina.user.is_active = False

    assert not any(_may(cast.amina.user, verb, cast.river) for verb in Verb)


def test_the_page_of_permissions_tells_the_same() -> None:
    """Every ``yes`` of the two tables in docs/permissions.md, and no other."""
    told: set[tuple[str, str]] = set()
    roles: list[str] = []
    text = PERMISSIONS.read_text(encoding="utf-8").partition("## Every address")[0]
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| | "):
            roles = cells[1:]
        elif line.startswith("| "):
            marks = zip(roles, cells[1:], strict=True)
            told |= {(role, cells[0]) for role, mark in marks if mark == "yes"}

    assert told == PLATFORM | COMMUNITY


def _pairs(table: set[tuple[str, str]]) -> list[tuple[str, Verb]]:
    return [(who, Verb(verb)) for who, verb in table]
