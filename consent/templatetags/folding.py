"""Long answers, cut where a reader can stop: the beginning is shown, the rest unfolds."""

import re
from dataclasses import dataclass

from django import template

register = template.Library()

SHOWN = 240  # characters of an answer that are always shown
SPARED = 100  # a rest shorter than this is not worth a press

_SENTENCE_ENDS = re.compile(r"[.!?…]['\"”)]*\s+|\n+")


@dataclass(frozen=True)
class Folded:
    """``start`` and ``rest`` together are the whole text; ``rest`` is empty when it is short."""

    start: str
    rest: str

    @property
    def words_left(self) -> int:
        return len(self.rest.split())


@register.filter
def folded(text: str) -> Folded:
    """Cut a text after the last sentence that ends within what is shown; else after a word."""
    text = str(text).strip()
    if len(text) <= SHOWN + SPARED:
        return Folded(text, "")
    head = text[: SHOWN + 1]
    ends = [found.end() for found in _SENTENCE_ENDS.finditer(head)]
    # A first sentence of one word says too little to stop there.
    at = ends[-1] if ends and ends[-1] > SHOWN // 3 else head.rfind(" ") + 1
    if at <= 0:
        at = SHOWN
    return Folded(text[:at].rstrip(), text[at:].lstrip())
