"""Runs, from the intent to the end. Each verb is safe to repeat, at any point of the other."""

from federation.actions.runs.dispatch import dispatch
from federation.actions.runs.follow import follow
from federation.actions.runs.plan import plan, plan_decided
from federation.actions.runs.stop import ask_stop, stop, stop_without_consent

__all__ = [
    "ask_stop",
    "dispatch",
    "follow",
    "plan",
    "plan_decided",
    "stop",
    "stop_without_consent",
]
