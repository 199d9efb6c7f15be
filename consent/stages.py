"""How far a community has come with a request, in six words. Pure.

The stages help people to see where they are. None of them holds an answer back, and none is reached
by time: a steward may sign before anybody looked whether all is there.
"""

from dataclasses import dataclass
from enum import StrEnum

from consent.rules import Completeness, ReviewState


class Stage(StrEnum):
    """In this order."""

    RECEIVED = "received"
    LOOKED_AT = "looked at"  # the researcher was told that somebody does
    CHECKED = "checked"  # whether all is there
    ADVICE = "advice"  # of somebody outside
    DECIDING = "being decided"
    DECIDED = "decided"


class Standing(StrEnum):
    DONE = "done"
    NOW = "now"
    LEFT_OUT = "left out"
    TO_COME = "to come"


@dataclass(frozen=True)
class Facts:
    """What the stage of a review follows from; nothing about anybody's answer."""

    state: ReviewState
    acknowledged: bool = False
    completeness: Completeness | None = None
    advice_waiting: bool = False
    advice_given: bool = False


@dataclass(frozen=True)
class Step:
    stage: Stage
    standing: Standing


def stage_of(facts: Facts) -> Stage | None:
    """Return the stage a review is at; None when it ended without a decision."""
    if facts.state in (ReviewState.APPROVED, ReviewState.DECLINED):
        return Stage.DECIDED
    if facts.state is not ReviewState.OPEN:
        return None
    if facts.completeness is Completeness.INCOMPLETE:
        return Stage.CHECKED
    if facts.advice_waiting:
        return Stage.ADVICE
    if facts.completeness is Completeness.COMPLETE or facts.advice_given:
        return Stage.DECIDING
    return Stage.LOOKED_AT if facts.acknowledged else Stage.RECEIVED


def steps(facts: Facts) -> list[Step]:
    """Return every stage with how it stands, in order.

    What was passed by without being done is *left out*; so is all that is missing when a review
    ended without a decision.
    """
    now = stage_of(facts)
    order = list(Stage)
    reached = len(order) if now is None else order.index(now)
    return [
        Step(stage, _standing(stage, now, facts, at < reached)) for at, stage in enumerate(order)
    ]


def _standing(stage: Stage, now: Stage | None, facts: Facts, passed: bool) -> Standing:
    if stage is now:
        return Standing.NOW
    if stage in _done(facts):
        return Standing.DONE
    return Standing.LEFT_OUT if passed else Standing.TO_COME


def _done(facts: Facts) -> set[Stage]:
    done = {Stage.RECEIVED}
    if facts.acknowledged:
        done.add(Stage.LOOKED_AT)
    if facts.completeness is Completeness.COMPLETE:
        done.add(Stage.CHECKED)
    if facts.advice_given:
        done.add(Stage.ADVICE)
    if facts.state in (ReviewState.APPROVED, ReviewState.DECLINED):
        done.add(Stage.DECIDING)
    return done
