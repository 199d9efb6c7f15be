"""What the operator of the platform types at its shell: founding and inviting."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence

from tools.demo.people import Cast, Somebody
from tools.demo.visitor import DemoStep
from tools.stack.parts import ROOT

# One process for all of it: Django's start would otherwise be paid a dozen times.
_SCRIPT = """
import json, sys
from io import StringIO
from django.core.management import call_command
for words in json.loads(sys.stdin.read()):
    out = StringIO()
    call_command(*words, stdout=out)
    print(json.dumps(out.getvalue().strip()))
"""


def commands(env: Mapping[str, str], lines: Sequence[Sequence[str]]) -> list[str]:
    """Run management commands one after the other; return what each printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", _SCRIPT],
        input=json.dumps(lines),
        cwd=ROOT,
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=120,
    )
    if done.returncode:
        raise DemoStep(f"the platform's shell: {done.stderr.strip().splitlines()[-1]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def invite(env: Mapping[str, str], casts: Sequence[Cast], researcher: Somebody) -> dict[str, str]:
    """Found the communities and invite everybody; return each person's link by address."""
    lines: list[list[str]] = [["publish_catalogue"]]
    lines += [
        ["found_community", "--slug", c.slug, "--name", c.name, "--about", c.about] for c in casts
    ]
    people = [(who, cast.slug) for cast in casts for who in cast.stewards]
    first = len(lines)
    lines += [
        _invitation(who.email, who.name, "--community", slug, "--as", "steward")
        for who, slug in people
    ]
    lines.append(_invitation(researcher.email, researcher.name, "--role", "researcher"))
    printed = commands(env, lines)[first:]
    addresses = [who.email for who, _ in people] + [researcher.email]
    return dict(zip(addresses, printed, strict=True))


def guest_links(env: Mapping[str, str]) -> dict[str, str]:
    """Invite whoever watches the demo: one link for each kind of person."""
    wanted = {
        "a steward of River": _invitation(
            "guest.steward@river.example", "Guest", "--community", "river", "--as", "steward"
        ),
        "a researcher": _invitation(
            "guest.researcher@university.example", "Guest", "--role", "researcher"
        ),
        "an auditor": _invitation("guest.auditor@kinhold.example", "Guest", "--role", "auditor"),
        "an admin": _invitation("guest.admin@kinhold.example", "Guest", "--role", "admin"),
    }
    return dict(zip(wanted, commands(env, list(wanted.values())), strict=True))


def _invitation(email: str, name: str, *words: str) -> list[str]:
    return ["invite", "--email", email, "--name", name, *words]
