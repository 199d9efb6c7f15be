"""How people stay hidden: noise and mixing, as a few fields in plain words."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.hiding import (
    LEAST_HIDDEN,
    MOST_DELTA,
    MOST_EPSILON,
    TOO_FEW,
    USUAL_DELTA,
    USUAL_EPSILON,
)

PREFIX = "privacy_"
FIELDS = ("privacy_noise", "privacy_epsilon", "privacy_delta", "privacy_mixing")

TITLE = _("Keeping people hidden")
TEXT = _("What leaves a node can give away who is in it. Two things help; both cost something.")


def _number(label: Any, help_text: Any, most: Decimal) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=Decimal("1e-15"),
        max_value=most,
        max_digits=20,
        decimal_places=18,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 12}),
    )


class HidingFields(forms.Form):
    privacy_noise = forms.ChoiceField(
        label=_("Noise"),
        help_text=_(
            "The node blurs its sums by chance, so that no one person shows. The fewer people, the "
            "less sure your result. Each run uses up a part of what the dataset may ever give away."
        ),
        required=False,
        choices=[("no", _("No noise: exact sums leave")), ("yes", _("Add noise"))],
        widget=forms.RadioSelect,
    )
    privacy_epsilon = _number(
        _("With noise: privacy loss (epsilon)"),
        _("For all rounds together, counted for each person. Up to 1 is strong, up to 10 is usual "
          "in practice, above that is weak."),
        MOST_EPSILON,
    )  # fmt: skip
    privacy_delta = _number(
        _("With noise: delta"),
        _("How rarely the limit may fail. Far below one divided by the number of people."),
        MOST_DELTA,
    )
    privacy_mixing = forms.ChoiceField(
        label=_("Secure mixing"),
        help_text=_(
            "Nodes hide their parts so that only the total of all can be read. The people who run "
            "the nodes must compare each other's fingerprints first. Rounds take longer, and a run "
            "ends when too many nodes drop out. With fewer than 3 communities it protects nothing."
        ),
        required=False,
        choices=[("yes", _("Mix the answers")), ("no", _("Do not mix them"))],
        widget=forms.RadioSelect,
    )


def advice(communities: int) -> Any:
    """What stands above the fields, by how many communities are asked so far."""
    return _(TOO_FEW) if 0 < communities < LEAST_HIDDEN else TEXT


def initial_of_hiding(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Spread what is saved over the fields; before that, what protects so many communities."""
    privacy = saved.get("privacy") or {}
    enough = len(saved.get("datasets") or []) >= LEAST_HIDDEN
    noise = privacy.get("dp") or {}
    noised = bool(noise) if "dp" in privacy else not enough
    mixed = privacy.get("secure_aggregation", enough)
    return {
        "privacy_noise": "yes" if noised else "no",
        "privacy_epsilon": noise.get("epsilon", USUAL_EPSILON),
        "privacy_delta": noise.get("delta", USUAL_DELTA),
        "privacy_mixing": "yes" if mixed else "no",
    }


def privacy_of(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was chosen, as a draft keeps it; what was not said is left out."""
    found: dict[str, Any] = {}
    if noise := cleaned.get("privacy_noise"):
        found["dp"] = _noise(cleaned) if noise == "yes" else None
    if mixing := cleaned.get("privacy_mixing"):
        found["secure_aggregation"] = mixing == "yes"
    return found


def _noise(cleaned: Mapping[str, Any]) -> dict[str, str]:
    return {
        "epsilon": _text(cleaned.get("privacy_epsilon")),
        "delta": _text(cleaned.get("privacy_delta")),
        "unit": "person",
    }


def _text(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"
