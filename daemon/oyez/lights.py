"""The shell of the lights: draws what `light_patterns` says, while something moves; else it sleeps."""

import asyncio
import contextlib
from collections.abc import Callable

from oyez.config import Lights as LightsConfig
from oyez.light_patterns import AGAIN_S, Fixture, Shown, brightness_of, mood_of, picture
from oyez.troubles import Troubles
from oyez.view import View
from oyez_hw import ports
from oyez_hw.ports import Colour, HardwareError

RETRY_S = 30.0


class Lights:
    """Methods are for the loop's thread alone."""

    def __init__(
        self,
        lamps: ports.Lights,
        config: LightsConfig,
        troubles: Troubles,
        direction_deg: Callable[[], float | None],
        clock: Callable[[], float],
    ) -> None:
        """direction_deg: of whoever speaks. clock: monotonic seconds, the loop's."""
        self._lamps, self._troubles, self._direction_deg, self._clock = lamps, troubles, direction_deg, clock
        self._night_brightness = config.night_brightness
        single = config.kind == "gpio"
        count = len(config.lines) if single else config.count
        self._fixture = Fixture(count, config.ring and not single, config.first_deg, config.clockwise, not single)
        self._view, self._shown = View(), Shown()
        self._last: list[Colour] = []
        self._changed = asyncio.Event()
        self.drawn = 0
        """Pictures given to the lamps."""

    def show(self, view: View) -> None:
        self._view = view
        self._changed.set()

    async def run(self) -> None:
        """For ever. Lamps that are gone are told, and looked for again."""
        try:
            while True:
                try:
                    self._lamps.open()
                    self._troubles.gone("lights")
                    await self._draw()
                except HardwareError as error:
                    self._troubles.found("lights", str(error))
                    self._lamps.close()
                    await asyncio.sleep(RETRY_S)
        finally:
            self._lamps.close()

    async def _draw(self) -> None:
        self._last = []
        drawn_s = self._clock()
        while True:
            now = self._clock()
            self._shown.want(mood_of(self._view), now)
            now_shown = self._picture(now)
            if now_shown != self._last or now - drawn_s >= AGAIN_S:
                self._lamps.show(now_shown)
                self._last, drawn_s = now_shown, now
                self.drawn += 1
            await self._rest(now)

    def _picture(self, now: float) -> list[Colour]:
        brightness = brightness_of(self._view, self._night_brightness)
        since_s = now - self._shown.since_s
        return picture(self._shown.mood, self._fixture, since_s, brightness, self._direction_deg())

    async def _rest(self, now: float) -> None:
        """Until there is something new to draw."""
        self._changed.clear()
        wait_s = self._shown.rests_s(now, brightness_of(self._view, self._night_brightness))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._changed.wait()
