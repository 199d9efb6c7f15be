"""One decision rule as a form: which kind, and only what that kind needs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.grants.errors import Malformed
from consent.grants.tally import BodyRule, DecisionRule, can_be_decided, parse_rule
from governance.circle import Circle

KINDS: list[tuple[str, Promise]] = [
    ("threshold", gettext_lazy("A number of stewards must sign yes")),
    ("consensus", gettext_lazy("Every steward who does not step aside must sign yes")),
    ("majority", gettext_lazy("More than half of those who do not step aside")),
    ("two-thirds", gettext_lazy("At least two thirds of those who do not step aside")),
    (
        "quorum-majority",
        gettext_lazy("More than half, and enough of them must have answered (a quorum)"),
    ),
    ("named-decider", gettext_lazy("One steward decides, whom you name here")),
    ("sequence", gettext_lazy("One body after another, each by its own rule")),
]
SIMPLE: list[tuple[str, Promise]] = [
    ("majority", gettext_lazy("more than half of its stewards")),
    ("two-thirds", gettext_lazy("two thirds of its stewards")),
    ("consensus", gettext_lazy("all of its stewards")),
    ("threshold", gettext_lazy("a number of its stewards:")),
]
MOST_STEPS = 5  # bodies one after another; more would not be calm to fill in


@dataclass(frozen=True)
class Line:
    """A body with its own rule: ``body`` is None where the body is fixed."""

    title: str
    body: BoundField | None
    rule: BoundField
    m: BoundField


@dataclass(frozen=True)
class Option:
    """One kind of rule, with the fields that it alone needs."""

    radio: BoundWidget
    fields: list[BoundField]
    steps: list[Line]


class RuleForm(forms.Form):
    """Gives ``chosen()``, the rule, and ``document()``, the same as a charter writes it."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, circle: Circle, held: DecisionRule | None, usual: int, **kwargs: Any
    ) -> None:
        """Args: ``held`` is the rule in force; ``usual`` how many sign if there is none."""
        super().__init__(*args, **kwargs)
        self.circle = circle
        self.held = held or DecisionRule("threshold", m=usual)
        self.steps = min(max(len(circle.sitting), len(self.held.steps)), MOST_STEPS)
        self._add_own_fields(usual)
        self._add_steps()
        self._add_vetoes()

    def _add_own_fields(self, usual: int) -> None:
        many = max(len(self.circle.seats), 1)
        kinds = [(k, label) for k, label in KINDS if k != "sequence" or self.circle.sitting]
        known = {kind for kind, _label in kinds}
        self.fields["rule"] = forms.ChoiceField(
            label=_("Who must sign"),
            choices=kinds,
            widget=forms.RadioSelect,
            initial=self.held.kind if self.held.kind in known else "threshold",
        )
        self.fields["m"] = _number(_("How many must sign yes"), many, self.held.m or usual)
        self.fields["quorum"] = _number(
            _("How many percent must have answered"), 100, self.held.quorum or 60
        )
        self.fields["steward"] = forms.ChoiceField(
            label=_("Who decides"),
            choices=[("", _("choose")), *self.circle.names.items()],
            required=False,
            initial=self.held.steward,
        )

    def _add_steps(self) -> None:
        bodies = [("", _("nobody")), *((s, self.circle.word(s)) for s in self.circle.sitting)]
        for number in range(1, self.steps + 1):
            step = self.held.steps[number - 1] if number <= len(self.held.steps) else None
            self.fields[f"step-{number}-body"] = forms.ChoiceField(
                label=_("Body"),
                choices=bodies,
                required=False,
                initial=step.body if step else "",
            )
            self._add_body_rule(f"step-{number}", step, may_be_none=False)

    def _add_vetoes(self) -> None:
        held = {veto.body: veto for veto in self.held.vetoes}
        for slug in self.circle.sitting:
            self._add_body_rule(f"veto-{slug}", held.get(slug), may_be_none=True)

    def _add_body_rule(self, name: str, held: BodyRule | None, *, may_be_none: bool) -> None:
        none = [("", _("not needed"))] if may_be_none else []
        default = "" if may_be_none else "majority"
        self.fields[f"{name}-rule"] = forms.ChoiceField(
            label=_("Its rule"),
            choices=[*none, *SIMPLE],
            required=False,
            initial=held.kind if held else default,
        )
        self.fields[f"{name}-m"] = _number(
            _("number"), max(len(self.circle.seats), 1), (held.m if held else None) or 1
        )

    def options(self) -> Iterator[Option]:
        for radio in self["rule"]:
            kind = str(radio.data["value"])
            name = {"threshold": "m", "quorum-majority": "quorum", "named-decider": "steward"}
            own = [self[name[kind]]] if kind in name else []
            steps = list(self._step_lines()) if kind == "sequence" else []
            yield Option(radio, own, steps)

    def vetoes(self) -> list[Line]:
        return [
            Line(self.circle.word(slug), None, self[f"veto-{slug}-rule"], self[f"veto-{slug}-m"])
            for slug in self.circle.sitting
        ]

    def asks_for_veto(self) -> bool:
        """Say whether a veto is chosen or wrongly filled in, so that it is shown."""
        names = [f"veto-{slug}" for slug in self.circle.sitting]
        return any(self[f"{name}-rule"].value() or self[f"{name}-m"].errors for name in names)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        kind = found.get("rule")
        if kind == "threshold" and found.get("m") is None and "m" not in self.errors:
            self.add_error("m", _("Say how many must sign yes."))
        if kind == "quorum-majority" and found.get("quorum") is None:
            self._say_once("quorum", _("Say how many percent must have answered."))
        if kind == "named-decider" and not found.get("steward"):
            self._say_once("steward", _("Choose the steward who decides."))
        if kind == "sequence":
            self._clean_steps(found)
        for slug in self.circle.sitting:
            if found.get(f"veto-{slug}-rule"):
                self._clean_body(f"veto-{slug}", slug, found)
        self._forget_unused(kind)
        return found

    def document(self) -> dict[str, Any]:
        """Return the rule as a charter writes it; only of a valid form."""
        found = self.cleaned_data
        kind = found["rule"]
        rule: dict[str, Any] = {"rule": kind}
        if kind == "threshold":
            rule["m"] = found["m"]
        elif kind == "quorum-majority":
            rule["quorum"] = found["quorum"]
        elif kind == "named-decider":
            rule["steward"] = found["steward"]
        elif kind == "sequence":
            rule["steps"] = [
                self._body_document(found[f"{name}-body"], name) for name in self._filled_steps()
            ]
        vetoes = [
            self._body_document(slug, f"veto-{slug}")
            for slug in self.circle.sitting
            if found[f"veto-{slug}-rule"]
        ]
        return rule | ({"vetoes": vetoes} if vetoes else {})

    def chosen(self) -> DecisionRule | None:
        """Return the rule as it is filled in now; None while something in it is wrong."""
        if not self.is_bound:
            return self._as_held()
        if not self.is_valid():
            return None
        try:
            return parse_rule(self.document(), "rule", stewards=self.circle.bodies)
        except Malformed:
            return None

    def _as_held(self) -> DecisionRule | None:
        """Return the rule in force, unless today's stewards could not follow it any more."""
        stuck = can_be_decided(
            {"rule": self.held},
            stewards=self.circle.names,
            bodies=self.circle.bodies,
            floor=1,
        )
        return None if stuck else self.held

    def _clean_steps(self, found: dict[str, Any]) -> None:
        names = self._filled_steps()
        if not names:
            self._say_once("step-1-body", _("Choose at least one body."))
        seen: set[str] = set()
        for name in names:
            body = found[f"{name}-body"]
            if body in seen:
                self._say_once(f"{name}-body", _("This body is asked already."))
            seen.add(body)
            self._clean_body(name, body, found)

    def _clean_body(self, name: str, body: str, found: dict[str, Any]) -> None:
        if found.get(f"{name}-rule") != "threshold":
            return
        m, sitting = found.get(f"{name}-m"), self.circle.sitting[body]
        if m is None:
            self._say_once(f"{name}-m", _("Say how many of its stewards must sign yes."))
        elif m > sitting:
            text = _("Today {n} of the stewards sit in {body}. Ask for no more than that.")
            self._say_once(f"{name}-m", text.format(n=sitting, body=self.circle.word(body)))

    def _filled_steps(self) -> list[str]:
        names = [f"step-{number}" for number in range(1, self.steps + 1)]
        return [name for name in names if self.cleaned_data.get(f"{name}-body")]

    def _body_document(self, body: str, name: str) -> dict[str, Any]:
        kind = self.cleaned_data[f"{name}-rule"]
        number = {"m": self.cleaned_data[f"{name}-m"]} if kind == "threshold" else {}
        return {"body": body, "rule": kind} | number

    def _step_lines(self) -> Iterator[Line]:
        for number in range(1, self.steps + 1):
            name = f"step-{number}"
            title = _("First") if number == 1 else _("Then")
            yield Line(title, self[f"{name}-body"], self[f"{name}-rule"], self[f"{name}-m"])

    def _say_once(self, name: str, sentence: str) -> None:
        if name not in self.errors:
            self.add_error(name, sentence)

    def _forget_unused(self, kind: object) -> None:
        """Let nothing stop the form that its rule does not need: those fields are folded away."""
        unused = {"m": "threshold", "quorum": "quorum-majority", "steward": "named-decider"}
        names = [name for name, owner in unused.items() if owner != kind]
        if kind != "sequence":
            names += [name for name in self.fields if name.startswith("step-")]
        for name in self.fields:
            line, _dash, part = name.rpartition("-")
            if line and part == "m" and self.cleaned_data.get(f"{line}-rule") != "threshold":
                names.append(name)
        for name in names:
            self.errors.pop(name, None)


def _number(label: str, most: int, initial: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=most, initial=min(initial, most)
    )
