"""Bodies of a community in its own words: board, elders, a women's group, a health committee."""

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from consent.grants.charter import parse_charter
from governance.actions.audit import record
from governance.actions.permissions import require_member
from governance.errors import NotReady
from governance.models import Body, Community, User
from governance.queries import charter_in_force
from governance.queries.people import sits_in
from governance.rules import Verb

MAX_SLUG = 40


@transaction.atomic
def add(*, community_id: int, actor: User, name: str, about: str = "") -> Body:
    """Add a body. Its short name is made from the first name and stays as it is for good.

    Raises:
        NotAllowed: neither a steward nor a convenor here.
        NotReady: there is a body of this name.
    """
    community = Community.objects.select_for_update().get(pk=community_id)
    require_member(actor, Verb.NAME_BODIES, community)
    name = _name(name)
    if Body.objects.filter(community=community, name__iexact=name, ended_at__isnull=True).exists():
        raise NotReady(_("There is a body of this name already."))
    body = Body.objects.create(
        community=community, slug=_free_slug(community, name), name=name, about=about.strip()
    )
    _record("body.add", body, actor)
    return body


@transaction.atomic
def describe(body_id: int, *, actor: User, name: str, about: str) -> Body:
    """Rename or describe a body. Charters go on naming it by its short name.

    Raises:
        NotAllowed: neither a steward nor a convenor here.
        NotReady: it has ended, or another one has this name.
    """
    body = _locked(body_id, actor)
    name = _name(name)
    others = Body.objects.filter(community=body.community, ended_at__isnull=True)
    if others.filter(name__iexact=name).exclude(pk=body.pk).exists():
        raise NotReady(_("There is a body of this name already."))
    body.name, body.about = name, about.strip()
    body.save(update_fields=["name", "about"])
    _record("body.describe", body, actor)
    return body


@transaction.atomic
def end(body_id: int, *, actor: User) -> Body:
    """Let a body go. What it decided stays decided.

    Raises:
        NotAllowed: neither a steward nor a convenor here.
        NotReady: people sit in it, the charter in force names it, or it has ended.
    """
    body = _locked(body_id, actor)
    if sits_in(body.community, body).exists():
        raise NotReady(_("People sit in this body. Take them out of it first."))
    if _in_charter(body):
        raise NotReady(_("The charter in force names this body. Adopt a charter without it first."))
    body.ended_at = timezone.now()
    body.save(update_fields=["ended_at"])
    _record("body.end", body, actor)
    return body


def _locked(body_id: int, actor: User) -> Body:
    """Return a body that goes on; its community's row is locked, as for everything about people."""
    community_id = Body.objects.values_list("community_id", flat=True).get(pk=body_id)
    community = Community.objects.select_for_update().get(pk=community_id)
    require_member(actor, Verb.NAME_BODIES, community)
    body = Body.objects.select_related("community").get(pk=body_id)
    if body.ended_at is not None:
        raise NotReady(_("This body has ended."))
    return body


def _in_charter(body: Body) -> bool:
    """Say whether the charter in force seats somebody in this body or asks for its yes."""
    charter = charter_in_force(body.community)
    if charter is None:
        return False
    parsed = parse_charter(charter.statement.text.encode())
    # Every body that a rule names has at least one steward in the charter.
    return any(body.slug in steward.bodies for steward in parsed.stewards)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise NotReady(_("A body has a name."))
    return name


def _free_slug(community: Community, name: str) -> str:
    """Return a short name that no body of the community had, ended ones among them."""
    base = "-".join(slugify(name).replace("_", " ").split())[:MAX_SLUG].strip("-") or "body"
    if not base[0].isalpha():
        base = f"body-{base}"[:MAX_SLUG].strip("-")
    taken = set(Body.objects.filter(community=community).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        tail = f"-{number}"
        slug, number = base[: MAX_SLUG - len(tail)] + tail, number + 1
    return slug


def _record(verb: str, body: Body, actor: User) -> None:
    record(
        verb,
        actor=actor,
        subject=f"body:{body.community.slug}:{body.slug}",
        community=body.community,
    )
