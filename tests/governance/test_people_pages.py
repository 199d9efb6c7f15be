"""The pages about people, bodies, times and delegations, asked in the name of everybody."""

from dataclasses import dataclass

import pytest
from django.urls import reverse
from django.utils import timezone

from governance.actions import absences, bodies, conflicts, invitations, quiet
from governance.models import Charter
from governance.rules import CommunityRole
from tests import factories
from tests.cast import Cast
from tests.consent.delegated import make_delegation
from tests.governance.pages import draft_protocol

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class River:
    """River with one of each: a body, an invitation, a time away, a quiet time, a conflict."""

    cast: Cast
    args: dict[str, list[object]]

    def url(self, name: str) -> str:
        return reverse(f"governance:{name}", args=["river", *self.args.get(name, [])])


@pytest.fixture
def river(cast: Cast, charter: Charter) -> River:
    amina, today = cast.amina.user, timezone.localdate()
    factories.make_dataset(cast.river, amina)
    body = bodies.add(community_id=cast.river.pk, actor=amina, name="Elders")
    invitation, _token = invitations.invite(
        actor=amina,
        email="nia@example.org",
        name="Nia",
        community=cast.river,
        community_role=CommunityRole.OBSERVER,
    )
    away = absences.set_away(community_id=cast.river.pk, actor=amina, starts=today, ends=today)
    held = quiet.keep_quiet(community_id=cast.river.pk, actor=amina, starts=today, ends=today)
    text = draft_protocol(cast).statement
    assert cast.amina.membership
    assert cast.bo.membership
    conflict = conflicts.raise_conflict(
        text.pk, actor=cast.bo.user, about=cast.amina.membership, reason="Her sister asks."
    )
    delegation = make_delegation(cast, sign=False)
    keys: dict[tuple[str, ...], object] = {
        ("body-edit", "body-end"): body.slug,
        ("invitation-anew", "invitation-revoke"): invitation.pk,
        ("member", "member-edit", "member-end"): cast.bo.membership.public_id,
        ("absence-edit", "absence-end"): away.pk,
        ("quiet-lift",): held.pk,
        ("conflict-new",): text.public_id,
        ("conflict-answer",): conflict.public_id,
        ("delegation", "delegation-sign", "delegation-take-back"): delegation.public_id,
    }
    args = {page: [key] for pages, key in keys.items() for page in pages}
    return River(cast, args)


# Who gets which page is told, and tested for every address, in docs/permissions.md.
DONE_AT_ONCE = ("body-end", "invitation-revoke", "absence-end", "quiet-lift", "member-edit")
LOOKED_AT_ONLY = ("member", "delegation")


@pytest.mark.parametrize("page", DONE_AT_ONCE)
def test_what_needs_no_field_is_done_at_once(river: River, page: str) -> None:
    sent = river.cast.amina.client().post(river.url(page), {"sent": "yes"})

    assert sent.status_code == 302


def test_the_same_key_in_another_community_leads_nowhere(river: River) -> None:
    """Zed is a steward of Coast: River's bodies, people and texts are not there either."""
    client = river.cast.zed.client()

    for page, args in river.args.items():
        url = reverse(f"governance:{page}", args=["coast", *args])
        looked = client.get(url).status_code
        sent = client.post(url, {"reason": "x", "answer": "x"}).status_code
        signed_only = page == "delegation-sign"
        assert looked == (405 if signed_only else 404), page
        assert sent == (405 if page in LOOKED_AT_ONLY else 404), page
