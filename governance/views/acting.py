"""What pages that change something have in common: a form, a refusal next to it, a way on."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from governance.errors import GovernanceError


def fill_in(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    template: str,
    context: dict[str, Any],
    url: str,
    said: str | Callable[[Any], str],
) -> HttpResponse:
    """Show a form, hand what is filled in to ``act``, say ``said`` and go to ``url``.

    A refusal of the action stands in the form's summary; what was typed is kept.

    Args:
        said: a sentence, or what makes one of what ``act`` returned.
    """
    if request.method == "POST" and form.is_valid():
        try:
            made = act(form.cleaned_data)
        except GovernanceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said if isinstance(said, str) else said(made))
            return HttpResponseRedirect(url)
    status = 400 if form.errors else 200
    return render(request, template, context | {"form": form}, status=status)


def confirm(
    request: HttpRequest,
    act: Callable[[], object],
    *,
    template: str,
    context: dict[str, Any],
    url: str,
    said: str,
    refusals: tuple[type[Exception], ...] = (GovernanceError,),
) -> HttpResponse:
    """Show on GET what will happen; do it on POST, say what came of it, and go to ``url``.

    Args:
        refusals: what the act refuses with; each holds a sentence for the reader.
    """
    if request.method != "POST":
        return render(request, template, context)
    try:
        act()
    except refusals as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(url)
