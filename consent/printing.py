"""Pages for paper: tagged PDF, the same bytes for the same content, nothing fetched from anywhere.

WeasyPrint draws with Pango, a library of the system. It is loaded when something is printed, so
that everything else works on a machine without it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from consent.errors import CannotPrint

STYLESHEET = "css/print.css"


def pdf_of(template: str, context: Mapping[str, Any], *, large: bool = False) -> bytes:
    """Return the PDF of a template that extends ``print/base.html``: A4, PDF/UA-1, no time in it.

    Args:
        context: what the template needs; ``large`` is added to it.
        large: type of 16 points and more, for people who see little.
    Raises:
        CannotPrint: this machine lacks Pango; the sentence says what to install.
    """
    return _written(_laid_out(template, context, large=large))


def first_that_fits(
    template: str, contexts: Sequence[Mapping[str, Any]], *, sides: int, large: bool = False
) -> bytes:
    """Return the PDF of the first of these contexts that needs no more than ``sides`` sides of A4.

    Args:
        contexts: each says less than the one before it, so that few of them have to be drawn.
    Raises:
        CannotPrint: this machine lacks Pango, or even the last one is too long.
    """
    fits: dict[int, Any] = {}

    def is_short(index: int) -> bool:
        drawn = _laid_out(template, contexts[index], large=large)
        if len(drawn.pages) <= sides:
            fits[index] = drawn
        return index in fits

    if is_short(0):  # as most are
        return _written(fits[0])
    found = bisect_left(range(len(contexts)), True, lo=1, key=is_short)
    if found not in fits:
        raise CannotPrint(_("This is too long for the paper it should go on."))
    return _written(fits[found])


def _laid_out(template: str, context: Mapping[str, Any], *, large: bool) -> Any:
    weasyprint = _weasyprint()
    # No way in is allowed: no text that somebody wrote may make this machine call another.
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    style = finders.find(STYLESHEET)
    if not isinstance(style, str):
        raise CannotPrint(_("The style sheet for paper is missing on this machine."))
    return weasyprint.HTML(
        string=render_to_string(template, {**context, "large": large}), url_fetcher=nothing
    ).render(
        stylesheets=[
            weasyprint.CSS(string=Path(style).read_text("utf-8"), url_fetcher=nothing),
        ]
    )


def _written(drawn: Any) -> bytes:
    # Tags and the language are for screen readers; PDF/UA is the standard that asks for both.
    made: bytes = drawn.write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return made


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:  # what it raises when a library of the system is not there
        raise CannotPrint(
            _(
                "This machine cannot make PDF files yet. Its operator must install Pango "
                "(Debian and Ubuntu: libpango-1.0-0 and libpangoft2-1.0-0)."
            )
        ) from error
    return weasyprint
