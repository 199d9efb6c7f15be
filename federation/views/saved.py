"""Keeping one step of a draft, and showing two versions of it side by side when there are two."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.actions import drafting
from consent.drafts import part_of, with_parts
from consent.field_names import in_words
from consent.models import TrainingRequest
from federation.forms.steps import StepForm
from federation.forms.steps.base import Text
from governance.models import User


@dataclass(frozen=True)
class Difference:
    """One answer that is saved otherwise than it stands on the form; ``saved`` may be empty."""

    label: Text
    saved: str


def kept_by(form: StepForm, found: TrainingRequest, user: User, seen: str) -> TrainingRequest:
    """Keep all of a step that can be kept.

    Raises:
        As ``consent.actions.drafting.save_part``.
    """
    return drafting.save_part(
        found.pk, actor=user, names=form.names(), parts=form.parts(), seen=seen
    )


def differences(form: StepForm, saved: Mapping[str, Any]) -> list[Difference]:
    typed = form.parts()
    held = part_of(saved, typed)
    kept = part_of(with_parts(saved, typed), typed)
    return [
        Difference(form.label_of(name), in_words(held.get(name)))
        for name in typed
        if held.get(name) != kept.get(name) and name in form.names()
    ]
