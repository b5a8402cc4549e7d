"""Faults: one every few seconds, by chance and by seed."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from oyez_hw.simulated import SimulatedCard
from oyez_local.faults import Fault
from oyez_realtime.closing import ERROR_CODES
from tests.chaos.books import Books
from tests.chaos.far_side import FarSide
from tests.chaos.jumping_loop import held
from tests.chaos.witness import Witness
from tests.doubles.processes import Broker

MOMENTS = (
    None,
    "input_audio_buffer.append",
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "response.created",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.function_call_arguments.done",
    "response.done",
    "response.create",
    "session.update",
    "session.created",
    "conversation.item.truncate",
)
CLOSE_CODES = (1000, 1001, 1002, 1008, 1009, 1011, 1012, 1013, 3000, 4000, 4321)


class Mischief:
    def __init__(
        self, rng: Random, far: FarSide, broker: Broker, card: SimulatedCard, witness: Witness, books: Books
    ) -> None:
        self._rng, self._far, self._broker, self._card = rng, far, broker, card
        self._witness, self._books = witness, books
        self._deck: tuple[tuple[int, Callable[[], Awaitable[None]]], ...] = (
            (30, self._of_a_session),
            (6, self._of_connecting),
            (5, self._backend),
            (2, self._kill_broker),
            (3, self._unplug),
        )

    async def go_on(self, mean_s: float) -> None:
        """For ever. mean_s: between two faults."""
        weights = [weight for weight, _ in self._deck]
        while True:
            await asyncio.sleep(0.5 + self._rng.expovariate(1 / (mean_s - 0.5)))
            (deed,) = self._rng.choices([deed for _, deed in self._deck], weights)
            self._witness.counts["faults"] += 1
            await deed()

    async def _of_a_session(self) -> None:
        rng = self._rng
        at = rng.choice(MOMENTS)
        after = rng.choice((0, 0, 1, 4)) if at else 0
        kind = rng.choice(("drop", "close", "silent", "expire", "garbage", "error", "delay", "slow", "half", "fail",
                           "incomplete", "drop", "close", "error", "garbage"))  # fmt: skip
        more: dict[str, object] = {}
        if kind == "close":
            more["code"] = rng.choice(CLOSE_CODES)
        elif kind == "error":
            more["error_code"] = rng.choice(sorted(ERROR_CODES))
        elif kind in ("fail", "incomplete"):
            codes = {"fail": ("server_error", "rate_limit_exceeded", "insufficient_quota", "surprise"),
                     "incomplete": ("content_filter", "max_output_tokens")}  # fmt: skip
            more["error_code"] = rng.choice(codes[kind])
        elif kind == "silent":
            more["seconds"] = rng.choice((0.5, 3.0, 12.0, 45.0))
            self._books.deaf_until_s = self._witness._clock() + 120.0
        elif kind == "half":
            self._books.halves += 1
        elif kind in ("delay", "slow"):
            more["seconds"] = rng.uniform(0.02, 0.4)
        self._plan(Fault(fault=kind, at=at, after_events=after, **more))  # type: ignore[arg-type]

    async def _of_connecting(self) -> None:
        code = self._rng.choice((3000, 4000, 503, 0, 0))
        self._plan(Fault(fault="refuse", code=code, times=self._rng.choice((1, 1, 2, 4)), seconds=5.0))

    def _plan(self, fault: Fault) -> None:
        parts = (fault.code, fault.error_code, fault.seconds, fault.at, fault.after_events or None)
        self._witness.remark(f"fault {fault.fault}: {' '.join(str(part) for part in parts if part is not None)}")
        self._far.strike(fault)

    async def _backend(self) -> None:
        tokens, how = self._far.tokens, self._rng.choice(("away", "hangs", "500", "403"))
        self._witness.remark(f"fault backend {how}")
        if how == "away":
            await tokens.stop()
        tokens.hang, tokens.status = how == "hangs", int(how) if how.isdigit() else 200
        await asyncio.sleep(self._rng.uniform(2.0, 12.0))
        tokens.hang, tokens.status = False, 200
        if how == "away":
            await tokens.start()

    async def _kill_broker(self) -> None:
        self._witness.remark("fault broker killed")
        with held():
            await self._broker.kill()
        del self._broker.lines[:]
        await asyncio.sleep(self._rng.uniform(0.5, 15.0))
        with held():
            await self._broker.start()

    async def _unplug(self) -> None:
        """So shortly that the card is back before the watchdog starves."""
        self._witness.remark("fault card unplugged")
        self._card.unplug()
        self._witness.card_away_s = self._witness._clock() + 4.0
        await asyncio.sleep(self._rng.uniform(0.1, 1.0))
        self._card.replug()
        await asyncio.sleep(35.0)  # the keeper of the card is patient again only after half a minute of good use
