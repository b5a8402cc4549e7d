"""Lights and buttons of the board as organs, put together. Composition, as `house.py` is."""

import asyncio
from collections.abc import Callable

from oyez.buttons import Buttons
from oyez.config import Config
from oyez.events import Event
from oyez.hearing.ears import Ears
from oyez.lights import Lights
from oyez.troubles import Troubles
from oyez.view import View
from oyez_hw.boards import Board


class Panel:
    def __init__(
        self,
        board: Board,
        config: Config,
        tell: Callable[[Event], None],
        troubles: Troubles,
        view: Callable[[], View],
        ears: Ears,
        clock: Callable[[], float],
    ) -> None:
        """clock: monotonic seconds."""
        self._lights = Lights(board.lights, config.lights, troubles, lambda: ears.direction_deg, clock)
        self._buttons = Buttons(board.buttons, board.pressable, config.buttons, tell, troubles, view, clock)
        self.show = self._lights.show

    def mutes(self) -> bool:
        """Before any sound is asked for: whether a mute switch stands so that the microphone has to be off."""
        self._buttons.open()
        return self._buttons.mute_switch_on

    async def run(self) -> None:
        """For ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._lights.run(), name="lights")
            group.create_task(self._buttons.run(), name="buttons")
