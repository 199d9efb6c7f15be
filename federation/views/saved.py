"""Keeping one step of a draft, and showing two versions of it side by side when there are two."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from consent.actions import drafting
from consent.drafts import mark_of, part_of, with_parts
from consent.field_names import in_words
from consent.models import TrainingRequest
from federation.forms.steps import StepForm
from federation.forms.steps.base import Text
from governance.models import User

WINDOW_S = 86_400
"""For how long a window is known to have saved a step itself."""


@dataclass(frozen=True)
class Difference:
    """One answer that is saved otherwise than it stands on the form; ``saved`` may be empty."""

    label: Text
    saved: str


def kept_by(
    form: StepForm, found: TrainingRequest, user: User, posted: Mapping[str, Any]
) -> TrainingRequest:
    """Keep all of a step that can be kept.

    Args:
        posted: with ``seen``, the mark of the step as this window last knew it, and ``window``,
            the name of this window. A press on "Save" can overtake the answer to a saving by
            itself, and so hold an older mark: what this same window saved last is no conflict.
    Raises:
        As ``consent.actions.drafting.save_part``.
    """
    place = f"step:{found.pk}:{form.key}:{posted.get('window', '')[:32]}"
    seen = {posted.get("seen", ""), cache.get(place) or posted.get("seen", "")}
    names = form.names()
    now = mark_of(drafting.fields_of(found), names)
    saved = drafting.save_part(
        found.pk,
        actor=user,
        names=names,
        parts=form.parts(),
        seen=now if now in seen else posted.get("seen", ""),
    )
    if posted.get("window"):
        cache.set(place, mark_of(drafting.fields_of(saved), names), WINDOW_S)
    return saved


def differences(form: StepForm, saved: Mapping[str, Any]) -> list[Difference]:
    typed = form.parts()
    held = part_of(saved, typed)
    kept = part_of(with_parts(saved, typed), typed)
    return [
        Difference(form.label_of(name), in_words(held.get(name)))
        for name in typed
        if held.get(name) != kept.get(name) and name in form.names()
    ]
