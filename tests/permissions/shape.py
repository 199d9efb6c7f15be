"""What every page keeps to, whoever asks for it: nothing inline, nothing from elsewhere."""

import re

from django.http import HttpResponseBase

_INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=|javascript:|srcdoc=")
_SCRIPT = re.compile(r"<script[^>]*>")
_ELSEWHERE = re.compile(r'(?:src|href|action)="(?:\w+:)?//')


def faults(answer: HttpResponseBase) -> str:
    """Say what is wrong with the form of a page; "" for a sound one and for anything else."""
    if answer.status_code != 200 or "text/html" not in answer.headers.get("Content-Type", ""):
        return ""
    html = answer.getvalue().decode()  # type: ignore[attr-defined]  # no page is streamed
    return faults_in(html)


def faults_in(html: str) -> str:
    if found := _INLINE.search(html):
        return f", and the page holds {found[0].strip()} inline"
    for script in _SCRIPT.findall(html):
        if 'src="/static/' not in script and 'type="application/json"' not in script:
            return f", and the page holds a script of its own: {script}"
    if found := _ELSEWHERE.search(html):
        return f", and the page takes something from elsewhere: {found[0]}"
    whole = "<html" in html  # a part of a page, for htmx, has no heading of its own
    if whole and html.count("<h1>") != 1:
        return f", and the page has {html.count('<h1>')} main headings"
    return ""
