"""The pages about people, bodies, times and delegations, asked in the name of everybody."""

import re
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from governance.actions import absences, bodies, conflicts, invitations, quiet
from governance.models import Charter
from governance.people_urls import people_patterns
from governance.rules import CommunityRole
from tests import factories
from tests.cast import Cast
from tests.consent.delegated import make_delegation
from tests.governance.pages import draft_protocol
from tests.governance.test_pages import MEMBERS, ROLES, SIGN_IN, row

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


WORDS = row(steward=200, convenor=200)
STEWARDS = row(steward=200)

READ = {
    "community-settings": WORDS,
    "bodies": MEMBERS,
    "body-new": WORDS,
    "body-edit": WORDS,
    "body-end": WORDS,
    "people": MEMBERS,
    "invite": WORDS,
    "invitations": WORDS,
    "invitation-anew": WORDS,
    "invitation-revoke": WORDS,
    "member": MEMBERS,
    "member-edit": STEWARDS,
    "member-end": STEWARDS,
    "absences": MEMBERS,
    "absence-new": MEMBERS,
    "absence-edit": STEWARDS,  # her own; to all others it does not exist
    "absence-end": STEWARDS,
    "quiet": MEMBERS,
    "quiet-new": WORDS,
    "quiet-lift": WORDS,
    "delegations": MEMBERS,
    "delegation-new": STEWARDS,
    "delegation": MEMBERS,
    "delegation-take-back": STEWARDS,
    "conflict-new": STEWARDS,
    "conflict-answer": STEWARDS,  # the one whom it is about
}
TOO_LITTLE = {role: 400 if status == 200 else status for role, status in WORDS.items()}
WRITE = {
    "community-settings": TOO_LITTLE,
    "body-new": TOO_LITTLE,
    "body-edit": TOO_LITTLE,
    "invite": TOO_LITTLE,
    "invitation-anew": TOO_LITTLE,
    "member-end": row(steward=400),
    "absence-new": row(steward=400, convenor=400, custodian=400, observer=400),
    "absence-edit": row(steward=400),
    "quiet-new": TOO_LITTLE,
    "delegation-new": row(steward=400),
    "delegation-sign": row(steward=302),
    "delegation-take-back": row(steward=400),
    "conflict-new": row(steward=400),
    "conflict-answer": row(steward=400),
}
DONE_AT_ONCE = ("body-end", "invitation-revoke", "absence-end", "quiet-lift", "member-edit")


@pytest.mark.parametrize("page", READ)
def test_who_may_read_which_page(river: River, page: str) -> None:
    url = river.url(page)

    assert {
        role: person.client().get(url).status_code for role, person in river.cast.everybody.items()
    } == READ[page]


@pytest.mark.parametrize("page", WRITE)
def test_who_may_send_which_form(river: River, page: str) -> None:
    """A form without its fields: 400 or a way back says that the person was let through to it."""
    url = river.url(page)

    assert {
        role: person.client().post(url, {"sent": "yes"}).status_code
        for role, person in river.cast.everybody.items()
    } == WRITE[page]


@pytest.mark.parametrize("page", DONE_AT_ONCE)
def test_what_needs_no_field_is_done_by_those_alone_who_see_the_page(
    river: River, page: str
) -> None:
    url = river.url(page)
    statuses = {role: READ[page][role] for role in ROLES if READ[page][role] == 404}

    assert {
        role: river.cast.everybody[role].client().post(url, {"sent": "yes"}).status_code
        for role in statuses
    } == statuses
    assert river.cast.amina.client().post(url, {"sent": "yes"}).status_code == 302


@pytest.mark.parametrize("page", sorted({*READ, *WRITE}))
def test_strangers_are_sent_to_sign_in(river: River, page: str) -> None:
    url = river.url(page)
    client = Client()

    for answer in (client.get(url), client.post(url)):
        assert (answer.status_code, answer.headers.get("Location")) == (302, SIGN_IN + url)


def test_no_page_is_forgotten() -> None:
    assert {pattern.name for pattern in people_patterns} == {*READ, *WRITE, *DONE_AT_ONCE}


@pytest.mark.parametrize("page", READ)
def test_the_same_key_in_another_community_leads_nowhere(river: River, page: str) -> None:
    """Zed is a steward of Coast: River's bodies, people and texts are not there either."""
    if page not in river.args:
        return
    url = reverse(f"governance:{page}", args=["coast", *river.args[page]])

    assert river.cast.zed.client().get(url).status_code == 404
    sent = river.cast.zed.client().post(url, {"reason": "x", "answer": "x"})
    assert sent.status_code == (405 if page in ("member", "delegation") else 404)


@pytest.mark.parametrize("page", READ)
def test_every_page_has_one_heading_and_nothing_inline(river: River, page: str) -> None:
    html = river.cast.amina.client().get(river.url(page)).content.decode()

    assert html.count("<h1>") == 1
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
