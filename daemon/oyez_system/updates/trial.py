"""A new version on trial: it is kept when all that worked before works again, else gone back from. Pure.

    wait --what is the device's own holds for STEADY_S--> test (the wake word) --not known, TESTS times--> go back
    wait --all that is demanded holds for STEADY_S, and the wake word was known--> keep
    wait --DEADLINE--> go back

Time is an argument, seconds of one clock; every way ends by the deadline.
"""

from dataclasses import dataclass, replace
from typing import Literal

from oyez_system.updates.baseline import WORLDLY, lacking, sentence

STEADY_S = 20.0
"""A daemon that crashes and comes back shows each proof for a moment; also between two wake tests."""
TESTS = 3
"""The machine may be busy with its start when the wake word is tested first."""
TESTED = "wake_word"
"""Proved once, by its test; all else has to stay proved."""

Order = Literal["wait", "test", "keep", "go_back"]


@dataclass(frozen=True, slots=True)
class Trial:
    demanded: tuple[str, ...]
    deadline_s: float
    steady_since_s: float | None = None
    """Since when all is proved, but for the wake word."""
    own_since_s: float | None = None
    """The same of what is the device's own; a network that is away does not keep the wake word from its test."""
    tests: int = 0
    """How often the wake word was tested and not known."""
    lacks: tuple[str, ...] = ()
    """Of the demanded, what is not proved as yet."""
    order: Order = "wait"

    @property
    def why(self) -> str:
        """Of going back: the end of a sentence."""
        return f"it did not prove {sentence(self.lacks)}"


def begin(demanded: tuple[str, ...], now_s: float, trial_s: float) -> Trial:
    return Trial(demanded, now_s + trial_s, lacks=demanded)


def step(trial: Trial, has: tuple[str, ...], tested: bool | None, now_s: float) -> Trial:
    """has: what is proved now. tested: what the wake test that `test` ordered came to; None: none was made.

    After keep and go_back nothing changes any more."""
    if trial.order in ("keep", "go_back"):
        return trial
    if tested is not None:
        trial = _tested(trial, now_s, known=tested)
    trial = _seen(trial, has, now_s)
    return replace(trial, order=_order(trial, now_s))


def _tested(trial: Trial, now_s: float, *, known: bool) -> Trial:
    if known:
        return replace(trial, lacks=tuple(name for name in trial.lacks if name != TESTED))
    return replace(trial, tests=trial.tests + 1, own_since_s=now_s)


def _seen(trial: Trial, has: tuple[str, ...], now_s: float) -> Trial:
    known = () if TESTED in trial.lacks else (TESTED,)
    lacks = lacking(trial.demanded, (*has, *known))
    others = set(lacks) - {TESTED}
    return replace(
        trial,
        lacks=lacks,
        steady_since_s=_since(trial.steady_since_s, now_s, holds=not others),
        own_since_s=_since(trial.own_since_s, now_s, holds=not others - WORLDLY),
    )


def _since(known_s: float | None, now_s: float, *, holds: bool) -> float | None:
    if not holds:
        return None
    return now_s if known_s is None else known_s


def _order(trial: Trial, now_s: float) -> Order:
    if not trial.lacks and _steady(trial.steady_since_s, now_s):
        return "keep"
    if now_s >= trial.deadline_s or trial.tests >= TESTS:
        return "go_back"
    return "test" if TESTED in trial.lacks and _steady(trial.own_since_s, now_s) else "wait"


def _steady(since_s: float | None, now_s: float) -> bool:
    return since_s is not None and now_s - since_s >= STEADY_S
