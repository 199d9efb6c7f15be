"""The page's sentences. Everything that is put in is escaped, whoever wrote it."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from consent.grants.receipts import people_band
from federation.node.console.spans import moment_of, size_words
from federation.node.console.status import (
    alive,
    budget_words,
    grant_line,
    now_words,
    other_charters,
    pause_words,
    run_name,
    run_result,
    stops_words,
    wall_words,
)

_SOON_S = 60
_TONES = {"usable": "calm", "waiting": "wait-text", "paused": "stop-text"}


def overview(facts: Mapping[str, Any]) -> str:
    """Show how the node stands, as ``kinhold-node status`` does."""
    name = f"{facts['name']} of {facts['community']}"
    return _page(
        name,
        f"<h1>{escape(name)}</h1>",
        '<p class="soft">This page lives on this machine alone. It is read again every minute, '
        'or <a href="/">now</a>.</p>',
        _state(facts),
        _section("Grants", _grants(facts["held"])),
        _section("Now and before", _runs(facts)),
        _section("Data", _datasets(facts["datasets"])),
        _section("What holds jobs in", _walls(facts)),
        _section("Charter, log, disk", _papers(facts)),
        again=True,
    )


def confirm_pause(form: str) -> str:
    """Ask once more; the reason is the operator's to give."""
    return _page(
        "Pause the node",
        "<h1>Pause the node?</h1>",
        "<p>All work stops at once, a job that runs now too, and nothing of it leaves. "
        "Nothing runs until you resume.</p>",
        _form("/pause", form, "Pause the node", "stop", _REASON),
    )


def confirm_resume(form: str) -> str:
    """Ask once more: resuming lets others' work in."""
    return _page(
        "Resume",
        "<h1>Let the node work again?</h1>",
        "<p>It takes messages again and works on those that your stewards signed for. Pauses by "
        "stewards, if any, still hold.</p>",
        _form("/resume", form, "Resume", "", ""),
    )


def entered() -> str:
    """Lead on from the link; its token leaves the address with it."""
    return _page(
        "Welcome",
        "<h1>Welcome</h1>",
        '<p><a href="/">To the node</a></p>',
        head='<meta http-equiv="refresh" content="0; url=/">',
    )


def refused(sentence: str) -> str:
    return _page(
        "Not here", "<h1>Not here</h1>", f"<p>{escape(sentence)}</p>", '<p><a href="/">Back</a></p>'
    )


_REASON = (
    '<label for="reason">Why? (for your own log; may stay empty)</label>'
    '<input type="text" id="reason" name="reason" maxlength="200" autocomplete="off">'
)


def _page(title: str, *parts: str, again: bool = False, head: str = "") -> str:
    refresh = f'<meta http-equiv="refresh" content="{_SOON_S}">' if again else head
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{refresh}<title>{escape(title)}</title>"
        f'<link rel="stylesheet" href="/style.css"></head><body><main>{"".join(parts)}</main>'
        "</body></html>"
    )


def _state(facts: Mapping[str, Any]) -> str:
    tone, words, more = _standing(facts)
    act = (
        '<a class="button" href="/resume">Resume …</a>'
        if facts["paused"]
        else '<a class="button stop" href="/pause">Pause …</a>'
    )
    stops = facts["notices"]
    fresh = stops is not None and stops["fresh"]
    return (
        f'<div class="state {tone}"><strong>{escape(words)}</strong>'
        f"{''.join(_p(line) for line in more)}"
        f"{_p(stops_words(stops), '' if fresh else 'stop-text')}"
        f'<div class="row">{act}</div></div>'
    )


def _standing(facts: Mapping[str, Any]) -> tuple[str, str, list[str]]:
    link = "It is connected." if facts["connected"] else "It is not connected."
    if facts["paused"]:
        return "stop", "Paused here", [pause_words(facts["pause"]).strip(), "Nothing runs."]
    if not facts["running"]:
        return "wait", "The node does not run", ["Start it with: kinhold-node run"]
    if facts["notices"] and facts["notices"]["paused"]:
        return "stop", "Paused by stewards", [", ".join(facts["notices"]["paused"]), link]
    if facts["charter"] is None:
        return "wait", "No charter is pinned yet", ["Pin it with: kinhold-node pin", link]
    return "", "The node runs", [link]


def _grants(held: list[Mapping[str, Any]]) -> Iterable[str]:
    shown, others = alive(held)
    if not shown:
        yield _item("No grant is held that may be used.")
    for grant in shown:
        yield _item(grant_line(grant), grant["words"], _TONES.get(grant["standing"], "soft"))
    if others:
        yield _item("", f"{others} more, most of them over: kinhold-node grants", "soft")


def _runs(facts: Mapping[str, Any]) -> Iterable[str]:
    yield _item(now_words(facts["working"]))
    if facts["runs"] is None:
        yield _item("", "The log is not whole. See: kinhold-node verify", "stop-text")
    for run in facts["runs"] or []:
        why = "" if run["code"] == "ok" else f": {run['reason']}"
        yield _item(run_result(run), f"{moment_of(run['at'])}, {run_name(run)}{why}", "soft")


def _datasets(datasets: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    if not datasets:
        yield _item("No dataset is set up: see node.toml.")
    for name, dataset in datasets.items():
        if not dataset["there"]:
            yield _item("", f"The file of {name} is not there.", "stop-text")
        title = f"{name}: {dataset['title']}" if dataset["title"] else name
        words = f"{_optouts(dataset['optouts'])} {budget_words(dataset['budget'])}"
        yield _item(title, words, "soft")


def _optouts(facts: Mapping[str, Any]) -> str:
    if not facts["possible"]:
        return "Nobody can opt out: no id_column is set."
    if "problem" in facts:
        return "The list of opt-outs cannot be read, so nothing runs: kinhold-node status"
    if not facts["people"]:
        return "Nobody has opted out."
    return f"{people_band(facts['people'])} people opted out (list {facts['version']})."


def _walls(facts: Mapping[str, Any]) -> Iterable[str]:
    told = list(wall_words(facts))
    if not told:
        yield _item("", "Told while the node runs.", "soft")
    if held := [name for name, holds, _ in told if holds]:
        yield _item(f"These walls stand: {', '.join(held)}.")
    for name, holds, words in told:
        if not holds:
            yield _item(name, words, "wait-text")


def _papers(facts: Mapping[str, Any]) -> Iterable[str]:
    charter = facts["charter"]
    if charter is not None:
        yield _item(f"Charter {charter['number']}", f"Pinned as: {charter['pinned']}", "soft")
    for line in other_charters(facts):
        title, _, more = line.partition("; ")
        yield _item(title, more, "soft")
    yield _item(f"{facts['receipts']} receipts, {facts['unsent']} not yet sent.")
    yield _item(f"{size_words(facts['disk']['free_bytes'])} free on the disk.")


def _form(path: str, secret: str, button: str, tone: str, inner: str) -> str:
    return (
        f'<form method="post" action="{path}">{inner}'
        f'<input type="hidden" name="form" value="{escape(secret)}"><div class="row">'
        f'<button class="{tone}">{escape(button)}</button><a href="/">Back</a></div></form>'
    )


def _section(title: str, items: Iterable[str]) -> str:
    return f"<h2>{escape(title)}</h2><ul>{''.join(items)}</ul>"


def _item(text: str, more: str = "", tone: str = "") -> str:
    return f"<li>{_p(text) if text else ''}{_p(more, tone) if more else ''}</li>"


def _p(text: str, tone: str = "") -> str:
    kind = f' class="{tone}"' if tone else ""
    return f"<p{kind}>{escape(text)}</p>"
