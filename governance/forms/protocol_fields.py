"""The fields for the holes in clauses, and the clauses in groups, as the builder shows them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from governance.clause_params import LISTS, MAX_TEXT, Param, parse
from governance.clauses import ENFORCEMENT, GROUPS, Clause, library
from governance.protocol_words import duo_tags
from governance.withdrawal import LEVELS

MAX_LIST = 4_000  # characters


@dataclass(frozen=True)
class ClauseRow:
    """One clause on the form: what it says, who checks it, and the fields for its holes.

    ``asked_by`` names the labels that ask for it; ``levels`` stand beside the clause that says what
    stopping undoes.
    """

    clause: Clause
    text: str
    enforcement: str
    ticked: bool
    holes: list[BoundField]
    duo: tuple[str, ...]
    asked_by: str
    levels: list[Any]


@dataclass(frozen=True)
class Group:
    key: str
    title: str
    rows: list[ClauseRow]

    @property
    def ticked(self) -> int:
        return sum(row.ticked for row in self.rows)

    @property
    def faulty(self) -> bool:
        """Whether something in it must be looked at, so that it is not folded away."""
        return any(hole.errors for row in self.rows for hole in row.holes)


class HoleField(forms.CharField):
    """What a person writes into a hole. Empty is fine in a draft; what does not fit is not."""

    def __init__(self, param: Param, **kwargs: Any) -> None:
        self.param = param
        super().__init__(required=False, strip=True, **kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value))
        try:
            parse(self.param, text)
        except ValueError as refusal:
            sentence = str(refusal)
            raise forms.ValidationError(sentence[:1].upper() + sentence[1:]) from refusal
        # As it was typed, but for line ends; the signed text gets the tidy form.
        return text.replace("\r\n", "\n")


def hole_field(param: Param, held: str, *, bodies: tuple[str, ...] = ()) -> forms.Field:
    """Return the field for one hole, with what the draft holds or else the default in it."""
    initial = held or ("" if param.may_be_empty else param.default)
    help_text = _(param.help) if param.help else ""
    if param.type == "bodies" and bodies:
        help_text += " " + _("You have these: {names}.").format(names=", ".join(bodies))
    if param.type == "choice":
        return forms.ChoiceField(
            label=_(param.label),
            help_text=help_text,
            choices=[(choice.value, _(choice.label)) for choice in param.choices],
            initial=initial,
            required=False,
            widget=forms.RadioSelect if len(param.choices) > 3 else forms.Select,
        )
    return HoleField(
        param,
        label=_with_unit(param),
        help_text=help_text,
        initial=initial,
        max_length=MAX_LIST if param.type in LISTS else MAX_TEXT,
        widget=_widget(param),
    )


def hole_names(code: str) -> list[tuple[str, str]]:
    """Return each hole that people fill in, with the name of its field."""
    return [(param.name, f"{code}-{param.name}") for param in library()[code].asked]


def groups(
    form: forms.Form, ticked: set[str], asked_by: Mapping[str, tuple[str, ...]]
) -> Iterator[Group]:
    for key, title in GROUPS.items():
        clauses = [clause for clause in library().values() if clause.group == key]
        rows = [_row(form, clause, ticked, asked_by.get(clause.code, ())) for clause in clauses]
        yield Group(key, _(title), rows)


def _row(form: forms.Form, clause: Clause, ticked: set[str], labels: tuple[str, ...]) -> ClauseRow:
    return ClauseRow(
        clause=clause,
        text=clause.filled({param.name: "…" for param in clause.params}),
        enforcement=_(ENFORCEMENT[clause.enforcement]),
        ticked=clause.locked or clause.code in ticked,
        holes=[form[name] for _param, name in hole_names(clause.code)],
        duo=duo_tags(clause),
        asked_by=", ".join(labels),
        levels=list(LEVELS.values()) if clause.code == "WITHDRAW" else [],
    )


def _widget(param: Param) -> forms.Widget:
    if param.type in LISTS:
        attrs = {"rows": 3, "spellcheck": "false"}
        return forms.Textarea(attrs=attrs)
    if param.type == "date":
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    if param.type == "number":
        attrs = {"type": "number", "min": param.least, "max": param.most}
        attrs["step"] = "any" if param.decimal else "1"
        return forms.TextInput(attrs=attrs)
    return forms.TextInput()


def _with_unit(param: Param) -> str:
    return f"{_(param.label)} ({_(param.unit)})" if param.unit else _(param.label)
