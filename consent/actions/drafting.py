"""Writing a request step by step, and beginning a new one from an old one."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from consent.actions.ownership import own
from consent.actions.requests import draft, save_draft
from consent.drafts import in_todays_shape, mark_of, with_parts
from consent.errors import SavedMeanwhile
from consent.models import TrainingRequest
from governance.models import User

MAX_TITLE = 160


def fields_of(request: TrainingRequest) -> dict[str, Any]:
    """Return the form as last saved, in today's shape and with the title in it."""
    return in_todays_shape(request.draft) | {"title": request.title_in_writing}


@transaction.atomic
def save_part(
    request_id: int,
    *,
    actor: User,
    names: Collection[str],
    parts: Mapping[str, Any],
    seen: str,
) -> TrainingRequest:
    """Keep one step of the form; all other steps stay as they are.

    Args:
        names: the parts that the step is about (``consent.drafts``).
        parts: what was written in those that can be kept.
        seen: ``mark_of`` these parts as the writer saw them, so that nobody writes over what
            another window or device saved meanwhile. Saving the same again is no conflict.
    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
        TransitionRefused: it is with the communities, or withdrawn.
        SavedMeanwhile: the parts are others by now, and others than those to be saved.
        Incomplete: no title, or too long.
    """
    request = own(request_id, actor)
    held = fields_of(request)
    changed = with_parts(held, parts)
    now = mark_of(held, names)
    if now not in (seen, mark_of(changed, names)):
        raise SavedMeanwhile(_("Somebody, or another window of yours, saved this page in between."))
    title = changed.pop("title", "")
    return save_draft(request.pk, actor=actor, title=title, fields=changed)


@transaction.atomic
def copy_as_new(request_id: int, *, actor: User) -> TrainingRequest:
    """Begin a new request with what the old one says.

    Files, letters of ethics boards, what others took on and the terms stay with the old one: each
    is about that request alone.

    Raises:
        governance.errors.NotAllowed, NotAllowed: not a researcher; another one's request.
    """
    old = own(request_id, actor)
    fields = fields_of(old)
    title = _("{title} (new)").format(title=fields.pop("title")[: MAX_TITLE - 10])
    new = draft(actor=actor, title=title, fields=fields)
    new.copied_from = old
    new.save(update_fields=["copied_from"])
    return new
