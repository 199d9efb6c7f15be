"""How a community decides, as a form: one rule for each kind of decision, and the floor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.grants.charter import Charter
from consent.grants.tally import DecisionRule, can_be_decided
from federation.forms.rule import RuleForm
from governance.circle import Circle
from governance.words import MATTERS

STOPS = frozenset({"pause"})
"""What only stops, so that one steward may be enough and the floor does not bind."""
ALL = "all"
"""The prefix of the one rule that stands for every kind of decision but a pause."""


@dataclass(frozen=True)
class Row:
    """One rule on the form, in words and worked out with today's people; both may be empty."""

    kind: str
    matter: Promise | str
    form: RuleForm
    in_words: str
    example: str


class CharterForm(forms.Form):
    """The whole of it; each rule is a form of its own (``rows``)."""

    use_required_attribute = False

    same = forms.BooleanField(
        label=gettext_lazy("The same rule for everything but a pause"),
        help_text=gettext_lazy("Take the tick away to choose a rule for each kind of decision."),
        required=False,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        circle: Circle,
        before: Charter | None = None,
        stewards: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Offer to leave out whoever may be left out.

        Args:
            circle: who would decide, without those who are left out.
            before: the charter in force.
            stewards: id and name of each steward of today who may be left out.
        """
        most = max(len(circle.seats), 1)
        held = dict(before.rules) if before else {}
        super().__init__(
            data,
            initial={
                "same": _is_one_rule(held),
                "floor": min(before.floor, most) if before else _usual("grant", most),
            },
        )
        self.circle = circle
        self.fields["floor"] = forms.IntegerField(
            label=_("No decision but a pause may rest on fewer yes than this"),
            min_value=1,
            max_value=most,
        )
        if stewards:
            self.fields["leave_out"] = _leave_out(stewards)
        rules = {ALL: held.get("grant")} | {kind: held.get(kind) for kind in MATTERS}
        self.parts = {
            name: RuleForm(data, prefix=name, circle=circle, held=rule, usual=_usual(name, most))
            for name, rule in rules.items()
        }

    def is_valid(self) -> bool:
        return super().is_valid() and all(form.is_valid() for form in self._used().values())

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        floor = found.get("floor")
        for name, form in self._used().items():
            m = form.cleaned_data.get("m") if form.is_valid() else None
            is_threshold = form.is_valid() and form.cleaned_data["rule"] == "threshold"
            if is_threshold and m and floor and m < floor and name not in STOPS:
                form.add_error("m", _("This is below the floor."))
        return found

    def rules(self) -> dict[str, dict[str, Any]]:
        """Return what ``charters.draft`` takes as rules."""
        return {kind: self._part(kind).document() for kind in MATTERS}

    def left_out(self) -> list[str]:
        """Return the ids of the stewards whom the charter is not to name."""
        return list(self.cleaned_data.get("leave_out", []))

    def undecidable(self) -> list[str]:
        """Name what today's stewards could not decide if all said yes; empty is as it should be."""
        chosen = {kind: self._part(kind).chosen() for kind in MATTERS}
        names = can_be_decided(
            {kind: rule for kind, rule in chosen.items() if rule},
            stewards=self.circle.names,
            bodies=self.circle.bodies,
            floor=self._floor(),
        )
        names += [kind for kind, rule in chosen.items() if rule is None]
        return [str(MATTERS[name]) for name in sorted(names)]

    def one(self) -> Row:
        """The rule that stands for everything but a pause."""
        return self._row(ALL, gettext_lazy("Everything but a pause"))

    def pause(self) -> Row:
        return self._row("pause", MATTERS["pause"])

    def rows(self) -> Iterator[Row]:
        """Every kind of decision but a pause."""
        return (self._row(k, matter) for k, matter in MATTERS.items() if k not in STOPS)

    def problems(self) -> Iterator[tuple[str, BoundField | None, str]]:
        """Each error: about what, at which field, and the sentence."""
        for sentence in self.non_field_errors():
            yield "", None, str(sentence)
        for name, matter in (("floor", _("The floor")), ("leave_out", _("Leave out"))):
            if name in self.fields and self[name].errors:
                yield matter, self[name], str(self[name].errors[0])
        for name, form in self._used().items() if self.is_bound else ():
            matter = str(MATTERS.get(name, _("Everything but a pause")))
            for field in form:
                if field.errors:
                    yield matter, field, str(field.errors[0])

    def _used(self) -> dict[str, RuleForm]:
        """The rules that count: with one rule for all, the others are out of sight."""
        if not self["same"].value():
            return {kind: self.parts[kind] for kind in MATTERS}
        return {ALL: self.parts[ALL], "pause": self.parts["pause"]}

    def _part(self, kind: str) -> RuleForm:
        used = self._used()
        return used[kind] if kind in used else used[ALL]

    def _row(self, name: str, matter: Promise | str) -> Row:
        form = self.parts[name]
        rule, floor = form.chosen(), self._floor()
        kind = "grant" if name == ALL else name
        in_words = self.circle.rule(rule, kind, floor) if rule else ""
        example = self.circle.example(rule, kind, floor) if rule else ""
        return Row(name, matter, form, in_words, example)

    def _floor(self) -> int:
        """Return the floor as it is typed now; 1 while that is no number."""
        try:
            return max(int(str(self["floor"].value())), 1)
        except ValueError:
            return 1


def _leave_out(stewards: Sequence[tuple[str, str]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Leave out of this charter"),
        help_text=_(
            "Whoever is left out signs nothing once it is in force. Until then all goes on as "
            "before. Her role on this platform stays, until a steward ends it."
        ),
        choices=stewards,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def _is_one_rule(held: Mapping[str, DecisionRule]) -> bool:
    """Say whether one rule decides all but a pause; so it is where there is no charter yet."""
    return len({rule for kind, rule in held.items() if kind not in STOPS}) <= 1


def _usual(kind: str, stewards: int) -> int:
    """One for a stop, and more than half for the rest."""
    return 1 if kind in STOPS else stewards // 2 + 1
