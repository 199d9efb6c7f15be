"""Reads a page the way a browser does: its forms with their fields, and its JSON blocks."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    submits: list[tuple[str, str]] = field(default_factory=list)

    def has(self, *names: str) -> bool:
        return all(name in self.fields for name in names)


class Page(HTMLParser):
    """One HTML page: ``forms``, ``data`` (JSON scripts by id), ``text`` (what can be read)."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.url = ""
        self.links: list[str] = []
        self.words = ""  # a charter's fingerprint, where the page shows one
        self._in_words = False
        self.forms: list[Form] = []
        self.data: dict[str, Any] = {}
        self._text: list[str] = []
        self._form: Form | None = None
        self._script: str | None = None
        self._silent = False
        self._textarea: str | None = None
        self._select: str | None = None
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._text).split())

    def form_with(self, *names: str) -> Form:
        """The first form that has all of ``names``; LookupError says what was there instead."""
        for form in self.forms:
            if form.has(*names):
                return form
        found = [sorted(form.fields) for form in self.forms]
        raise LookupError(f"no form with {names}; the page has {found}: {self.text[:300]}")

    def form_to(self, ending: str) -> Form:
        """The first form whose action ends in ``ending``."""
        for form in self.forms:
            if form.action.split("?")[0].endswith(ending):
                return form
        raise LookupError(f"no form to …{ending}; the page has {[f.action for f in self.forms]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "script":
            is_json = values.get("type") == "application/json"
            self._script = values.get("id") if is_json else None
            self._silent = True
        elif tag == "style":
            self._silent = True
        elif tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "p":
            self._in_words = values.get("class") == "words"
        elif self._form is not None:
            self._start_control(tag, values)

    def _start_control(self, tag: str, values: dict[str, str]) -> None:
        name = values.get("name", "")
        if tag == "input" and name:
            kind = values.get("type", "text")
            held = self._fields.setdefault(name, [])
            if kind not in {"checkbox", "radio"}:
                held.append(values.get("value", ""))
            elif "checked" in values:
                held.append(values.get("value", "on"))
        elif tag == "button" and name:
            self._form_now.submits.append((name, values.get("value", "")))
        elif tag == "textarea" and name:
            self._textarea = name
            self._fields.setdefault(name, []).append("")
        elif tag == "select" and name:
            self._select = name
            self._fields.setdefault(name, [])
        elif tag == "option" and self._select and "selected" in values:
            self._fields[self._select].append(values.get("value", ""))

    @property
    def _form_now(self) -> Form:
        if self._form is None:
            raise LookupError("a control outside of any form")
        return self._form

    @property
    def _fields(self) -> dict[str, list[str]]:
        return self._form_now.fields

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag in {"script", "style"}:
            self._script, self._silent = None, False
        elif tag == "textarea":
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._script:
            self.data[self._script] = json.loads(data)
        elif self._textarea and self._form is not None:
            self._form.fields[self._textarea][-1] += data.removeprefix("\n")
        elif not self._silent:
            self._text.append(data)
            if self._in_words:
                self.words += data
