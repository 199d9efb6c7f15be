"""Names of diseases, to look up while writing a protocol or a request."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.vocabulary import mondo

MOST_ASKED = 120  # characters


@require_safe
def disease_list(request: HttpRequest) -> HttpResponse:
    """Search the names; with nothing to search for, say how to."""
    asked = request.GET.get("q", "")[:MOST_ASKED]
    vocabulary = mondo.current()
    found = vocabulary.search(asked)
    context = {
        "asked": asked,
        "found": [(term, _above(vocabulary, term)) for term in found],
        "total": len(vocabulary.terms),
        "release": vocabulary.release,
        "most": mondo.MOST_FOUND,
    }
    return render(request, "governance/disease_list.html", context)


def _above(vocabulary: mondo.Vocabulary, term: mondo.Term) -> list[str]:
    """The labels of what a term is a kind of."""
    return [vocabulary.terms[each].label for each in term.parents if each in vocabulary.terms]
