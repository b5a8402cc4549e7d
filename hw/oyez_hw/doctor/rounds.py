"""Makes the checks one after the other, each in its bounded time, and says on the way what it does."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import msgspec

from oyez_hw.doctor.finding import CannotLook, Finding, Result

F = TypeVar("F")


@dataclass(frozen=True, slots=True)
class Check(Generic[F]):
    """A row of the table of checks."""

    name: str
    title: str
    look: Callable[[], Awaitable[F]]
    """Gathers the facts. Raises CannotLook."""
    judge: Callable[[F], Iterable[Finding]]
    within_s: float = 10.0
    figures: Callable[[F], dict[str, Any]] = field(default=lambda facts: msgspec.to_builtins(facts))


async def make(
    checks: Sequence[Check[Any]], on_begin: Callable[[str], None], on_end: Callable[[Result], None]
) -> list[Result]:
    """on_begin: is told the title of what is looked at now. on_end: what came of it."""
    results = []
    for check in checks:
        on_begin(check.title)
        result = await _make(check)
        on_end(result)
        results.append(result)
    return results


async def _make(check: Check[Any]) -> Result:
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(check.within_s):
            facts = await check.look()
    except CannotLook as error:
        return Result(name=check.name, title=check.title, skipped=str(error), took_s=_since(began_s))
    except TimeoutError:
        why = f"it was not done within {check.within_s:g} s"
        return Result(name=check.name, title=check.title, skipped=why, took_s=_since(began_s))
    except Exception as error:  # one check that fails itself costs the report no other one
        why = f"the check itself failed ({type(error).__name__}: {error}): please report it"
        return Result(name=check.name, title=check.title, skipped=why, took_s=_since(began_s))
    return Result(
        name=check.name,
        title=check.title,
        findings=tuple(check.judge(facts)),
        figures=check.figures(facts),
        took_s=_since(began_s),
    )


def _since(began_s: float) -> float:
    return round(time.monotonic() - began_s, 2)
