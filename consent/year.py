"""A community's yearly report: sections of rows, each with figures held against the log. Pure."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from governance.models import Community

Text = str | LazyText


@dataclass(frozen=True)
class Figure:
    """One total. ``log`` is the same counted from the access log, by itself.

    None for what is no act, such as being late: the log has no row for that.
    """

    label: Text
    count: int
    log: int | None

    @property
    def same(self) -> bool:
        return self.log is None or self.log == self.count

    @property
    def difference(self) -> int:
        return 0 if self.log is None else self.log - self.count


@dataclass(frozen=True)
class Section:
    """One part of the report. ``note`` says what a reader should know of its rows."""

    title: Text
    columns: Sequence[Text]
    rows: Sequence[Sequence[str]]
    figures: Sequence[Figure]
    empty: Text
    note: str = ""

    @property
    def labelled(self) -> list[list[tuple[Text, str]]]:
        """The rows with the name of its column before each value, for narrow screens."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Span:
    """A year where the community is: from its first moment until the first of the next."""

    year: int
    start: datetime
    end: datetime

    def last_day(self, today: date) -> date:
        """The day on which standings are told: the year's last, or today while it runs."""
        return min(today, date(self.year, 12, 31))


@dataclass(frozen=True)
class YearReport:
    """``nameless``: the community is not named in it. ``for_others``: a copy to pass on."""

    name: str
    year: int
    running: bool
    sections: Sequence[Section]
    for_others: bool = False
    nameless: bool = False

    @property
    def same(self) -> bool:
        """Whether every figure is that of the log."""
        return all(figure.same for section in self.sections for figure in section.figures)


Part = Callable[["Community", Span], Section]
_parts: list[Part] = []


def register_year_part(part: Part) -> None:
    """Add a section that another app knows of; from its ``AppConfig.ready()``."""
    if part not in _parts:
        _parts.append(part)


def registered_parts() -> list[Part]:
    return list(_parts)


def without_name(report: YearReport, names: Iterable[str]) -> YearReport:
    """Return the report without the community's names, wherever they stand in it."""
    wanted = [re.escape(name) for name in names if name]
    pattern = re.compile("|".join(sorted(wanted, key=len, reverse=True)), re.IGNORECASE)
    stand_in = _("the community")

    def clean(text: str) -> str:
        return pattern.sub(stand_in, text)

    sections = [
        replace(
            section,
            rows=[[clean(cell) for cell in row] for row in section.rows],
            note=clean(section.note),
        )
        for section in report.sections
    ]
    name = _("A community that does not wish to be named")
    return replace(report, name=name, sections=sections, nameless=True)


def as_csv(report: YearReport) -> str:
    """Write the report as CSV: one block after the other, with an empty line between."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow([_cell(report.name), str(report.year)])
    for section in report.sections:
        sheet.writerow([])
        sheet.writerow([_cell(str(section.title))])
        sheet.writerow([_cell(str(column)) for column in section.columns])
        for row in section.rows:
            sheet.writerow([_cell(cell) for cell in row])
        if section.note:
            sheet.writerow([_cell(section.note)])
        sheet.writerow([_("Total"), _("Number"), _("In the access log")])
        for figure in section.figures:
            log = "" if figure.log is None else str(figure.log)
            sheet.writerow([_cell(str(figure.label)), str(figure.count), log])
    return out.getvalue()


def _cell(text: str) -> str:
    """Keep a sheet from taking somebody's words for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
