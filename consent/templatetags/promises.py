"""Promises and publications in words, for templates."""

from collections.abc import Iterable

from django import template
from django.utils import timezone

from consent.models import Obligation, Publication
from consent.promise_labels import (
    KINDS,
    LOOKS,
    PUBLICATION_ANSWERS,
    PUBLICATION_KINDS,
    STANDINGS,
    Text,
)
from consent.promises import Standing
from consent.queries.obligations import standing_of
from consent.reports import read
from consent.rules import ObligationKind

register = template.Library()


@register.filter
def standing(row: Obligation) -> str:
    """How a promise stands today, where the community is: the value, for badges."""
    return standing_of(row, timezone.localdate()).value


@register.filter
def standing_words(value: str) -> Text:
    return STANDINGS[value]


@register.filter
def standing_look(value: str) -> str:
    """The badge that goes with a standing."""
    return LOOKS.get(value, "plain")


@register.filter
def promise_kind(value: str) -> Text:
    return KINDS[value]


@register.filter
def publication_kind(value: str) -> Text:
    return PUBLICATION_KINDS[value]


@register.filter
def publication_answer(value: str) -> Text:
    return PUBLICATION_ANSWERS[value]


@register.filter
def reported(row: Obligation) -> list[tuple[Text, str]]:
    """Question and answer of what the researcher reported last."""
    return read(ObligationKind(row.kind), row.report)


@register.filter
def is_settled(row: Obligation) -> bool:
    return standing_of(row, timezone.localdate()) in (Standing.DONE, Standing.LET_OFF)


@register.filter
def all_settled(rows: Iterable[Obligation]) -> bool:
    """Whether there are promises, and each is done or let off."""
    return bool(rows) and all(is_settled(row) for row in rows)


@register.filter
def is_unanswered_late(row: Publication) -> bool:
    """Whether a community's time for reading is over without an answer."""
    return not row.answer and row.answer_due_on < timezone.localdate()
