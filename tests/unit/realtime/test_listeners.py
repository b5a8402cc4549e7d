"""Who may listen, and what a listener cannot do to the others."""

import logging
from collections.abc import Awaitable, Callable

import pytest

from oyez_realtime import EventType, messages as m
from oyez_realtime.listeners import Listeners

EVENT = m.RateLimitsUpdated(rate_limits=[])


class Awaiting:
    async def __call__(self, event: m.ServerEvent) -> None:
        """Never awaited."""


async def coroutine_function(event: m.ServerEvent) -> None:
    """Never awaited."""


@pytest.mark.parametrize("wrong", [None, 3, "print", Awaiting(), coroutine_function])
def test_what_cannot_be_called_plainly_is_refused_when_it_is_added(wrong: Callable[[m.ServerEvent], object]) -> None:
    """Not when its event comes, as the seeds have it."""
    listeners = Listeners()
    with pytest.raises(TypeError, match="listener"):
        listeners.add(EventType.ERROR, wrong)
    listeners.tell(m.ErrorEvent(error=m.ErrorDetail()))
    assert listeners.faults == 0


def test_a_name_that_no_server_says_is_refused_with_the_nearest() -> None:
    """A slip of the pen would otherwise be silent for ever."""
    with pytest.raises(ValueError, match=r"response\.done"):
        Listeners().add("respons.done", print)
    with pytest.raises(ValueError, match="no server says"):
        Listeners().add(EventType.RESPONSE_CREATE, print)


def test_a_listener_that_raises_is_logged_once_with_its_name(caplog: pytest.LogCaptureFixture) -> None:
    """And counted every time; the one behind it hears all."""
    heard: list[str] = []

    def clumsy(event: m.ServerEvent) -> None:
        raise RuntimeError("my own fault")

    listeners = Listeners()
    listeners.add(EventType.RATE_LIMITS_UPDATED, clumsy)
    listeners.add("*", lambda event: heard.append(event.type))
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            listeners.tell(EVENT)
    assert [("clumsy" in record.getMessage()) for record in caplog.records] == [True]
    assert (listeners.faults, len(heard)) == (3, 3)


def test_a_function_that_returns_a_coroutine_is_blamed_and_leaves_none_unawaited() -> None:
    """What signatures do not show is found when it is called."""
    sneaky: Callable[[m.ServerEvent], Awaitable[None]] = lambda event: coroutine_function(event)  # noqa: E731
    listeners = Listeners()
    listeners.add("*", sneaky)
    listeners.tell(EVENT)
    assert listeners.faults == 1


def test_listeners_may_come_and_go_while_events_are_told() -> None:
    """One removed is not called any more, not even for the event at hand; one added hears from the next event on."""
    heard: list[str] = []
    listeners = Listeners()

    def late(event: m.ServerEvent) -> None:
        heard.append("late")

    def removed(event: m.ServerEvent) -> None:
        heard.append("removed")

    def busy(event: m.ServerEvent) -> None:
        heard.append("busy")
        listeners.remove("*", removed)
        listeners.remove("*", busy)
        listeners.add("*", late)

    listeners.add("*", busy)
    listeners.add("*", removed)
    listeners.tell(EVENT)
    listeners.tell(EVENT)
    assert heard == ["busy", "late"]
