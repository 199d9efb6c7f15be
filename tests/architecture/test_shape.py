"""The rules of shape hold, and the checks that keep them do find what they look for."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

from tools import check_sizes, check_templates
from tools.stack.parts import ROOT


def test_files_and_functions_keep_to_their_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_sizes.main() == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "complaints"),
    [
        ("x = 1\n" * 300, []),
        ("x = 1\n" * 301, ["a.py: 301 lines, at most 300"]),
        ("def long():\n" + "    x = 1\n" * 39, []),
        ("def long():\n" + "    x = 1\n" * 40, ["a.py:1: long has 41 lines, at most 40"]),
    ],
    ids=["file at the limit", "file over it", "function at the limit", "function over it"],
)
def test_the_size_check_finds_what_is_too_long(text: str, complaints: list[str]) -> None:
    assert list(check_sizes.too_long(text, "a.py")) == complaints


def test_templates_obey_the_content_security_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert check_templates.main() == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("<script>go()</script>", "inline script"),
        ("<style>p {}</style>", "inline style sheet"),
        ('<p class="a" style="color: red">', "style attribute"),
        ('<button onclick="go()">', "on... handler"),
        ('<a href="javascript:go()">', "javascript: address"),
        ("{{ answer|safe }}", "unescaped output"),
    ],
)
def test_the_template_check_finds_each_fault_on_its_line(text: str, fault: str) -> None:
    assert list(check_templates.faults(f"<p>\n{text}", "a.html", partial=False)) == [
        f"a.html:2: {fault}"
    ]


@pytest.mark.parametrize(
    "text",
    [
        '<script src="/static/js/sign.js" defer></script>',
        '<script type="application/json" id="facts">{}</script>',
        "{# never onclick=, see the policy #}",
        '<p class="lifestyle" data-once="1">',
        '<option value="1"{% if one == state %} selected{% endif %}>',
    ],
)
def test_the_template_check_lets_pass_what_is_harmless(text: str) -> None:
    assert list(check_templates.faults(text, "a.html", partial=False)) == []


def test_a_partial_says_what_it_needs() -> None:
    silent = "<p>{{ community.name }}</p>"

    assert list(check_templates.faults(silent, "_a.html", partial=True)) == [
        '_a.html:1: a partial begins with a comment "needs: what it expects"'
    ]
    spoken = "{# a.html — needs: community #}\n" + silent
    assert list(check_templates.faults(spoken, "_a.html", partial=True)) == []


def test_the_layers_are_kept() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]

    answer = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )

    assert answer.returncode == 0, answer.stdout


@pytest.mark.parametrize("app", ["governance", "consent", "federation"])
def test_the_packages_that_a_node_passes_through_are_empty(app: str) -> None:
    assert (ROOT / app / "__init__.py").read_bytes() == b""


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=1)
