"""One step of the form of a request. Every step may be saved half empty and in any order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise

from consent.questions import QUESTIONS
from federation.forms.steps.rows import Rows, rows_of
from federation.forms.steps.wording import ASKED
from federation.models import JobVersion
from governance.models import Dataset

Text = str | Promise

# Fields that lie inside another one in the document; on the form they stand side by side.
GROUPS = ("purpose", "institution", "results_return", "contact")


@dataclass(frozen=True)
class Offer:
    """What may be chosen from, and the job that was chosen."""

    jobs: Sequence[JobVersion]
    datasets: Sequence[Dataset]
    job: JobVersion | None = None


@dataclass(frozen=True)
class Group:
    """Some of the step's questions under one heading; ``items`` names fields and lists."""

    items: tuple[str, ...]
    title: Text = ""
    text: Text = ""


@dataclass(frozen=True)
class Shown:
    """One heading with what stands below it: fields, or one list."""

    title: Text
    text: Text
    fields: list[BoundField] = field(default_factory=list)
    rows: Rows | None = None


class StepForm(forms.Form):
    """Names of fields are those of the document, with ``_`` for the dot inside a group.

    ``key`` is the step's part of the address.
    """

    key: ClassVar[str] = ""
    title_of_step: ClassVar[Text] = ""
    intro: ClassVar[Text] = ""
    layout: tuple[Group, ...] = ()
    lists: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        posted: Mapping[str, Any] | None,
        *,
        saved: Mapping[str, Any],
        offer: Offer,
        more: str = "",
    ) -> None:
        self.saved, self.offer = saved, offer
        super().__init__(posted, initial=self.first(saved))
        self.rows = {name: rows_of(name, saved, posted, more=more == name) for name in self.lists}
        for name in (item for group in self.layout for item in group.items if item in ASKED):
            self.fields[name] = _long(name)

    @classmethod
    def first(cls, saved: Mapping[str, Any]) -> dict[str, Any]:
        """Spread a saved draft over the fields."""
        flat = dict(saved)
        for group in GROUPS:
            inner = saved.get(group) or {}
            flat |= {f"{group}_{name}": value for name, value in inner.items()}
        return flat

    def names(self) -> list[str]:
        """The parts of a draft that this step is about (``consent.drafts``)."""
        return [*(_part(name) for name in self.fields), *self.lists]

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    def parts(self) -> dict[str, Any]:
        """Return what can be kept: each part that was filled in without fault, empty ones too."""
        super().is_valid()
        found = {
            _part(name): self.cleaned_data[name]
            for name in self.fields
            if name in self.cleaned_data
        }
        return found | {name: rows.kept() for name, rows in self.rows.items() if rows.is_valid()}

    def faulty(self) -> list[Text]:
        """What cannot be kept as it is, by its label."""
        found: list[Text] = [
            self.fields[name].label or "" for name in self.errors if name in self.fields
        ]
        return found + [rows.heading for rows in self.rows.values() if not rows.is_valid()]

    def shown(self) -> Iterator[Shown]:
        for group in self.layout:
            if group.items[0] in self.rows:
                rows = self.rows[group.items[0]]
                yield Shown(rows.heading, rows.text, rows=rows)
            else:
                fields = [self[name] for name in group.items]
                yield Shown(group.title, group.text, fields)

    def label_of(self, part: str) -> Text:
        """What a part is called on this step's page."""
        if part in self.rows:
            return self.rows[part].heading
        return self.fields[part.replace(".", "_")].label or ""


def _part(field_name: str) -> str:
    if field_name in QUESTIONS:
        return field_name
    for group in GROUPS:
        if field_name.startswith(f"{group}_"):
            return f"{group}.{field_name.removeprefix(f'{group}_')}"
    return field_name


def _long(name: str) -> forms.CharField:
    asked = ASKED[name]
    return forms.CharField(
        label=asked.label,
        help_text=asked.help,
        required=False,
        max_length=QUESTIONS[name].most,
        widget=forms.Textarea(attrs={"rows": asked.rows}),
    )
