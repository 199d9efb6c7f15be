"""Noise and mixing as people read them. Pure but for translation.

Source: DOMAIN 6.1; docs/adr/0030.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.grants.grant import DifferentialPrivacy
from consent.hiding import LEAST_HIDDEN, noise_of

_STRONG, _USUAL = Decimal(1), Decimal(10)


def strength_of(epsilon: Decimal) -> str | Promise:
    """Say how well noise of this size hides. Source: Ponomareva and others, 2023."""
    if epsilon <= _STRONG:
        return gettext_lazy("strong")
    if epsilon <= _USUAL:
        return gettext_lazy("usual in practice")
    return gettext_lazy("weak")


def noise_in_words(noise: DifferentialPrivacy | None) -> str:
    if noise is None:
        return _("No noise is added: what leaves the node is exact.")
    told = {
        "epsilon": f"{noise.epsilon:f}",
        "delta": f"{noise.delta:f}",
        "unit": _(noise.unit),
        "strength": strength_of(noise.epsilon),
    }
    return (
        _(
            "Noise is added: privacy loss (epsilon) %(epsilon)s, delta %(delta)s, counted for each "
            "%(unit)s. That is %(strength)s."
        )
        % told
    )


def mixing_in_words(mixed: bool, *, together: int) -> str:
    """Say whether parts are mixed.

    Args:
        together: how many communities take part at least.
    """
    if not mixed:
        return _("Answers are not mixed: the platform could read each node's part.")
    if together < LEAST_HIDDEN:
        return _("Answers are mixed, but with fewer than 3 communities that protects nothing.")
    return _("Answers are mixed, so that nobody can read one node's part alone.")


def privacy_in_words(document: Mapping[str, Any]) -> str:
    """Return what a request's document says on noise and mixing; "" where it says nothing."""
    privacy = document.get("privacy")
    if not privacy:
        return ""
    together = document.get("min_nodes") or len(document.get("datasets") or [])
    mixed = mixing_in_words(bool(privacy.get("secure_aggregation")), together=together)
    return f"{noise_in_words(noise_of(privacy))}\n{mixed}"
