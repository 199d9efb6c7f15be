"""R-50: who looks after the platform decides nothing, writes nothing and reads no deliberation.

Each act is tried at the place where it is done, past all pages, by an account that has every sign
of power that a database can give it. What pages and API answer to the same account is in
tests/permissions/test_matrix.py.
"""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from consent.errors import ConsentError
from consent.queries import (
    grants_of_applicant,
    grants_to_stop,
    grants_visible_to,
    notices_visible_to,
    requests_visible_to,
    reviews_visible_to,
)
from federation.errors import FederationError
from federation.queries import runs_visible_to
from governance.actions.tokens import digest_of
from governance.errors import GovernanceError, NotAllowed
from governance.models import AccessEvent, ApiToken, Ballot, User
from governance.queries import communities_of, communities_where, events_visible_to
from governance.rules import CommunityRole, PlatformRole, Verb
from tests import factories
from tests.cast import Person
from tests.governance.forbidden_acts import ACTS
from tests.permissions.one_world import world
from tests.permissions.words import PRIVATE
from tests.permissions.world import World

__all__ = ["world"]

pytestmark = pytest.mark.django_db

ERRORS = (GovernanceError, ConsentError, FederationError)
OWN_APPS = ("governance", "consent", "federation", "config")


@pytest.fixture(params=["admin", "auditor"])
def mighty(
    request: pytest.FixtureRequest, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Person]:
    """Somebody who works for the platform, with a membership row in every role and all flags."""
    for flag in ("is_staff", "is_superuser"):
        monkeypatch.setattr(User, flag, True, raising=False)
    person = world.everybody.people[request.param]
    for role in CommunityRole:
        membership = factories.make_membership(person.user, world.river.community, role)
    yield Person(person.user, person.passkey, membership)


def rows_by_table() -> dict[str, int]:
    """How many rows each table has; of the log, only what was done and not what was refused."""
    counts = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')  # noqa: S608
            counts[model._meta.db_table] = cursor.fetchone()[0]
    done = AccessEvent.objects.filter(outcome="done").count()
    return counts | {AccessEvent._meta.db_table: done}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_is_refused_before_anything_else_and_changes_nothing(
    act: str, world: World, mighty: Person
) -> None:
    before = rows_by_table()

    with pytest.raises(Exception) as refusal, transaction.atomic():
        ACTS[act](world.river, mighty)

    assert getattr(refusal.value, "code", "") == "not-allowed", repr(refusal.value)
    assert rows_by_table() == before


def test_a_steward_is_not_refused_so_the_acts_are_sound(world: World) -> None:
    """What the test before shows would be worth nothing if the acts failed for everybody."""
    steward = world.everybody.people["steward"]
    refused = []
    for act, do in ACTS.items():
        with transaction.atomic():
            try:
                do(world.river, steward)
            except ERRORS as refusal:
                if refusal.code == "not-allowed":
                    refused.append(act)
            transaction.set_rollback(True)

    assert refused == [
        "withdraw a request",
        "accept conditions",
        "report on a request",
        "write about an incident as a researcher",
    ], "these are the researchers'"


def test_no_scoped_read_gives_them_anything(world: World, mighty: Person) -> None:
    user = mighty.user

    for rows in (
        communities_of(user),
        grants_of_applicant(user),
        grants_to_stop(user),
        grants_visible_to(user),
        notices_visible_to(user),
        requests_visible_to(user),
        reviews_visible_to(user),
        runs_visible_to(user),
        *(communities_where(user, verb) for verb in Verb),
    ):
        assert not rows.exists(), rows.model


def test_the_log_that_they_read_tells_no_comment_of_a_ballot(world: World, mighty: Person) -> None:
    word = PRIVATE["river"]
    assert Ballot.objects.filter(comment__contains=word).exists()

    told = events_visible_to(mighty.user)

    assert told.exists()
    assert not told.filter(reason__contains=word).exists()
    assert not told.filter(subject__contains=word).exists()


def test_a_token_written_by_hand_opens_no_part_of_the_api(world: World, mighty: Person) -> None:
    every = ["datasets:read", "requests:read", "requests:write", "runs:read", "results:read"]
    ApiToken.objects.create(
        user=mighty.user,
        label="by hand",
        digest=digest_of("kh_by-hand"),
        scopes=every,
        expires_at=timezone.now() + timedelta(days=1),
    )
    script = Client(headers={"Authorization": "Bearer kh_by-hand"})
    request, run = world.river.asked.public_id, world.river.run.public_id
    before = rows_by_table()

    assert script.get("/api/v1/me/").json()["scopes"] == []
    for path in ("datasets", "jobs", "requests", "runs", f"requests/{request}", f"runs/{run}"):
        assert script.get(f"/api/v1/{path}/").status_code == 403, path
    for path in (f"requests/{request}/withdraw", f"runs/{run}/stop", "requests"):
        answer = script.post(f"/api/v1/{path}/", {}, content_type="application/json")
        assert answer.status_code == 403, path
    assert rows_by_table() == before


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/governance/user/", "/admin"])
def test_there_is_no_django_admin(path: str, world: World, mighty: Person) -> None:
    assert mighty.client().get(path).status_code == 404
    assert not apps.is_installed("django.contrib.admin")
    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_no_account_can_be_given_more_power_than_its_roles() -> None:
    fields = {field.name for field in User._meta.get_fields()}

    assert fields.isdisjoint({"is_staff", "is_superuser", "user_permissions", "groups"})
    assert not hasattr(User.objects, "create_superuser")


def test_no_command_of_the_shell_signs_or_decides() -> None:
    """Written by hand: a new command has to be looked at before it may stand here."""
    ours = {name for name, app in get_commands().items() if app.split(".")[0] in OWN_APPS}

    assert ours == {
        "found_community",  # makes an empty place
        "invite",  # sends a link; a role begins when it is taken up, a say when a charter names it
        "load_mondo",  # names of diseases
        "publish_catalogue",  # jobs that may be asked for
        "renew_sealing_key",  # wraps the communities' keys anew; shows none of what they seal
    }


def test_a_researcher_with_a_membership_row_decides_nothing_either(world: World) -> None:
    chi = world.everybody.people["applicant"]
    factories.make_membership(chi.user, world.river.community)
    assert chi.user.platform_role is PlatformRole.RESEARCHER

    with pytest.raises(NotAllowed, match="Your role does not let you"):
        ACTS["decide on a request"](world.river, chi)
