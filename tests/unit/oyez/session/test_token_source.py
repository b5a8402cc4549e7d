"""The drawer of tokens against a backend made of a transport: single flight, retry, forgetting."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import httpx
import pytest

from oyez.session.token import BackendAway, TokenRefused
from oyez.session.token_source import TokenSource, Trouble

Answer = Callable[[int], Awaitable[httpx.Response]]


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def token(number: int, life_s: float = 600) -> httpx.Response:
    body = {
        "value": f"ek_{number}",
        "expires_at": life_s,
        "issued_at": 0,
        "realtime_url": "ws://x/v1/realtime",
        "model": "m",
    }
    return httpx.Response(200, json=body)


def refusal(status: int, retry_after_s: float | None = None) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": "c", "message": "said no", "retry_after_s": retry_after_s}})


class Bench:
    """One TokenSource, the requests that its backend saw, and the troubles that it told."""

    def __init__(self, answer: Answer, http: httpx.AsyncClient, clock: Callable[[], float] | None) -> None:
        self.requests: list[httpx.Request] = []
        self.troubles: list[Trouble | None] = []
        self.told = asyncio.Event()
        self.asked = asyncio.Event()
        self.clock = Clock()
        self.answer = answer
        self.source = TokenSource(
            http, "http://backend.test/", "oyez_key", {"voice": "marin"}, 60.0,
            on_trouble=self._tell, clock=clock or self.clock, rng=Random(1),
        )  # fmt: skip

    def _tell(self, trouble: Trouble | None) -> None:
        self.troubles.append(trouble)
        self.told.set()

    async def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.asked.set()
        return await self.answer(len(self.requests))


@asynccontextmanager
async def bench(answer: Answer, clock: Callable[[], float] | None = None) -> AsyncIterator[Bench]:
    """`clock` unset: one that the test moves by hand."""

    async def handle(request: httpx.Request) -> httpx.Response:
        return await made.handle(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as http:
        made = Bench(answer, http, clock)
        try:
            yield made
        finally:
            await made.source.close()


async def at_once(number: int) -> httpx.Response:
    return token(number)


async def test_the_request_carries_the_key_and_the_wishes() -> None:
    async with bench(at_once) as b:
        await b.source.get()
        assert b.requests[0].url == "http://backend.test/v1/token"
        assert b.requests[0].headers["authorization"] == "Bearer oyez_key"
        assert json.loads(b.requests[0].content) == {"session": {"voice": "marin"}}


async def test_a_fetched_token_is_used_until_it_ends_and_no_longer() -> None:
    async with bench(at_once) as b:
        assert (await b.source.get()).value == "ek_1"
        b.clock.now_s += 599
        assert (await b.source.get()).value == "ek_1"
        b.clock.now_s += 1
        assert (await b.source.get()).value == "ek_2"


async def test_many_at_once_share_one_request_and_a_cancelled_one_takes_it_from_nobody() -> None:
    gate = asyncio.Event()

    async def slow(number: int) -> httpx.Response:
        await gate.wait()
        return token(number)

    async with bench(slow) as b, asyncio.TaskGroup() as group:
        first, *others = [group.create_task(b.source.get()) for _ in range(5)]
        await b.asked.wait()
        first.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await first
        gate.set()
        assert {(await task).value for task in others} == {"ek_1"}
        assert len(b.requests) == 1


async def test_a_forgotten_token_is_not_given_again() -> None:
    async with bench(at_once) as b:
        await b.source.get()
        b.source.forget()
        assert (await b.source.get()).value == "ek_2"


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_device_is_told_so_and_may_ask_again(status: int) -> None:
    async def refuse_once(number: int) -> httpx.Response:
        return refusal(status) if number == 1 else token(number)

    async with bench(refuse_once) as b:
        with pytest.raises(TokenRefused, match="said no"):
            await b.source.get()
        assert (await b.source.get()).value == "ek_2"
        assert [type(t) for t in b.troubles] == [TokenRefused, type(None)]


async def test_a_backend_that_names_a_time_is_left_alone_until_then() -> None:
    async def busy_once(number: int) -> httpx.Response:
        return refusal(429, 30) if number == 1 else token(number)

    async with bench(busy_once) as b:
        with pytest.raises(BackendAway):
            await b.source.get()
        b.clock.now_s += 10
        with pytest.raises(BackendAway) as again:
            await b.source.get()
        assert again.value.retry_after_s == 20
        assert len(b.requests) == 1
        b.clock.now_s += 20
        assert (await b.source.get()).value == "ek_2"


async def test_an_unreachable_backend_is_away_and_the_key_stays_out_of_the_sentence() -> None:
    async def dead(number: int) -> httpx.Response:
        raise httpx.ConnectError("Bearer oyez_key could not connect")

    async with bench(dead) as b:
        with pytest.raises(BackendAway) as caught:
            await b.source.get()
        assert "oyez_key" not in f"{caught.value} {b.source!r}"
        assert caught.value.retry_after_s is None


async def test_an_address_that_is_none_is_away_too() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(BackendAway):
            await TokenSource(http, "http://[", "k").get()


async def test_prefetch_fetches_before_anyone_asks_and_again_when_one_is_forgotten() -> None:
    async with bench(at_once) as b, prefetching(b):
        await asked(b)
        assert (await b.source.get()).value == "ek_1"
        b.source.forget()
        await asked(b)
        assert (await b.source.get()).value == "ek_2"
        assert len(b.requests) == 2


async def test_prefetch_outlives_a_backend_that_is_away_and_tells_both_ends_of_the_trouble_once() -> None:
    async def away_twice(number: int) -> httpx.Response:
        return refusal(503, 0) if number <= 2 else token(number)

    async with bench(away_twice) as b, prefetching(b):
        await asyncio.wait_for(b.told.wait(), 5)
        b.told.clear()
        await asyncio.wait_for(b.told.wait(), 10)
        assert [type(t) for t in b.troubles] == [BackendAway, type(None)]
        assert len(b.requests) == 3


async def test_prefetch_renews_a_short_token_half_way_by_itself() -> None:
    async def short(number: int) -> httpx.Response:
        return token(number, life_s=0.2)

    async with bench(short, time.monotonic) as b, prefetching(b):
        await asked(b)
        await asked(b)
        assert len(b.requests) >= 2


async def test_a_cancelled_prefetch_leaves_no_request_behind() -> None:
    cancelled: list[Any] = []

    async def never(number: int) -> httpx.Response:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise
        raise AssertionError

    async with bench(never) as b:
        async with prefetching(b):
            await asked(b)
        assert cancelled == [1]


async def asked(b: Bench) -> None:
    """The next request reaches the backend."""
    await asyncio.wait_for(b.asked.wait(), 5)
    b.asked.clear()


@asynccontextmanager
async def prefetching(b: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(b.source.prefetch(), name="prefetch")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
