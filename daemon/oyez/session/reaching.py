"""From nobody to an open session: one is tried first, and the other one beside it when that takes too long."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from oyez.session.choice import Far, Order
from oyez.session.dialler import Dialled

Attempt = Callable[[Far], Coroutine[Any, Any, Dialled | BaseException]]
"""Tries until a session is open, or until it gives up: why it did."""


async def reach(
    group: asyncio.TaskGroup, order: Order, attempt: Attempt
) -> tuple[Dialled | None, dict[Far, BaseException]]:
    """The session that was open first, and why there is none of the other one; who is still being tried when it is
    not needed any more has not come in time. group: where attempts end that nobody waits for."""
    tried: dict[Far, asyncio.Task[Dialled | BaseException]] = {}

    def begin(far: Far) -> None:
        tried[far] = group.create_task(attempt(far), name=f"dial {far}")

    begin(order.first)
    await asyncio.wait(tried.values(), timeout=order.after_s if order.second else None)
    if order.second is not None and _session(tried[order.first]) is None:
        begin(order.second)
    while (waiting := [task for task in tried.values() if not task.done()]) and not any(map(_session, tried.values())):
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    found: Dialled | None = None
    errors: dict[Far, BaseException] = {}
    for far, task in tried.items():
        session = _session(task)
        if session is not None and found is None:
            found = session
        elif session is not None:
            group.create_task(session.client.close(), name=f"leave {far}")
        elif task.done():
            errors[far] = _error(task)
        else:
            errors[far] = TimeoutError()
            task.cancel()
    return found, errors


def _session(task: asyncio.Task[Dialled | BaseException]) -> Dialled | None:
    result = task.result() if task.done() else None
    return result if isinstance(result, Dialled) else None


def _error(task: asyncio.Task[Dialled | BaseException]) -> BaseException:
    result = task.result()
    assert isinstance(result, BaseException)
    return result
