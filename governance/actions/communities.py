"""Communities: founded from the platform's own shell, never from a page."""

import re

from django.db import transaction

from governance.actions.audit import record
from governance.errors import NotReady
from governance.models import Community

_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


@transaction.atomic
def found(*, slug: str, name: str, about: str = "") -> Community:
    """Make a place for a community. It has no power until its stewards signed a charter.

    Raises:
        NotReady: the short name is taken, or not spelled as nodes need it.
    """
    if not _SLUG.fullmatch(slug) or len(slug) > 40:
        raise NotReady("A community's short name has only a-z, 0-9 and single dashes; at most 40.")
    if Community.objects.filter(slug=slug).exists():
        raise NotReady(f"There is a community {slug} already.")
    community = Community.objects.create(slug=slug, name=name, about=about)
    record("community.found", actor=None, subject=f"community:{slug}", community=community)
    return community
