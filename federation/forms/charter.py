"""How a community decides, as a form: one rule for each kind of decision, and the floor."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from consent.grants.charter import Charter
from governance.words import MATTERS

THRESHOLD, CONSENSUS = "threshold", "consensus"
RULES: list[tuple[str, Promise]] = [
    (THRESHOLD, gettext_lazy("A number of stewards must sign yes")),
    (CONSENSUS, gettext_lazy("Every steward who does not step aside must sign yes")),
]
STOPS = frozenset({"pause"})
"""What only stops, so that one steward may be enough and the floor does not bind."""


@dataclass(frozen=True)
class Row:
    """One kind of decision on the form, with what its rule would mean."""

    kind: str
    matter: Promise | str
    rule: BoundField
    m: BoundField
    example: str


class CharterForm(forms.Form):
    def __init__(
        self, *args: Any, stewards: int, before: Charter | None = None, **kwargs: Any
    ) -> None:
        """Args: ``stewards`` is how many there are today; ``before`` the charter in force."""
        super().__init__(*args, **kwargs)
        self.stewards = stewards
        most = max(stewards, 1)
        for kind in MATTERS:
            held = before.rules.get(kind) if before else None
            self.fields[f"{kind}-rule"] = forms.ChoiceField(
                label=_("Rule"),
                choices=RULES,
                initial=held.kind if held else THRESHOLD,
                widget=forms.RadioSelect,
            )
            self.fields[f"{kind}-m"] = forms.IntegerField(
                label=_("How many must sign yes"),
                required=False,
                min_value=1,
                max_value=most,
                initial=(held.m if held else None) or _usual(kind, most),
            )
        self.fields["floor"] = forms.IntegerField(
            label=_("The floor: no decision but a pause may rest on fewer yes than this"),
            min_value=1,
            max_value=most,
            initial=min(before.floor, most) if before else _usual("grant", most),
        )

    def rows(self) -> Iterator[Row]:
        for kind, matter in MATTERS.items():
            rule, m = self[f"{kind}-rule"], self[f"{kind}-m"]
            yield Row(kind, matter, rule, m, self._example(rule.value(), m.value()))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        floor = found.get("floor")
        for kind in MATTERS:
            if found.get(f"{kind}-rule") != THRESHOLD:
                continue
            m = found.get(f"{kind}-m")
            if m is None and f"{kind}-m" not in self.errors:
                self.add_error(f"{kind}-m", _("Say how many must sign yes."))
            elif m is not None and floor is not None and m < floor and kind not in STOPS:
                self.add_error(f"{kind}-m", _("This is below the floor."))
        return found

    def rules(self) -> dict[str, dict[str, Any]]:
        """Return what ``charters.draft`` takes as rules."""
        return {kind: self._rule(kind) for kind in MATTERS}

    def _rule(self, kind: str) -> dict[str, Any]:
        if self.cleaned_data[f"{kind}-rule"] == CONSENSUS:
            return {"rule": CONSENSUS}
        return {"rule": THRESHOLD, "m": self.cleaned_data[f"{kind}-m"]}

    def _example(self, rule: object, m: object) -> str:
        """Say with today's number of stewards what the rule would mean."""
        if rule == CONSENSUS:
            return _(
                "Example: there are {n} stewards. One steps aside: the other {rest} must all sign "
                "yes. One is silent: nothing is decided."
            ).format(n=self.stewards, rest=max(self.stewards - 1, 0))
        try:
            needed = int(str(m))
        except ValueError:
            return ""
        return ngettext(
            "Example: there are {n} stewards. {m} of them signs yes: it is decided. "
            "Nobody does: it is not. Silence never counts as yes.",
            "Example: there are {n} stewards. {m} of them sign yes: it is decided. "
            "Fewer do: it is not. Silence never counts as yes.",
            needed,
        ).format(n=self.stewards, m=needed)


def _usual(kind: str, stewards: int) -> int:
    """One for a stop, and more than half for the rest."""
    return 1 if kind in STOPS else stewards // 2 + 1
