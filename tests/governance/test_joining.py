"""Invitations: who may send one, what the link opens, and that it opens it once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.actions.invitations import accept, invite
from governance.errors import InvitationRefused, NotAllowed, NotReady
from governance.models import AccessEvent, Community, Invitation, Membership, User
from governance.queries import credentials_of, membership_for
from governance.rules import CommunityRole, PlatformRole
from tests import factories
from tests.cast import Cast
from tests.governance.browser import ADD, add_passkey
from tools.soft_passkey import SoftPasskey

pytestmark = pytest.mark.django_db


def _link(cast: Cast, email: str = "nia@example.org") -> str:
    _invitation, token = invite(
        actor=cast.amina.user,
        email=email,
        name="Nia",
        community=cast.river,
        community_role=CommunityRole.STEWARD,
    )
    return reverse("governance:join", args=[token])


def test_from_the_link_to_a_steward_with_a_passkey(cast: Cast) -> None:
    link, client = _link(cast), Client()
    page = client.get(link).content.decode()
    assert "Nia, you are invited as steward of River." in page

    answer = client.post(link, {"name": "Nia of River", "password": ""})
    assert answer.headers["Location"] == ADD
    passkey = SoftPasskey("ES256", settings.KINHOLD_RP_ID, settings.KINHOLD_ORIGIN)
    answer = add_passkey(client, passkey)
    codes = client.get(answer.headers["Location"])
    assert len(codes.context["unused_codes"]) == 10
    assert "Write these down now" in codes.content.decode()

    user = User.objects.get(email="nia@example.org")
    [membership] = membership_for(user, cast.river)
    assert (membership.role, membership.shown_name) == ("steward", "Nia of River")
    assert credentials_of(user) == [(passkey.credential_id, passkey.cose)]
    assert not user.has_usable_password()
    assert client.get(reverse("governance:community", args=["river"])).status_code == 200


def test_a_link_works_once(cast: Cast) -> None:
    link = _link(cast)
    Client().post(link, {"name": "Nia"})

    late = Client()
    assert late.get(link).status_code == 404
    assert late.post(link, {"name": "Thief"}).status_code == 404
    assert "_auth_user_id" not in late.session


def test_a_link_works_for_fourteen_days(cast: Cast) -> None:
    link = _link(cast)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert Client().get(link).status_code == 404


def test_an_unknown_link_opens_nothing(db: None) -> None:
    assert Client().get("/join/guess/").status_code == 404


def test_only_the_digest_of_the_link_is_kept(cast: Cast) -> None:
    token = _link(cast).split("/")[2]

    row = Invitation.objects.get()
    assert token not in str(vars(row))


def test_who_chooses_a_password_goes_on_to_the_code_app(cast: Cast) -> None:
    link, client = _link(cast), Client()

    weak = client.post(link, {"name": "Nia", "password": "short"})
    assert weak.status_code == 400

    answer = client.post(link, {"name": "Nia", "password": factories.PASSWORD})
    assert answer.headers["Location"] == reverse("mfa_activate_totp")
    assert client.get(answer.headers["Location"]).status_code == 200


def test_a_link_never_opens_an_account_that_exists(cast: Cast) -> None:
    link = _link(cast, cast.zed.user.email)
    stranger = Client()

    answer = stranger.post(link, {"name": "Not Zed"})

    assert answer.status_code == 400
    assert "_auth_user_id" not in stranger.session
    assert "Sign in with it" in answer.content.decode()


def test_the_owner_of_the_account_takes_a_further_role(cast: Cast) -> None:
    link = _link(cast, cast.zed.user.email)

    assert cast.bo.client().post(link, {"name": "Bo"}).status_code == 400
    answer = cast.zed.client().post(link, {"name": "Zed of River"})

    assert answer.headers["Location"] == "/"
    held = Membership.objects.filter(user=cast.zed.user).order_by("pk")
    assert [(m.community.slug, m.shown_name) for m in held] == [
        ("coast", "Zed"),
        ("river", "Zed of River"),
    ]


@pytest.mark.parametrize("who", ["dov", "ola", "chi", "zed", "aud", "max"])
def test_only_stewards_invite_and_only_into_their_own_community(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        invite(
            actor=getattr(cast, who).user,
            email="a@example.org",
            name="A",
            community=cast.river,
            community_role=CommunityRole.OBSERVER,
        )


@pytest.mark.parametrize(
    "role", [PlatformRole.ADMIN, PlatformRole.AUDITOR, PlatformRole.RESEARCHER]
)
def test_no_steward_makes_a_role_of_the_platform(cast: Cast, role: PlatformRole) -> None:
    with pytest.raises(NotAllowed):
        invite(actor=cast.amina.user, email="a@example.org", name="A", platform_role=role)


def test_roles_of_the_platform_and_of_a_community_never_mix(cast: Cast) -> None:
    for email, role in [
        ("new@example.org", PlatformRole.RESEARCHER),
        (cast.chi.user.email, PlatformRole.MEMBER),
    ]:
        with pytest.raises(NotReady, match=r"role"):
            invite(
                actor=None,
                email=email,
                name="Chi",
                platform_role=role,
                community=cast.river,
                community_role=CommunityRole.STEWARD,
            )


def test_a_membership_put_in_by_hand_gives_a_researcher_nothing(cast: Cast) -> None:
    factories.make_membership(cast.chi.user, cast.river)

    assert cast.chi.client().get(reverse("governance:community", args=["river"])).status_code == 404


def test_accepting_twice_at_the_action_is_refused(cast: Cast) -> None:
    token = _link(cast).split("/")[2]
    accept(token, name="Nia")

    with pytest.raises(InvitationRefused):
        accept(token, name="Nia again")


def test_each_step_stands_in_the_log(cast: Cast) -> None:
    Client().post(_link(cast), {"name": "Nia"})

    events = AccessEvent.objects.filter(community=cast.river).order_by("pk")
    assert [(e.verb, e.actor_label, e.reason) for e in events] == [
        ("person.invite", "Amina", "as steward"),
        ("person.join", "Nia", "as steward"),
    ]


def test_the_shell_founds_a_community_and_invites_its_first_steward(db: None) -> None:
    call_command("found_community", "--slug", "hill", "--name", "Hill", stdout=StringIO())
    out = StringIO()
    call_command(
        "invite",
        "--email",
        "h@example.org",
        "--name",
        "Hana",
        "--community",
        "hill",
        "--as",
        "steward",
        stdout=out,
    )

    link = out.getvalue().strip()
    assert link.startswith(settings.KINHOLD_ORIGIN + "/join/")
    Client().post(link.removeprefix(settings.KINHOLD_ORIGIN), {"name": "Hana"})
    assert membership_for(User.objects.get(email="h@example.org"), Community.objects.get())


@pytest.mark.parametrize(
    ("command", "arguments", "sentence"),
    [
        ("found_community", ["--slug", "Hill!", "--name", "H"], "only a-z"),
        ("found_community", ["--slug", "river", "--name", "H"], "already"),
        ("invite", ["--email", "a@b.org", "--name", "A", "--community", "nowhere"], "no community"),
        ("invite", ["--email", "a@b.org", "--name", "A", "--community", "river"], "go together"),
    ],
)
def test_the_shell_says_plainly_what_is_wrong(
    cast: Cast, command: str, arguments: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command(command, *arguments)
